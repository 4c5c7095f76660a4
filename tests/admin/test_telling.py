"""No message reaches who told a case at the counter: its page says what they still have to be told, until somebody did."""

import re

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.people import Channel, Role
from bot.domain.thread import EventKind
from handlers.channels.counter import Counter
from handlers.delivery import Delivery
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.admin.test_counter import files_it
from tests.handlers.cast import at_work, nothing_to_send, until


async def told_case(desk: StaffDesk, officer: Browser) -> Case:
    code, _ = await files_it(officer)
    return await desk.now_is(CaseCode(code))


async def answers(officer: Browser, case: Case, text: str) -> None:
    await officer.opens(f"/staff/cases/{case.code}")
    assert (await officer.submits("reply-form", text=text)).status == 303


async def test_an_answer_is_to_be_told_until_somebody_did(desk: StaffDesk) -> None:
    officer = await desk.signed_in("minh")
    case = await told_case(desk, officer)
    await officer.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="tell"' in officer.text
    assert 'data-testid="untold"' not in officer.text
    desk.clock.passes(minutes=1)
    await answers(officer, case, "Mai có xe tới dọn.")
    await officer.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="untold"' in officer.text
    assert officer.shows("counter_untold")
    assert not officer.shows("desk_delivery_sent")
    desk.clock.passes(minutes=1)
    page = officer.text
    for _ in range(2):  # pressed twice: noted once
        officer.text = page
        answer = await officer.submits("told-form", way="phone")
        assert answer.headers["Location"] == f"/staff/cases/{case.code}?done=told"
    await officer.opens(answer.headers["Location"])
    assert 'data-testid="untold"' not in officer.text
    assert officer.shows("desk_done_told")
    assert officer.shows("counter_told")
    async with desk.database.reading() as uow:
        told = [event for event in await uow.cases.timeline(case.id) if event.kind is EventKind.TOLD]
        assert await uow.audit.verify() is None
    assert [(event.staff_name, event.details) for event in told] == [("Minh", {"way": "phone"})]
    desk.clock.passes(minutes=1)
    await answers(officer, case, "Đã dọn xong.")
    await officer.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="untold"' in officer.text
    assert officer.shows("counter_told")
    assert officer.shows("counter_untold")


async def test_a_closed_case_is_told_too(sqlite_desk: StaffDesk) -> None:
    """Closing leads back to the case and not to the queue, where it would be out of sight and out of mind."""
    officer = await sqlite_desk.signed_in("minh")
    case = await told_case(sqlite_desk, officer)
    await officer.opens(f"/staff/cases/{case.code}")
    closed = await officer.closes("done", "Đã dọn xong, xin cảm ơn.")
    assert closed.headers["Location"] == f"/staff/cases/{case.code}?done=closed"
    await officer.opens(closed.headers["Location"])
    assert officer.shows("counter_done_closed")
    assert not officer.shows("desk_reply_hint")
    assert (await officer.submits("told-form", way="counter")).status == 303
    await officer.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="untold"' not in officer.text
    assert (await sqlite_desk.now_is(case.code)).status is CaseStatus.CLOSED
    ordinary = await sqlite_desk.case()
    await officer.opens(f"/staff/cases/{ordinary.code}")
    assert 'data-testid="tell"' not in officer.text
    closed = await officer.closes("done", "Xong.")
    assert closed.headers["Location"] == "/staff/?done=closed"


async def test_words_that_came_meanwhile_are_not_taken_for_told(sqlite_desk: StaffDesk) -> None:
    """A colleague answered while this page was open: what was not on it cannot have been told."""
    officer, other = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("hoa")
    case = await told_case(sqlite_desk, officer)
    await answers(officer, case, "Mai có xe tới dọn.")
    await officer.opens(f"/staff/cases/{case.code}")
    await answers(other, case, "Xin lỗi, thứ Hai mới có xe.")
    assert (await officer.submits("told-form", way="phone")).status == 409
    assert officer.text.count('class="line__state" data-testid="delivery"') >= 2
    assert officer.shows("counter_untold")


def told_of(officer: Browser) -> list[str]:
    """The codes that the counter's page lists."""
    return re.findall(r'data-testid="to-tell-row"><a href="/staff/cases/([0-9A-Z-]+)#told"', officer.text)


