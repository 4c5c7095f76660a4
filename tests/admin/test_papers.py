"""A paper that takes long: its page tells how far it is, it can be stopped, and only who asked fetches it, for an hour."""

import asyncio
import io
import re
from zipfile import ZipFile

import pytest

from bot.domain.case import CaseKind
from bot.domain.draft import Conversation
from bot.domain.long_work import KEPT_FOR, NewWork, WorkKind
from bot.domain.people import Address, Channel, Language, Role
from bot.domain.staffing import Exclusion, Why
from bot.long_work import MAKERS
from bot.ports import Viewer
from bot.services.long_work import begin_work
from bot.wording import say
from handlers.timekeeping import DoomedFiles, OldPapers
from storage.files import ObjectFileStore
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk
from tests.admin.makers import LINE, LINES

WORK = "/staff/reports/work"


async def ask(desk: StaffDesk, username: str) -> None:
    member = await desk.member(username)
    new = NewWork(staff_id=member.id, kind=WorkKind.EXPORT, asked={}, file_name="x.csv", media_type="text/csv")
    async with desk.database.begin() as uow:
        zone = desk.clock.at.tzinfo
        assert zone is not None
        work = await begin_work(uow, new, staff=member, viewer=Viewer.of(member), now=desk.clock.now(), zone=zone)
        await uow.commit()
    await desk.workshop.start(work.id)


async def in_store(desk: StaffDesk) -> int:
    assert isinstance(desk.files, ObjectFileStore)
    return len([place async for place in desk.files.places()])


async def keep_time(desk: StaffDesk) -> None:
    for work in (OldPapers(desk.database), DoomedFiles(desk.database, desk.files)):
        while await work.do(desk.clock.now()):
            pass


