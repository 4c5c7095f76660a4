"""What staff do to a case happens whole or not at all, and only to cases that are theirs, open, and as they saw them."""

from collections.abc import Awaitable, Callable

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffMember
from bot.domain.thread import EventKind
from bot.errors import BotError, CaseAlreadyClosed, CaseNotFound, EmptyText, StaleVersion, UnknownWard
from bot.ports import UnitOfWork
from bot.routing.wards import load_wards
from bot.services.answer_case import answer_case
from bot.services.close_case import close_case
from bot.services.move_case import AlreadyThere, move_case
from bot.services.note_case import note_case
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, StillClock, open_desk

Change = Callable[[UnitOfWork, StaffMember, Case], Awaitable[object]]
WARDS = load_wards()
NOW = StillClock().now()


async def answer(uow: UnitOfWork, staff: StaffMember, case: Case, text: str = "Vâng.") -> object:
    return await answer_case(uow, staff=staff, code=case.code, version=case.version, text=text, now=NOW, wards=WARDS)


async def note(uow: UnitOfWork, staff: StaffMember, case: Case, text: str = "Gọi lại.") -> object:
    return await note_case(uow, staff=staff, code=case.code, version=case.version, text=text, now=NOW)


async def close(uow: UnitOfWork, staff: StaffMember, case: Case, text: str = "Xong.") -> object:
    return await close_case(
        uow,
        staff=staff,
        code=case.code,
        version=case.version,
        outcome=Outcome.DONE,
        text=text,
        now=NOW,
        wards=WARDS,
    )


async def move(uow: UnitOfWork, staff: StaffMember, case: Case, ward: str = HOAN_KIEM) -> object:
    return await move_case(
        uow,
        staff=staff,
        code=case.code,
        version=case.version,
        ward_code=WARDS[ward].code,
        now=NOW,
        wards=WARDS,
    )


CHANGES: tuple[tuple[Change, EventKind, int], ...] = (
    (answer, EventKind.ANSWERED, 1),
    (note, EventKind.NOTED, 0),
    (close, EventKind.CLOSED, 1),
    (move, EventKind.MOVED, 1),
)


@pytest.mark.parametrize(("change", "event", "replies"), CHANGES)
async def test_a_change_leaves_its_event_its_reply_and_its_line_in_the_audit(
    database: Database, bell: Bell, change: Change, event: EventKind, replies: int
) -> None:
    async with open_desk(database, bell) as desk:
        minh, case = await desk.staff("minh"), await read(desk, await desk.case())
        async with database.begin() as uow:
            await change(uow, minh, case)
            await uow.commit()
        async with database.reading() as uow:
            timeline = await uow.cases.timeline(case.id)
            assert await uow.audit.verify() is None
        assert (timeline[-1].kind, timeline[-1].staff_name) == (event, "Minh")
        assert len(await desk.hears(case)) == replies
        assert (await desk.now_is(case.code)).version > case.version


@pytest.mark.parametrize(("change", "_event", "_replies"), CHANGES)
async def test_without_a_commit_nothing_has_happened(
    database: Database, bell: Bell, change: Change, _event: EventKind, _replies: int
) -> None:
    async with open_desk(database, bell) as desk:
        minh, case = await desk.staff("minh"), await read(desk, await desk.case())
        async with database.begin() as uow:
            await change(uow, minh, case)
        assert await desk.now_is(case.code) == case
        assert await desk.hears(case) == []
        async with database.reading() as uow:
            assert [line.kind for line in await uow.cases.timeline(case.id)] == [EventKind.FILED]


@pytest.mark.parametrize(("change", "_event", "_replies"), CHANGES)
async def test_a_foreign_case_and_a_stale_one_are_left_alone(
    sqlite_database: Database, bell: Bell, change: Change, _event: EventKind, _replies: int
) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        minh, city = await desk.staff("minh"), await desk.staff("city", Role.CITY_COORDINATOR)
        foreign, own = await desk.case(ward=HOAN_KIEM), await desk.case()
        async with sqlite_database.begin() as uow:
            for staff, case in ((minh, await read(desk, foreign)), (city, await read(desk, own))):
                with pytest.raises(CaseNotFound):
                    await change(uow, staff, case)
            with pytest.raises(StaleVersion):
                await change(uow, minh, own)  # as it was before the resident's first message joined it


async def test_a_closed_case_takes_notes_and_nothing_else(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        minh, case = await desk.staff("minh"), await read(desk, await desk.case())
        async with sqlite_database.begin() as uow:
            await close(uow, minh, case)
            await uow.commit()
        closed = await read(desk, case)
        assert closed.status is CaseStatus.CLOSED
        async with sqlite_database.begin() as uow:
            for change in (answer, close, move):
                with pytest.raises(CaseAlreadyClosed):
                    await change(uow, minh, closed)
            await note(uow, minh, closed)


async def test_no_words_no_ward_no_change(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        minh, case = await desk.staff("minh"), await read(desk, await desk.case())
        expected: tuple[tuple[Change, type[BotError]], ...] = (
            (lambda uow, staff, found: answer(uow, staff, found, " \n"), EmptyText),
            (lambda uow, staff, found: note(uow, staff, found, ""), EmptyText),
            (lambda uow, staff, found: close(uow, staff, found, "\t"), EmptyText),
            (lambda uow, staff, found: move(uow, staff, found, "99999"), UnknownWard),
            (lambda uow, staff, found: move(uow, staff, found, PHU_THUONG), AlreadyThere),
        )
        for change, error in expected:
            async with sqlite_database.begin() as uow:
                with pytest.raises(error):
                    await change(uow, minh, case)


async def read(desk: StaffDesk, case: Case) -> Case:
    return await desk.now_is(case.code)
