"""A resident whose case joined a neighbour's, and who is forgotten: the neighbour's goes on, and theirs stays empty."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseStatus
from bot.domain.closing import may_be_disputed
from bot.domain.draft import DraftPart
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.services.add_to_case import add_to_case
from bot.services.answer_case import answer_case
from bot.services.come_back import bring_back
from bot.services.erase import forget_resident
from bot.services.tie_cases import part_case
from bot.web import keys
from bot.wording import say
from storage import Database
from tests.admin.desk import HOAN_KIEM, StaffDesk, open_desk
from tests.services.test_case_acts import all_heard, merges, moves
from tests.services.test_closing_gate import closes, postpones


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def forgets(desk: StaffDesk, case: Case, *, closes_open: bool) -> Case:
    async with desk.database.begin() as uow:
        conversation = await uow.conversations.get(case.address)
        await forget_resident(uow, conversation, closes_open=closes_open, now=desk.clock.now())
        await uow.commit()
    erased = await desk.now_is(case.code)
    assert erased.erased_at is not None
    return erased


async def is_blank(desk: StaffDesk, erased: Case) -> bool:
    """Nothing but the line that stands for what is gone."""
    async with desk.database.reading() as uow:
        thread = await uow.cases.thread(erased.id)
    return {message.text for message in thread} == {say(Language.VI, "person_tombstone")}


async def is_silent(desk: StaffDesk, erased: Case) -> bool:
    """And nothing on its way to nobody."""
    return await is_blank(desk, erased) and not await all_heard(desk, erased.address)


async def test_a_plan_that_comes_back_wakes_nobody_who_is_forgotten(desk: StaffDesk) -> None:
    """In a simulated year it opened the erased case as well, and what was said next was kept there."""
    minh, main, joined, other = await desk.staff("minh"), await desk.case(), await desk.case(), await desk.case()
    for case in (joined, other):
        await merges(desk, minh, case, main)
    await closes(desk, minh, main, Outcome.PLANNED, planned_for=date(2026, 11, 25))
    erased = await forgets(desk, joined, closes_open=False)
    desk.clock.passes(days=8)
    async with desk.database.begin() as uow:
        assert await bring_back(uow, now=desk.clock.now(), city=desk.server.app[keys.CITY], most=9) == 3
        await uow.commit()
    assert (await desk.now_is(main.code)).status is CaseStatus.OPEN
    assert (await desk.now_is(other.code)).status is CaseStatus.OPEN, "this neighbour still waits"
    await closes(desk, minh, main, Outcome.DONE)
    still = await desk.now_is(joined.code)
    assert (still.status, still.outcome) == (CaseStatus.CLOSED, Outcome.PLANNED)
    assert await is_silent(desk, erased)


async def test_the_plan_of_a_forgotten_resident_still_comes_back_for_the_neighbours(desk: StaffDesk) -> None:
    """They were promised it too: each waits by itself from then on, and is told."""
    minh, main, joined, other = await desk.staff("minh"), await desk.case(), await desk.case(), await desk.case()
    for case in (joined, other):
        await merges(desk, minh, case, main)
    await closes(desk, minh, main, Outcome.PLANNED, planned_for=date(2026, 11, 25))
    erased = await forgets(desk, main, closes_open=False)
    desk.clock.passes(days=8)
    async with desk.database.begin() as uow:
        assert await bring_back(uow, now=desk.clock.now(), city=desk.server.app[keys.CITY], most=9) == 3
        await uow.commit()
    for case in (joined, other):
        back = await desk.now_is(case.code)
        assert (back.status, back.main_case_id) == (CaseStatus.OPEN, None)
        assert back.due_at > desk.clock.now()
    still = await desk.now_is(main.code)
    assert (still.status, still.joined_count) == (CaseStatus.CLOSED, 0)
    assert await is_blank(desk, erased)
    assert "mở lại" in (await all_heard(desk, joined.address))[-1]


async def test_a_neighbour_was_promised_the_day_too_whatever_becomes_of_the_main_case(desk: StaffDesk) -> None:
    """Its resident wrote, and it was closed as done since: the neighbour's comes back on its day, and waits by itself."""
    minh, main, joined = await desk.staff("minh"), await desk.case(), await desk.case()
    await merges(desk, minh, joined, main)
    await closes(desk, minh, main, Outcome.PLANNED, planned_for=date(2026, 11, 25))
    async with desk.database.begin() as uow:
        said = DraftPart(source_id="m9", text="Giờ càng tối hơn.")
        closed = await desk.now_is(main.code)
        await add_to_case(uow, case=closed, part=said, now=desk.clock.now(), city=desk.server.app[keys.CITY])
        await uow.commit()
    assert (await desk.now_is(main.code)).status is CaseStatus.OPEN
    await closes(desk, minh, main, Outcome.DONE)
    assert (await desk.now_is(joined.code)).status is CaseStatus.CLOSED
    desk.clock.passes(days=8)
    async with desk.database.begin() as uow:
        assert await bring_back(uow, now=desk.clock.now(), city=desk.server.app[keys.CITY], most=9) == 2
        await uow.commit()
    back = await desk.now_is(joined.code)
    assert (back.status, back.main_case_id) == (CaseStatus.OPEN, None)
    assert (await desk.now_is(main.code)).outcome is Outcome.DONE
    assert "mở lại" in (await all_heard(desk, joined.address))[-1]


