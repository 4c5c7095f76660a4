"""A clock that runs out is told to the owner, the leader and the city: once each, and never to whom the case is barred."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Role
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import EventKind
from bot.services.deadlines import wait_for_resident
from bot.services.file_case import file_case
from handlers.timekeeping import ChangedCalendar, DueWarnings
from storage import Database
from tests.admin.desk import PHU_THUONG, open_desk
from tests.dialogue.driver import hanoi as hanoi_city
from tests.services.told import Chats, hanoi

CITY = hanoi_city()


@pytest.fixture
async def chats(database: Database, bell: Bell) -> AsyncIterator[Chats]:
    async with open_desk(database, bell) as desk:
        yield Chats(desk)


async def warns(chats: Chats) -> None:
    """The loop looks now, as often as there is something to do; then what is to be told is told."""
    work = DueWarnings(chats.database, chats.calendar)
    for _ in range(50):
        if not await work.do(chats.now):
            return await chats.looks()
    raise AssertionError("the work never ends")


async def warnings(chats: Chats, case: Case) -> list[tuple[str, str]]:
    async with chats.database.reading() as uow:
        told = [event for event in await uow.cases.timeline(case.id) if event.kind is EventKind.ESCALATED]
    return [(event.details["clock"], event.details["step"]) for event in told if event.details]


async def heard_of(chats: Chats, case: Case, *names: str) -> dict[str, bool]:
    """Who heard of it since the last time."""
    return {name: any(case.code in line for line in await chats.hears(await chats.desk.member(name))) for name in names}


async def test_the_owner_then_the_leader_then_the_city_hear_of_it_once(chats: Chats) -> None:
    """Filed on Wednesday at ten, due on Friday at ten; nobody but Minh has it, and Minh does nothing."""
    minh = await chats.staff("minh")
    for name, role in (("tam", Role.WARD_OFFICER), ("leader", Role.WARD_LEADER), ("city", Role.INSPECTOR)):
        await chats.staff(name, role)
    case = await chats.desk.case(due_in=timedelta(days=2))
    await chats.takes(minh, case)
    await chats.looks()
    people = ("minh", "tam", "leader", "city")
    await heard_of(chats, case, *people)
    for day, who in ((19, "minh"), (20, "leader"), (23, "city")):
        chats.desk.clock.at = hanoi(day, 9, 59)
        await warns(chats)
        assert not any((await heard_of(chats, case, *people)).values()), "not a minute early"
        chats.desk.clock.at = hanoi(day, 10)
        await warns(chats)
        assert await heard_of(chats, case, *people) == {name: name == who for name in people}
    assert await warnings(chats, case) == [("resolve", "owner"), ("resolve", "leader"), ("resolve", "city")]


async def test_whom_a_case_is_barred_to_hears_nothing(chats: Chats) -> None:
    """A report that names the leader: the clocks run out all the same, and the leader is told of nothing."""
    await chats.staff("leader", Role.WARD_LEADER)
    await chats.staff("trusted", Role.RESTRICTED_OFFICER)
    case = await chats.desk.case(kind=CaseKind.CONDUCT, due_in=timedelta(days=2))
    leader = await chats.desk.member("leader")
    async with chats.database.begin() as uow:
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=leader.id, why=Why.ACCUSED)])
        await uow.commit()
    await chats.looks()
    await heard_of(chats, case, "trusted")
    chats.desk.clock.at = hanoi(20, 11)
    await warns(chats)
    assert await heard_of(chats, case, "leader", "trusted") == {"leader": False, "trusted": True}
    assert ("resolve", "leader") in await warnings(chats, case)


async def test_nobody_is_warned_at_night_except_in_an_emergency(chats: Chats) -> None:
    quiet = await chats.desk.case(due_in=timedelta(hours=12))
    danger = await chats.desk.case(due_in=timedelta(hours=12), is_emergency=True)
    chats.desk.clock.at = hanoi(18, 22, 30)
    await warns(chats)
    assert await warnings(chats, quiet) == [("resolve", "owner")], "at four in the afternoon the office was open"
    assert await warnings(chats, danger) == [("resolve", "owner"), ("resolve", "leader")]
    chats.desk.clock.at = hanoi(19, 8)
    await warns(chats)
    assert ("resolve", "leader") in await warnings(chats, quiet)


async def test_nobody_is_warned_while_the_resident_is_waited_for_or_after_the_end(chats: Chats) -> None:
    minh = await chats.staff("minh")
    asked, closed = [await chats.desk.case(due_in=timedelta(days=2)) for _ in range(2)]
    async with chats.database.begin() as uow:
        await wait_for_resident(uow, asked, staff_id=minh.id, now=chats.now)
        found = await uow.cases.by_id(closed.id)
        assert found
        await uow.cases.change(found, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=chats.now)
        await uow.commit()
    await chats.happens(closed, EventKind.CLOSED)
    chats.desk.clock.at = hanoi(30, 10)
    await warns(chats)
    assert await warnings(chats, asked) == await warnings(chats, closed) == []


async def test_several_processes_warn_once(chats: Chats) -> None:
    cases = [await chats.desk.case(due_in=timedelta(days=2)) for _ in range(6)]
    chats.desk.clock.at = hanoi(30, 10)
    works = [DueWarnings(chats.database, chats.calendar) for _ in range(4)]
    for _ in range(12):
        await asyncio.gather(*(work.do(chats.now) for work in works))
    for case in cases:
        found = await warnings(chats, case)
        assert found[:3] == [("resolve", "owner"), ("resolve", "leader"), ("resolve", "city")]
        assert len(found) == len(set(found))


async def files(chats: Chats, name: str) -> Case:
    draft = Draft(
        serial="ABC234",
        started_at=chats.now,
        parts=(DraftPart(source_id="m1", text="Rác ở ngõ 12."),),
        kind=CaseKind.VIOLATION,
        category="vio_litter",
        ward_codes=(PHU_THUONG,),
    )
    conversation = Conversation(address=Address(Channel.WEBCHAT, name))
    async with chats.database.begin() as uow:
        case = await file_case(uow, conversation=conversation, draft=draft, city=CITY, now=chats.now)
        await uow.commit()
    return case


async def test_a_new_holiday_moves_what_lies_ahead_and_says_so(chats: Chats) -> None:
    """Three cases due in ten working days, one that is late; on Thursday staff learn that Friday is off."""
    closed, waits, runs = [await files(chats, name) for name in ("lan", "hoa", "minh")]
    late = await chats.desk.case(due_in=timedelta(hours=2))
    await chats.happens(waits, EventKind.ASKED)
    async with chats.database.begin() as uow:
        found = await uow.cases.by_id(closed.id)
        assert found
        await uow.cases.change(found, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=chats.now)
        await uow.commit()
    await chats.happens(closed, EventKind.CLOSED)
    chats.desk.clock.at = hanoi(19, 9)
    async with chats.database.begin() as uow:
        await uow.calendar.put(date(2026, 11, 20), is_worked=False, note="nghỉ bù")
        await uow.calendar.sweep(date(2026, 11, 20), chats.now)
        await uow.commit()
    work = ChangedCalendar(chats.database, chats.calendar)
    assert await work.do(chats.now) > 0
    assert await work.do(chats.now) == 0
    for case, days in ((closed, 0), (waits, 1), (runs, 1), (late, 0)):
        now = await chats.desk.now_is(case.code)
        assert now.due_at == case.due_at + timedelta(days=days), "a Wednesday deadline is a Thursday's"
        async with chats.database.reading() as uow:
            moved = [one for one in await uow.cases.timeline(case.id) if one.kind is EventKind.DEADLINE_MOVED]
        assert len(moved) == days
        assert all(one.details and one.details["day"] == "2026-11-20" for one in moved)