async def test_it_is_made_and_fetched_by_whoever_asked_and_by_nobody_else(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is made its page reloads itself; its pieces lie sealed apart and go after an hour."""
    monkeypatch.setitem(MAKERS, WorkKind.EXPORT, "tests.admin.makers:ten_lines")
    lead, other = await desk.signed_in("lead", Role.WARD_LEADER), await desk.signed_in("other", Role.WARD_LEADER)
    await lead.opens(WORK)
    assert lead.shows("work_nothing")
    desk.workshop.hands.clear()
    await ask(desk, "lead")
    await lead.opens(WORK)
    assert 'http-equiv="refresh"' in lead.text
    assert lead.shows("work_beginning")
    assert (await lead.opens(f"{WORK}/file")).status == 404, "not whole yet"
    desk.workshop.hands.set()
    await desk.workshop.settle()
    await lead.opens(WORK)
    assert lead.shows("work_done")
    assert "http-equiv" not in lead.text
    await desk.settle()
    got = await lead.client.get(f"{WORK}/file")
    assert await got.read() == b"".join(b"%d " % n + LINE for n in range(1, LINES + 1))
    assert got.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert (await other.opens(f"{WORK}/file")).status == 404
    await keep_time(desk)
    assert await in_store(desk) > 1
    desk.clock.passes(seconds=KEPT_FOR.total_seconds() - 60)
    lead = await desk.browser()
    await lead.signs_in("lead")
    assert (await lead.opens(f"{WORK}/file")).status == 200
    desk.clock.passes(seconds=90)
    await lead.opens(WORK)
    assert lead.shows("work_gone")
    assert (await lead.opens(f"{WORK}/file")).status == 404
    await keep_time(desk)
    assert await in_store(desk) == 0
    await lead.opens(WORK)
    assert lead.shows("work_nothing")


@pytest.mark.parametrize("is_noticed_at_once", [True, False])
async def test_it_can_be_stopped_and_leaves_nothing(
    desk: StaffDesk, monkeypatch: pytest.MonkeyPatch, is_noticed_at_once: bool
) -> None:
    """Also where the process that makes it is not the one that was told: it finds out by itself."""
    monkeypatch.setitem(MAKERS, WorkKind.EXPORT, "tests.admin.makers:three_of_ten")
    if not is_noticed_at_once:
        monkeypatch.setattr(desk.workshop, "stop", lambda _: None)
    lead = await desk.signed_in("lead", Role.WARD_LEADER)
    await ask(desk, "lead")
    async with asyncio.timeout(20):
        while "3 / 10" not in lead.text:
            await lead.opens(WORK)
    assert re.search(r'<progress [^>]*value="30"', lead.text)
    await lead.submits("stop-form")
    await desk.workshop.settle()
    await lead.opens(WORK)
    assert lead.shows("work_stopped")
    await keep_time(desk)
    assert await in_store(desk) == 0


async def test_what_breaks_says_so_and_the_next_may_begin(desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MAKERS, WorkKind.EXPORT, "tests.admin.makers:breaks")
    lead = await desk.signed_in("lead", Role.WARD_LEADER)
    await ask(desk, "lead")
    await desk.workshop.settle()
    await lead.opens(WORK)
    assert lead.shows("work_failed")
    await ask(desk, "lead")


async def test_whoever_lost_the_right_meanwhile_fetches_nothing(
    sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKERS, WorkKind.EXPORT, "tests.admin.makers:ten_lines")
    desk, lead = sqlite_desk, await sqlite_desk.staff("lead", Role.WARD_LEADER)
    await ask(desk, "lead")
    await desk.workshop.settle()
    async with desk.database.begin() as uow:
        await uow.staff.place(lead.id, role=Role.WARD_OFFICER, ward_code=PHU_THUONG, unit=lead.unit)
        await uow.commit()
    officer = await desk.browser()
    await officer.signs_in("lead")
    assert (await officer.opens(f"{WORK}/file")).status == 404


async def test_a_leader_exports_their_ward_and_nothing_else(desk: StaffDesk) -> None:
    """Neither another ward's case nor one that the leader is barred from; the inspectors hear who took what."""
    lead, officer = await desk.signed_in("lead", Role.WARD_LEADER), await desk.signed_in("officer")
    inspector = await desk.staff("inspector", Role.INSPECTOR)
    own, restricted = await desk.case("của phường"), await desk.case("về cán bộ", kind=CaseKind.CONDUCT)
    barred, foreign = await desk.case("cấm xem"), await desk.case("nơi khác", ward=HOAN_KIEM)
    async with desk.database.begin() as uow:
        member = await desk.member("lead")
        await uow.exclusions.add([Exclusion(case_id=barred.id, staff_id=member.id, why=Why.ACCUSED)])
        await uow.staff_chats.begin(inspector.id, Channel.WEBCHAT, "x", until=desk.clock.now() + KEPT_FOR)
        address = Address(Channel.WEBCHAT, "inspector")
        await uow.conversations.put(Conversation(address=address), desk.clock.now())
        assert await uow.staff_chats.link(address, "x", desk.clock.now())
        await uow.commit()
    assert (await officer.opens("/staff/reports/export")).status == 403
    for page, forms in (("export", ("jsonl", "csv")), ("register", ("csv", "xlsx"))):
        for form in forms:
            await lead.opens(f"/staff/reports/{page}")
            assert 'name="ward"' not in lead.text, "there is nothing to choose"
            answer = await lead.submits(f"{page}-form", first="", last="", format=form)
            assert (answer.status, answer.headers["Location"]) == (303, WORK)
            await desk.workshop.settle()
            made = await (await lead.client.get(f"{WORK}/file")).read()
            if form == "xlsx":
                made = b"\n".join(ZipFile(io.BytesIO(made)).read(f"xl/worksheets/sheet{n}.xml") for n in (1,))
            assert all(case.code.encode() in made and case.text.encode() in made for case in (own, restricted))
            assert not any(case.code.encode() in made or case.text.encode() in made for case in (barred, foreign))
    async with desk.database.reading() as uow:
        said = [entry.action for entry in await uow.audit.page(Viewer.of(inspector))]
    assert said.count("cases_exported") == said.count("register_made") == 2
    assert said.count("paper_fetched") == 4
    async with desk.database.begin() as uow:
        heard = await uow.outbox.claim(
            owner="test", channels=[Channel.WEBCHAT], now=desk.clock.now(), lease=KEPT_FOR, most=100
        )
    assert [one.reply.text for one in heard] == [say(Language.VI, "notice_exported_at_desk", name="Lead")]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"first": "hôm qua"}, "first"),
        ({"last": "9999-12-31"}, "last"),
        ({"first": "2026-05-02", "last": "2026-05-01"}, "last"),
        ({"format": "docx"}, "format"),
        ({"ward": HOAN_KIEM}, "ward"),
    ],
)
async def test_what_was_asked_wrongly_is_told_beside_its_field(
    sqlite_desk: StaffDesk, fields: dict[str, str], named: str
) -> None:
    lead = await sqlite_desk.signed_in("lead", Role.WARD_LEADER)
    await lead.opens("/staff/reports/export")
    action, hidden = lead.form("export-form")
    answer = await lead.posts(action, hidden | {"first": "", "last": "", "format": "csv"} | fields)
    assert answer.status == 400
    assert f'"trouble-{named}"' in lead.text or named == "ward"
    assert 'data-testid="trouble"' in lead.text
    assert sqlite_desk.workshop.tasks == {}


async def test_a_second_one_is_refused_while_the_first_is_made(sqlite_desk: StaffDesk) -> None:
    lead = await sqlite_desk.signed_in("lead", Role.WARD_LEADER)
    sqlite_desk.workshop.hands.clear()
    for status in (303, 409):
        await lead.opens("/staff/reports/register")
        assert (await lead.submits("register-form", first="", last="", format="csv")).status == status
    assert lead.shows("work_runs_already")
    sqlite_desk.workshop.hands.set()
