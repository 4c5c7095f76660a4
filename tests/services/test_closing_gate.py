"""What each outcome owes before a case closes, what a leader may waive, and what the resident is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseStatus
from bot.domain.closing import Closing, ClosingPart, missing_parts
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffMember
from bot.domain.thread import EventKind
from bot.errors import EmptyText
from bot.services.close_case import close_case
from bot.services.closing_gate import ClosingIncomplete, DuplicateNotFound, DuplicateStillOpen, NotToOverride
from bot.services.come_back import bring_back
from bot.services.postpone_case import BadNewDay, postpone_case
from bot.services.two_people import confirm_proposal
from bot.web import keys
from handlers.timekeeping import DuePlans
from storage import Database
from tests.admin.desk import HOAN_KIEM, StaffDesk, open_desk
from tests.closing import PROOF, TODAY, report
from tests.services.test_case_acts import all_heard

P = ClosingPart


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def closes(desk: StaffDesk, staff: StaffMember, case: Case, outcome: Outcome, override: str = "", **more: Any) -> Case:
    async with desk.database.begin() as uow:
        closed = await close_case(
            uow,
            staff=staff,
            code=case.code,
            version=(await desk.now_is(case.code)).version,
            report=report(outcome, **more),
            override=override,
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
            zone=desk.server.app[keys.SETTINGS].zone,
        )
        await uow.commit()
    return closed


async def kept(desk: StaffDesk, case: Case) -> Closing:
    async with desk.database.reading() as uow:
        closing = await uow.closings.newest(case.id)
    assert closing is not None
    return closing


@pytest.mark.parametrize(
    ("outcome", "without", "missing"),
    [
        (Outcome.DONE, {"what": " "}, (P.WHAT,)),
        (Outcome.DONE, {"unit": "", "done_on": None, "files": ()}, (P.UNIT, P.DONE_ON, P.EVIDENCE)),
        (Outcome.DONE, {"files": (replace(PROOF, key=""),)}, (P.EVIDENCE,)),
        (Outcome.DONE, {"done_on": TODAY + timedelta(days=1)}, (P.DONE_LATER,)),
        (Outcome.DONE, {"what": "", "text": ""}, (P.WHAT, P.TEXT)),
        (Outcome.DONE, {"text": ""}, ()),
        (Outcome.DONE, {"what": "x" * 301}, (P.TOO_LONG,)),
        (Outcome.PLANNED, {"planned_for": None}, (P.PLANNED_FOR,)),
        (Outcome.PLANNED, {"planned_for": TODAY}, (P.PLANNED_PAST,)),
        (Outcome.PLANNED, {"planned_for": TODAY + timedelta(days=400)}, (P.PLANNED_FAR,)),
        (Outcome.NOT_OURS, {"handed_to": ""}, (P.HANDED_TO,)),
        (Outcome.REFUSED, {"ground": None, "basis": "", "text": "\n"}, (P.GROUND, P.BASIS, P.TEXT)),
        (Outcome.DUPLICATE, {}, (P.DUPLICATE_OF,)),
        (Outcome.NO_ACTION, {"text": ""}, (P.TEXT,)),
        (Outcome.NO_ACTION, {}, ()),
    ],
)
def test_each_outcome_owes_its_own(outcome: Outcome, without: dict[str, Any], missing: tuple[ClosingPart, ...]) -> None:
    """All that is missing is told at once, and nothing that another outcome owes."""
    assert missing_parts(replace(report(outcome), **without), TODAY) == missing


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.DONE, ["đã giải quyết xong", "Đơn vị thực hiện: Tổ điện", "mở lại"]),
        (Outcome.PLANNED, ["18/12/2026", "chưa xong", "tự mở lại"]),
        (Outcome.NOT_OURS, ["Công ty Điện lực Hà Nội", "Bạn cần gửi đến nơi nêu trên"]),
        (Outcome.REFUSED, ["lặp lại", "Điều 9 Luật Tiếp công dân", "không được tính là đã xong"]),
        (Outcome.NO_ACTION, ["không có việc gì phải làm thêm"]),
    ],
)
async def test_each_outcome_tells_the_resident_what_it_means(desk: StaffDesk, outcome: Outcome, said: list[str]) -> None:
    minh, case = await desk.staff("minh"), await desk.case()
    await closes(desk, minh, case, outcome)
    [heard] = await desk.hears(case)
    assert all(words in heard for words in said), heard
    closing = await kept(desk, case)
    assert (closing.report, closing.is_gated, closing.missing) == (report(outcome), True, ())
    assert closing.has_evidence is (outcome is Outcome.DONE)


async def test_a_duplicate_names_an_answered_case_and_never_its_sender(desk: StaffDesk) -> None:
    """An open one is to be merged, or nobody would hear of its end; one that is not ours to see is not there."""
    minh, first, second = await desk.staff("minh"), await desk.case(), await desk.case()
    foreign = await desk.case(ward=HOAN_KIEM)
    for other, error in ((first, DuplicateStillOpen), (foreign, DuplicateNotFound), (second, DuplicateNotFound)):
        with pytest.raises(error):
            await closes(desk, minh, second, Outcome.DUPLICATE, duplicate_of=other.code)
    await closes(desk, minh, first, Outcome.DONE)
    await closes(desk, minh, second, Outcome.DUPLICATE, duplicate_of=first.code)
    [heard] = await desk.hears(second)
    assert "Đã có người báo việc này" in heard
    assert first.code not in heard
    assert (await kept(desk, second)).report.duplicate_of == first.code


async def test_only_a_leader_waives_a_part_with_a_reason_that_stays(desk: StaffDesk) -> None:
    minh, chief, case = await desk.staff("minh"), await desk.staff("chief", Role.WARD_LEADER), await desk.case()
    with pytest.raises(NotToOverride):
        await closes(desk, minh, case, Outcome.DONE, "Ảnh hỏng", files=())
    with pytest.raises(ClosingIncomplete):
        await closes(desk, chief, case, Outcome.DONE, files=())
    await closes(desk, chief, case, Outcome.DONE, "Máy ảnh hỏng", files=())
    closing = await kept(desk, case)
    assert (closing.missing, closing.overridden_by, closing.override_reason, closing.has_evidence) == (
        (P.EVIDENCE,),
        chief.id,
        "Máy ảnh hỏng",
        False,
    )
    async with desk.database.reading() as uow:
        event = (await uow.cases.timeline(case.id))[-1]
    assert event.details == {"outcome": "done", "closing": str(closing.id), "override": "Máy ảnh hỏng"}


async def test_the_law_is_nobodys_to_waive(desk: StaffDesk) -> None:
    """A refusal without a listed ground (L-32), a plan without a day, a closing without words."""
    chief, case = await desk.staff("chief", Role.WARD_LEADER), await desk.case()
    for outcome, without in (
        (Outcome.REFUSED, {"ground": None}),
        (Outcome.PLANNED, {"planned_for": None}),
        (Outcome.NO_ACTION, {"text": ""}),
    ):
        with pytest.raises(ClosingIncomplete):
            await closes(desk, chief, case, outcome, "Vì tôi muốn vậy", **without)
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN


async def test_a_planned_case_comes_back_when_its_day_is_over(desk: StaffDesk) -> None:
    """In the morning after, to its own queue, with a new deadline; its resident is told, once."""
    minh, case = await desk.staff("minh"), await desk.case()
    await closes(desk, minh, case, Outcome.PLANNED, planned_for=date(2026, 11, 25))
    work = DuePlans(desk.database, desk.server.app[keys.CITY])
    desk.clock.passes(days=7)  # the 25th, ten o'clock
    assert await work.do(desk.clock.now()) == 0
    desk.clock.passes(days=1)
    now = desk.clock.now()
    assert await work.do(now) == 1
    assert await work.do(now) == 0
    back = await desk.now_is(case.code)
    assert (back.status, back.outcome, back.closed_at) == (CaseStatus.OPEN, None, None)
    assert back.due_at > now
    heard = await all_heard(desk, case.address)
    assert len(heard) == 2
    assert "25/11/2026" in heard[-1]
    assert "mở lại" in heard[-1]
    async with desk.database.reading() as uow:
        last = (await uow.cases.timeline(case.id))[-1]
    assert last.kind is EventKind.CAME_BACK
    assert (await kept(desk, case)).returns_at is None


async def test_a_case_that_was_planned_anew_comes_back_with_the_newer_day_alone(desk: StaffDesk) -> None:
    """Its first plan was overtaken: in a simulated year such cases came back weeks too early, with the older day."""
    minh, case = await desk.staff("minh"), await desk.case()
    await closes(desk, minh, case, Outcome.PLANNED, planned_for=date(2026, 11, 25))
    async with desk.database.begin() as uow:
        await uow.cases.change(await desk.now_is(case.code), status=CaseStatus.OPEN)
        await uow.commit()
    await closes(desk, minh, case, Outcome.PLANNED, planned_for=date(2026, 12, 9))
    work = DuePlans(desk.database, desk.server.app[keys.CITY])
    for days, status in ((8, CaseStatus.CLOSED), (13, CaseStatus.CLOSED), (1, CaseStatus.OPEN)):
        desk.clock.passes(days=days)
        await work.do(desk.clock.now())
        assert (await desk.now_is(case.code)).status is status


async def test_a_plan_that_was_overtaken_brings_nothing_back(desk: StaffDesk) -> None:
    """The resident opened it again, and it was then done."""
    minh, case = await desk.staff("minh"), await desk.case()
    await closes(desk, minh, case, Outcome.PLANNED)
    async with desk.database.begin() as uow:
        await uow.cases.change(await desk.now_is(case.code), status=CaseStatus.OPEN)
        await uow.commit()
    await closes(desk, minh, case, Outcome.DONE)
    desk.clock.passes(days=60)
    async with desk.database.begin() as uow:
        assert await bring_back(uow, now=desk.clock.now(), city=desk.server.app[keys.CITY], most=9) == 1
        await uow.commit()
    assert (await desk.now_is(case.code)).status is CaseStatus.CLOSED


async def postpones(desk: StaffDesk, staff: StaffMember, case: Case, day: date | None, reason: str = "Chờ vật tư.") -> bool:
    async with desk.database.begin() as uow:
        is_done = await postpone_case(
            uow,
            staff=staff,
            code=case.code,
            version=(await desk.now_is(case.code)).version,
            day=day,
            reason=reason,
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
            zone=desk.server.app[keys.SETTINGS].zone,
        )
        await uow.commit()
    return is_done


async def test_not_yet_is_said_twice_and_the_third_time_a_leader_agrees(desk: StaffDesk) -> None:
    """Each new day is told with its reason; what waits for the leader is told to nobody."""
    minh, chief, case = await desk.staff("minh"), await desk.staff("chief", Role.WARD_LEADER), await desk.case()
    for bad in (None, TODAY, TODAY + timedelta(days=4), TODAY + timedelta(days=500)):
        with pytest.raises(BadNewDay):
            await postpones(desk, minh, case, bad)
    with pytest.raises(EmptyText):
        await postpones(desk, minh, case, date(2026, 12, 1), " ")
    assert await postpones(desk, minh, case, date(2026, 12, 1))
    assert await postpones(desk, minh, case, date(2026, 12, 10))
    heard = await all_heard(desk, case.address)
    assert "01/12/2026" in heard[0]
    assert "Chờ vật tư." in heard[1]
    assert not await postpones(desk, minh, case, date(2026, 12, 20))
    before = await desk.now_is(case.code)
    assert before.due_at.date() == date(2026, 12, 10)
    async with desk.database.begin() as uow:
        proposal = await uow.proposals.waiting(case.id)
        assert proposal is not None
        await confirm_proposal(
            uow,
            staff=chief,
            code=case.code,
            version=before.version,
            proposal_id=proposal.id,
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
            zone=desk.server.app[keys.SETTINGS].zone,
        )
        await uow.commit()
    after = await desk.now_is(case.code)
    assert (after.due_at.date(), after.status) == (date(2026, 12, 20), CaseStatus.OPEN)
    async with desk.database.reading() as uow:
        told = [event.details for event in await uow.cases.timeline(case.id) if event.kind is EventKind.POSTPONED]
    assert [details["times"] for details in told if details] == ["1", "2", "3"]
    assert await postpones(desk, chief, case, date(2026, 12, 30)), "a leader needs nobody else's word"


async def test_those_who_joined_come_back_with_it_and_hear_of_it(desk: StaffDesk) -> None:
    minh, main, second = await desk.staff("minh"), await desk.case(), await desk.case()
    async with desk.database.begin() as uow:
        await uow.ties.join(await desk.now_is(second.code), main.id)
        await uow.cases.count_joined(main.id, 1)
        await uow.commit()
    await closes(desk, minh, main, Outcome.PLANNED, planned_for=date(2026, 11, 25))
    assert (await kept(desk, second)).report.outcome is Outcome.PLANNED
    desk.clock.passes(days=8)
    assert await DuePlans(desk.database, desk.server.app[keys.CITY]).do(desk.clock.now()) == 2
    assert [(await desk.now_is(one.code)).status for one in (main, second)] == [CaseStatus.OPEN] * 2
    assert (await desk.now_is(second.code)).main_case_id == main.id
    assert len(await all_heard(desk, second.address)) == 2