async def test_the_counter_lists_who_still_has_to_be_told(desk: StaffDesk) -> None:
    """Closed ones too, the longest untold first; each leaves when it was told or its answer taken back, and comes again."""
    officer, far = await desk.signed_in("minh"), await desk.signed_in("far", Role.WARD_OFFICER, HOAN_KIEM)
    first, second = await told_case(desk, officer), await told_case(desk, officer)
    await officer.opens("/staff/counter")
    assert told_of(officer) == []
    await answers(officer, second, "Mai có xe tới dọn.")
    desk.clock.passes(minutes=1)
    await officer.opens(f"/staff/cases/{first.code}")
    await officer.closes("done", "Đã dọn xong.")
    await officer.opens("/staff/counter")
    assert told_of(officer) == [second.code, first.code]
    await far.opens("/staff/counter")
    assert told_of(far) == []
    desk.clock.passes(minutes=1)
    await officer.opens(f"/staff/cases/{second.code}")
    await officer.submits("told-form", way="phone")
    await officer.opens("/staff/counter")
    assert told_of(officer) == [first.code]
    desk.clock.passes(minutes=1)
    await answers(officer, second, "Xe hỏng, mai mới tới.")
    await officer.opens("/staff/counter")
    assert told_of(officer) == [first.code, second.code]
    async with desk.database.begin() as uow:
        case = await uow.cases.by_code(second.code)
        assert case is not None
        await uow.cases.keep_as_note(case, (await uow.cases.thread(case.id))[-1].id)
        await uow.commit()
    await officer.opens("/staff/counter")
    assert told_of(officer) == [first.code]


async def test_a_case_that_went_elsewhere_is_listed_there(sqlite_desk: StaffDesk) -> None:
    """Only who may see and answer the case is asked to tell."""
    officer, far = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("far", Role.WARD_OFFICER, HOAN_KIEM)
    case = await told_case(sqlite_desk, officer)
    await answers(officer, case, "Việc này của phường Hoàn Kiếm.")
    await officer.opens(f"/staff/cases/{case.code}")
    await officer.submits("move-form", ward=HOAN_KIEM, why="wrong_ward")
    await officer.opens("/staff/counter")
    await far.opens("/staff/counter")
    assert (told_of(officer), told_of(far)) == ([], [case.code])


@pytest.mark.parametrize("way", ["", "pigeon"])
async def test_it_is_said_how_they_were_told(sqlite_desk: StaffDesk, way: str) -> None:
    officer = await sqlite_desk.signed_in("minh")
    case = await told_case(sqlite_desk, officer)
    await answers(officer, case, "Mai có xe tới dọn.")
    await officer.opens(f"/staff/cases/{case.code}")
    assert (await officer.submits("told-form", way=way)).status == 400
    assert officer.shows("counter_way_missing")


async def test_an_inspector_sees_it_and_has_no_button(sqlite_desk: StaffDesk) -> None:
    officer = await sqlite_desk.signed_in("minh")
    case = await told_case(sqlite_desk, officer)
    await answers(officer, case, "Mai có xe tới dọn.")
    inspector = await sqlite_desk.signed_in("reads", Role.INSPECTOR, None)
    await inspector.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="untold"' in inspector.text
    assert 'data-testid="told-form"' not in inspector.text
    far = await sqlite_desk.signed_in("far", Role.WARD_OFFICER, HOAN_KIEM)
    assert (await far.opens(f"/staff/cases/{case.code}")).status == 404


async def test_its_answers_leave_the_outbox(desk: StaffDesk, bell: Bell) -> None:
    """They wait for nobody and are never called failed; their words stay in the case alone."""
    officer = await desk.signed_in("minh")
    case = await told_case(desk, officer)
    await answers(officer, case, "Mai có xe tới dọn.")
    async with desk.database.begin() as uow:
        waiting = await uow.outbox.backlog(desk.clock.now())
    assert (waiting.waiting, waiting.failed) == (1, 0)
    delivery = Delivery(desk.database, {Channel.COUNTER: Counter()}, bell, desk.clock, {Channel.COUNTER: None})
    async with at_work(delivery.run):
        await until(lambda: nothing_to_send(desk.database))
    async with desk.database.begin() as uow:
        after = await uow.outbox.backlog(desk.clock.now())
        [_, line] = await uow.cases.thread(case.id)
        assert all(event.kind is not EventKind.UNDELIVERED for event in await uow.cases.timeline(case.id))
    assert (after.waiting, after.failed) == (0, 0)
    assert line.text == "Mai có xe tới dọn."