async def test_what_is_said_and_done_to_the_main_case_is_not_said_to_nobody(desk: StaffDesk) -> None:
    """Answered, postponed, moved, merged and parted: the erased case goes along, and keeps silent."""
    minh, main, joined, third = await desk.staff("minh"), await desk.case(), await desk.case(), await desk.case()
    await merges(desk, minh, joined, main)
    erased = await forgets(desk, joined, closes_open=True)
    async with desk.database.begin() as uow:
        version = (await desk.now_is(main.code)).version
        await answer_case(
            uow,
            staff=minh,
            code=main.code,
            version=version,
            text="Sáng mai.",
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
        )
        await uow.commit()
    assert await postpones(desk, minh, main, date(2026, 12, 9))
    await merges(desk, minh, main, third)
    await moves(desk, minh, third, HOAN_KIEM)
    assert (await desk.now_is(joined.code)).ward_code == HOAN_KIEM
    lan = await desk.staff("lan", ward=HOAN_KIEM)
    async with desk.database.begin() as uow:
        version = (await desk.now_is(joined.code)).version
        await part_case(uow, staff=lan, code=joined.code, version=version, now=desk.clock.now())
        await uow.commit()
    assert await is_silent(desk, erased)
    async with desk.database.reading() as uow:
        assert "Sáng mai." in [message.text for message in await uow.cases.thread(main.id)]


async def test_nobody_disputes_for_a_forgotten_resident(desk: StaffDesk) -> None:
    """Opened again it would have words, and nobody to answer."""
    minh, case = await desk.staff("minh"), await desk.case()
    closed = await closes(desk, minh, case, Outcome.DONE)
    assert may_be_disputed(closed, desk.clock.now())
    assert not may_be_disputed(await forgets(desk, case, closes_open=False), desk.clock.now())


async def test_nothing_is_written_about_whoever_is_forgotten(desk: StaffDesk) -> None:
    """No note and no file: their page has no form for either, and a form that was open before is refused, words kept."""
    minh, case = await desk.signed_in("minh"), await desk.case()
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("note-form")
    erased = await forgets(desk, case, closes_open=True)
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="note-form"' not in minh.text
    assert 'data-testid="attach-form"' not in minh.text
    hidden |= {"version": str(erased.version), "text": "Nhà bà Lan, số 5."}
    answer = await minh.posts(action, hidden)
    assert answer.status == 409
    assert minh.shows("case_already_closed")
    assert "Nhà bà Lan, số 5." in minh.text
    assert await is_blank(desk, erased)
