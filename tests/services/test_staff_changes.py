"""What staff do to a case happens whole or not at all, and only to cases that are theirs, open, and as they saw them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.bell import Bell
from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.correction import Correction, MoveReason
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffMember
from bot.domain.thread import EventKind
from bot.domain.ward import Point, WardCode
from bot.errors import BotError, CaseAlreadyClosed, CaseNotFound, EmptyText, StaleVersion, UnknownWard
from bot.ports import UnitOfWork
from bot.routing.wards import load_wards
from bot.services.answer_case import answer_case
from bot.services.close_case import close_case
from bot.services.closing_gate import ClosingIncomplete
from bot.services.move_case import AlreadyThere, move_case
from bot.services.note_case import note_case
from storage import Database
from storage.tables import routing_corrections
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, StillClock, open_desk
from tests.closing import report

Change = Callable[[UnitOfWork, StaffMember, Case], Awaitable[object]]
WARDS = load_wards()
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BA_DINH = WardCode("00004")
NOW = StillClock().now()


async def answer(uow: UnitOfWork, staff: StaffMember, case: Case, text: str = "Vâng.") -> object:
    return await answer_case(uow, staff=staff, code=case.code, version=case.version, text=text, now=NOW, wards=WARDS)


async def note(uow: UnitOfWork, staff: StaffMember, case: Case, text: str = "Gọi lại.") -> object:
    return await note_case(uow, staff=staff, code=case.code, version=case.version, text=text, now=NOW)


async def close(
    uow: UnitOfWork, staff: StaffMember, case: Case, text: str = "Xong.", outcome: Outcome = Outcome.DONE
) -> object:
    return await close_case(
        uow,
        staff=staff,
        code=case.code,
        version=case.version,
        report=report(outcome, text),
        now=NOW,
        wards=WARDS,
        zone=ZONE,
    )


async def move(
    uow: UnitOfWork,
    staff: StaffMember,
    case: Case,
    ward: str | None = HOAN_KIEM,
    reason: MoveReason = MoveReason.WRONG_WARD,
) -> object:
    return await move_case(
        uow,
        staff=staff,
        code=case.code,
        version=case.version,
        ward_code=WARDS[ward].code if ward else None,
        now=NOW,
        wards=WARDS,
        reason=reason,
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
            (lambda uow, staff, found: close(uow, staff, found, "\t", Outcome.REFUSED), ClosingIncomplete),
            (lambda uow, staff, found: move(uow, staff, found, "99999"), UnknownWard),
            (lambda uow, staff, found: move(uow, staff, found, PHU_THUONG), AlreadyThere),
        )
        for change, error in expected:
            async with sqlite_database.begin() as uow:
                with pytest.raises(error):
                    await change(uow, minh, case)


async def read(desk: StaffDesk, case: Case) -> Case:
    return await desk.now_is(case.code)


async def test_a_wrong_ward_is_kept_with_the_guess_and_the_truth(database: Database, bell: Bell) -> None:
    """Phú Thượng hands it to Hoàn Kiếm, who hands it on: one correction, from the first guess to the last word."""
    async with open_desk(database, bell) as desk:
        minh, lan = await desk.staff("minh"), await desk.staff("lan", ward=HOAN_KIEM)
        case = await read(desk, await desk.case("Rác ở ngõ 12", point=Point(21.08, 105.81, 9.0)))
        await moves(desk, minh, case, HOAN_KIEM)
        first = Correction(
            case_id=case.id,
            text="Rác ở ngõ 12",
            point=Point(21.08, 105.81),
            guess=(PHU_THUONG,),
            truth=HOAN_KIEM,
            at=NOW,
        )
        assert await corrections(desk) == [first]
        await moves(desk, lan, case, BA_DINH)
        assert await corrections(desk) == [replace(first, truth=BA_DINH)]


async def test_a_case_at_the_city_has_no_truth_until_it_finds_its_ward(database: Database, bell: Bell) -> None:
    async with open_desk(database, bell) as desk:
        minh, city = await desk.staff("minh"), await desk.staff("city", Role.CITY_COORDINATOR)
        guessed, unplaced = await desk.case("Rác ở ngõ 12"), await desk.case("Rác ở đâu đó", ward=None)
        await moves(desk, minh, guessed, None)
        assert await corrections(desk) == []
        await moves(desk, city, guessed, HOAN_KIEM)
        await moves(desk, city, unplaced, HOAN_KIEM)
        assert [(one.text, one.guess, one.truth) for one in await corrections(desk)] == [
            ("Rác ở ngõ 12", (PHU_THUONG,), HOAN_KIEM),
            ("Rác ở đâu đó", (), HOAN_KIEM),
        ]


async def test_a_right_ward_is_no_correction(database: Database, bell: Bell) -> None:
    """Also where an earlier move was one: what it taught still holds."""
    async with open_desk(database, bell) as desk:
        minh, lan = await desk.staff("minh"), await desk.staff("lan", ward=HOAN_KIEM)
        case, other = await desk.case(), await desk.case()
        await moves(desk, minh, other, HOAN_KIEM, MoveReason.OTHER)
        await moves(desk, minh, case, HOAN_KIEM)
        await moves(desk, lan, case, BA_DINH, MoveReason.OTHER)
        assert [(one.case_id, one.truth) for one in await corrections(desk)] == [(case.id, HOAN_KIEM)]
        async with database.reading() as uow:
            told = [event.details for event in await uow.cases.timeline(other.id) if event.kind is EventKind.MOVED]
        assert [(details or {})["why"] for details in told] == ["other"]


async def test_the_words_about_an_official_stay_where_they_are(database: Database, bell: Bell) -> None:
    """Nothing of such a case is in the table, so nothing of it can come into an export."""
    async with open_desk(database, bell) as desk:
        chief, city = await desk.staff("chief", Role.RESTRICTED_OFFICER), await desk.staff("city", Role.CITY_COORDINATOR)
        named = await desk.case("Ông An vòi tiền", kind=CaseKind.CONDUCT)
        unplaced = await desk.case("Bà Bình vòi tiền", kind=CaseKind.CONDUCT, ward=None)
        await moves(desk, chief, named, HOAN_KIEM)
        await moves(desk, city, unplaced, HOAN_KIEM)
        async with database._transaction() as connection:
            assert (await connection.execute(select(routing_corrections))).all() == []


async def test_a_move_that_is_not_committed_teaches_nothing(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        minh, case = await desk.staff("minh"), await read(desk, await desk.case())
        async with sqlite_database.begin() as uow:
            await move(uow, minh, case)
        assert await corrections(desk) == []


async def moves(
    desk: StaffDesk, staff: StaffMember, case: Case, ward: str | None, reason: MoveReason = MoveReason.WRONG_WARD
) -> None:
    async with desk.database.begin() as uow:
        await move(uow, staff, await read(desk, case), ward, reason)
        await uow.commit()


async def corrections(desk: StaffDesk) -> list[Correction]:
    async with desk.database.reading() as uow:
        return await uow.corrections.page()
