"""A case is filed once, found again, and changed only by who has seen its newest version."""

import asyncio
from dataclasses import replace
from datetime import UTC

import pytest

from bot.domain.case import Accused, CaseCode, CaseStatus, Desk, NewCase
from bot.domain.clocks.fold import filed
from bot.domain.clocks.setting import new_round
from bot.domain.outcome import Outcome
from bot.domain.people import Unit
from bot.domain.ward import Point
from bot.domain.working_time import WorkingCalendar
from bot.errors import StaleVersion
from storage import Database
from tests.storage.cast import BA_DINH, HOA, LAN, LATER, NOW, TAY_HO, a_case, every_case, file_case, officer


async def test_a_case_is_found_as_it_was_filed(database: Database) -> None:
    case = await a_case(database, source_id="m1")
    assert (case.version, case.status, case.outcome, case.closed_at) == (1, CaseStatus.OPEN, None, None)
    assert (case.ward_code, case.desk, case.point) == (TAY_HO, Desk.GENERAL, Point(21.0, 105.8, 12.0))
    async with database.reading() as uow:
        assert await uow.cases.by_code(case.code) == case
        assert await uow.cases.by_source(LAN, "m1") == case
        assert await uow.cases.of_resident(case.resident_id) == [case]
        assert await uow.cases.visible(officer(), case.code) == case
        assert await uow.cases.by_code(CaseCode("0000-0000")) is None
        assert await uow.cases.by_source(HOA, "m1") is None


async def test_a_case_with_its_clocks_is_given_back_as_it_will_be_read(database: Database) -> None:
    """What `add` returns is made of what it was given; the row, with everything the database cleans, must say the same."""
    days = WorkingCalendar(frozenset(), frozenset(), UTC)
    for is_urgent in (False, True):
        clocks = filed(new_round(NOW, 10, days, is_urgent=is_urgent), NOW, is_urgent=is_urgent)
        what = {"clocks": clocks, "is_emergency": is_urgent, "draft_serial": "ABC123", "place_key": "thuy khue|12||"}
        more = {
            "is_anonymous": is_urgent,
            "accused": Accused.OFFICIAL,
            "text": "Tối\0 quá \ud83d",
        }
        case = await a_case(database, **what, **more, accused_unit=Unit.POLICE)
        assert case.clocks == clocks
        assert "\0" not in case.text
        async with database.reading() as uow:
            assert await uow.cases.by_code(case.code) == case


async def test_fifty_replays_of_one_message_make_one_case(database: Database) -> None:
    """Filing twice finds the first, also when nobody has committed yet."""

    async def replay() -> CaseCode:
        async with database.begin() as uow:
            case = await file_case(uow, source_id="m1")
            await uow.commit()
            return case.code

    codes = set(await asyncio.gather(*(replay() for _ in range(50))))
    assert len(codes) == 1
    async with database.reading() as uow:
        assert len(await uow.cases.export()) == 1


async def test_a_code_that_is_taken_becomes_another(database: Database) -> None:
    async with database.begin() as uow:
        first = await file_case(uow)
        second = await uow.cases.add(
            NewCase(
                code=first.code,
                kind=first.kind,
                category="",
                ward_code=None,
                desk=Desk.UNPLACED,
                resident_id=first.resident_id,
                address=LAN,
                source_id="another",
                text="Khác",
                point=None,
                created_at=NOW,
                due_at=NOW,
            )
        )
        assert second.code != first.code
        assert second.point is None
        assert await uow.cases.of_resident(first.resident_id) == [second, first]
        assert await uow.cases.of_resident(first.resident_id, most=1) == [second]


async def test_a_change_needs_the_newest_version(database: Database) -> None:
    """Minh closes the case while Thu still has the old page open: Thu's form changes nothing."""
    seen = await a_case(database)
    async with database.begin() as uow:
        closed = await uow.cases.change(seen, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=LATER)
        await uow.commit()
    stopped = replace(seen, clocks=replace(seen.clocks, closed_at=LATER), version=seen.version + 1)
    assert closed == replace(stopped, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=LATER)
    async with database.begin() as uow:
        with pytest.raises(StaleVersion):
            await uow.cases.change(seen, ward_code=BA_DINH)
        assert await uow.cases.by_code(seen.code) == closed
        moved = await uow.cases.change(closed, ward_code=BA_DINH, desk=Desk.RESTRICTED)
        assert (moved.ward_code, moved.desk, moved.outcome) == (BA_DINH, Desk.RESTRICTED, Outcome.DONE)


async def test_a_case_that_is_opened_again_has_not_ended(database: Database) -> None:
    """Its outcome and the day it was closed are gone from the case, and can be written anew; other changes keep them."""
    seen = await a_case(database)
    async with database.begin() as uow:
        closed = await uow.cases.change(seen, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=LATER)
        moved = await uow.cases.change(closed, ward_code=BA_DINH)
        assert (moved.status, moved.outcome, moved.closed_at) == (CaseStatus.CLOSED, Outcome.DONE, LATER)
        opened = await uow.cases.change(moved, status=CaseStatus.OPEN)
        await uow.commit()
    assert opened == replace(seen, ward_code=BA_DINH, version=seen.version + 3)
    async with database.begin() as uow:
        assert await uow.cases.by_code(seen.code) == opened
        again = await uow.cases.change(opened, status=CaseStatus.CLOSED, outcome=Outcome.REFUSED, closed_at=LATER)
    assert (again.outcome, again.closed_at) == (Outcome.REFUSED, LATER)


async def test_of_two_changes_at_once_one_is_stale(database: Database) -> None:
    """Whatever the engine: two people cannot overwrite each other."""
    seen = await a_case(database)

    async def close(outcome: Outcome) -> Outcome | None:
        async with database.begin() as uow:
            case = await uow.cases.visible(officer(), seen.code, for_update=True)
            assert case is not None
            await asyncio.sleep(0.02)
            try:
                await uow.cases.change(replace(case, version=seen.version), outcome=outcome)
            except StaleVersion:
                return None
            await uow.commit()
            return outcome

    done = await asyncio.gather(close(Outcome.DONE), close(Outcome.REFUSED))
    [written] = [outcome for outcome in done if outcome]
    async with database.reading() as uow:
        case = await uow.cases.by_code(seen.code)
    assert case is not None
    assert case.outcome is written


async def test_cases_are_exported_in_the_order_of_acceptance(database: Database) -> None:
    cases = [await a_case(database) for _ in range(5)]
    async with database.reading() as uow:
        first = await every_case(uow, most=3)
        rest = await every_case(uow, after_id=first[-1][0].id, most=3)
    assert [case for case, _ in first + rest] == cases
