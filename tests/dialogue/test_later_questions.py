"""Two days and four weeks after a closing the resident is asked whether it is still so, one tap each; then silence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseStatus
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
