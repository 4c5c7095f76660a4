"""Two days and four weeks after a closing the resident is asked whether it is still so, one tap each; then silence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseStatus
from bot.domain.people import StaffMember
from bot.domain.thread import EventKind
from bot.services.city import City
from handlers.timekeeping import LaterQuestions
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident
from tests.dialogue.test_receipts import files

ASKED = "vẫn ổn chứ"


@pytest.fixture
async def minh(database: Database, city: City) -> Officer:
    await Officer.hired(database, city, name="hoa", full_name="Lê Hoa")
    return await Officer.hired(database, city)


async def closed(lan: Resident, minh: Officer) -> Case:
    code = await files(lan)
    minh.now = lan.now
    await minh.closes(code)
    await lan._deliver()
    return await minh.case(code)


async def passes(lan: Resident, **how_long: float) -> int:
    """Time goes by, the loop looks; how often the resident was asked by it."""
    lan.now += timedelta(**how_long)
    before = len(lan.hears)
    await LaterQuestions(lan.storage, lan.dialogue.city.calendar).do(lan.now)
    await lan._deliver()
    return sum(ASKED in heard for heard in lan.hears[before:])


async def test_asked_twice_and_then_never_again(meet: Meet, minh: Officer) -> None:
    lan = meet("Lan")
    case = await closed(lan, minh)
    assert await passes(lan, days=1, hours=23) == 0
    assert await passes(lan, hours=2) == 1
    assert await passes(lan, hours=1) == 0
    assert await passes(lan, days=26) == 1
    for _ in range(3):
        assert await passes(lan, days=30) == 0
    asked = [event.details for event in await lan.timeline(case) if event.kind is EventKind.QUESTIONED]
    assert asked == [{"after": "2d"}, {"after": "4w"}]


async def test_nobody_is_asked_at_night(meet: Meet, minh: Officer) -> None:
    """It was 9 o'clock in the morning; 13 hours later people sleep, and are asked the next day."""
    lan = meet("Lan")
    await closed(lan, minh)
    assert await passes(lan, days=2, hours=13) == 0
    assert await passes(lan, hours=11) == 1


async def test_one_tap_opens_it_again(meet: Meet, minh: Officer) -> None:
    lan = meet("Lan")
    case = await closed(lan, minh)
    assert await passes(lan, days=2, hours=1) == 1
    await lan.presses("Chưa xong")
    after = await minh.case(case.code)
    assert (after.status, after.disputes) == (CaseStatus.OPEN, 1)
    assert after.owner_id != minh.member.id
    assert await passes(lan, days=27) == 0, "the case is open"


async def test_who_has_said_so_is_not_asked_that_time(meet: Meet, minh: Officer) -> None:
    """A day later Lan says it is done: nothing after two days; after four weeks, once."""
    lan = meet("Lan")
    await closed(lan, minh)
    lan.now += timedelta(days=1)
    await lan.presses("Đã xong")
    assert await passes(lan, days=1, hours=2) == 0
    assert await passes(lan, days=27) == 1
    await lan.presses("Vẫn ổn")
    assert await passes(lan, days=40) == 0


@pytest.mark.parametrize("why", ["blocked", "paused"])
async def test_who_is_not_to_be_written_to_is_left_in_peace(meet: Meet, minh: Officer, why: str) -> None:
    lan = meet("Lan")
    await closed(lan, minh)
    async with lan.storage.begin() as uow:
        if why == "blocked":
            conversation = await uow.conversations.get(lan.address)
            await uow.conversations.put(replace(conversation, is_blocked=True), lan.now)
        else:
            await uow.conversations.pause(lan.address, until=lan.now + timedelta(days=90), reason="abuse")
        await uow.commit()
    assert await passes(lan, days=2, hours=1) == 0
    assert await passes(lan, days=27) == 0


async def test_each_closing_is_asked_about_twice_whatever_comes_between(meet: Meet, minh: Officer) -> None:
    """Closed, disputed on the first question, closed by Hoa, opened by Lan's words, closed again: then two, then none."""
    lan, hoa = meet("Lan"), replace(minh, member=await _member(minh, "hoa"))
    case = await closed(lan, minh)
    assert await passes(lan, days=2, hours=1) == 1
    await lan.presses("Chưa xong")
    assert await passes(lan, days=60) == 0, "the case is open"
    await _closes(lan, hoa, case)
    assert await passes(lan, days=1) == 0
    await lan.says(f"{case.code} vẫn còn rác ở góc chợ, chưa ai dọn")
    assert (await minh.case(case.code)).status is CaseStatus.OPEN
    assert await passes(lan, days=60) == 0
    await _closes(lan, hoa, case)
    asked = [await passes(lan, days=days) for days in (1, 1.1, 1, 24, 2, 1, 30, 400)]
    assert asked == [0, 1, 0, 0, 1, 0, 0, 0]
    told = [event.details for event in await lan.timeline(case) if event.kind is EventKind.QUESTIONED]
    assert told == [{"after": "2d"}, {"after": "2d"}, {"after": "4w"}]


async def _member(officer: Officer, name: str) -> StaffMember:
    async with officer.storage.reading() as uow:
        found = await uow.staff.by_username(name)
    assert found
    return found[0]


async def _closes(lan: Resident, officer: Officer, case: Case) -> None:
    officer.now = lan.now
    await officer.closes(case.code)
    await lan._deliver()


@pytest.mark.parametrize("pressed", [(), ("Đã xong",), ("Đã xong", "5⭐"), ("Chưa xong",)])
async def test_staff_do_not_learn_that_somebody_rated(meet: Meet, minh: Officer, pressed: tuple[str, ...]) -> None:
    """What the case's timeline says is the same, also when nothing that is sent after the closing arrives."""
    lan = meet("Lan")
    case = await closed(lan, minh)
    lan.fails = True
    for label in pressed:
        await lan.presses(label)
    for days in (2.1, 27):
        await passes(lan, days=days)
    told = [(event.kind, event.details) for event in await lan.timeline(case)]
    at = next(number for number, (kind, _) in enumerate(told) if kind is EventKind.CLOSED)
    assert told[at + 1 :] == [(EventKind.QUESTIONED, {"after": "2d"}), (EventKind.QUESTIONED, {"after": "4w"})]
