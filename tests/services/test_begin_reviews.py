"""Ten days before a term ends its review lies on the desk, and whoever writes it hears of that: once, whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.bell import Bell
from bot.domain.people import Role
from bot.domain.ward import WardCode
from handlers.timekeeping import DueReviews
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, open_desk
from tests.services.told import HANOI, URL, Chats

WARDS = [PHU_THUONG, HOAN_KIEM]


def at(month: int, day: int, hour: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=HANOI).astimezone(UTC)


@pytest.fixture
async def chats(database: Database, bell: Bell) -> AsyncIterator[Chats]:
    async with open_desk(database, bell) as desk:
        desk.clock.at = at(11, 18)
        yield Chats(desk)


async def looks(chats: Chats, moment: datetime) -> None:
    """The timekeeper of two processes at once, as often as there is something to do."""
    chats.desk.clock.at = moment
    works = [DueReviews(chats.database, chats.calendar, WARDS, URL) for _ in range(2)]
    for _ in range(20):
        if not any(await asyncio.gather(*(work.do(moment) for work in works))):
            return
    raise AssertionError("the work never ends")


async def begun(chats: Chats, ward: WardCode | None = PHU_THUONG) -> list[str]:
    async with chats.database.reading() as uow:
        return sorted(one.term.name for one in await uow.reviews.known(ward))


async def test_a_draft_appears_ten_days_before_the_end_and_once(chats: Chats) -> None:
    """The half's and the year's on one morning; the leader and the coordinator hear of both, an officer of none."""
    boss, minh = await chats.staff("boss", Role.WARD_LEADER), await chats.staff("minh")
    city = await chats.staff("city", Role.CITY_COORDINATOR, None)
    day = at(11, 18)
    while day <= at(12, 21, 7):
        await looks(chats, day)
        assert await begun(chats) == [], day
        day += timedelta(days=3)
    await looks(chats, at(12, 21, 7))
    assert await chats.hears(boss) == []
    for hour in (8, 9, 20):
        await looks(chats, at(12, 21, hour))
        assert await begun(chats) == await begun(chats, None) == ["2026", "2026-2"]
    link = f"{URL}/staff/reports/review?term="
    heard = await chats.hears(boss)
    assert sorted(text.splitlines()[1] for text in heard) == [
        f"{link}2026&ward={PHU_THUONG}",
        f"{link}2026-2&ward={PHU_THUONG}",
    ]
    assert "6 tháng cuối năm 2026" in "".join(heard)
    assert len(await chats.hears(city)) == 2
    assert await chats.hears(minh) == []
    await looks(chats, at(6, 20, 8, 2027))
    assert await begun(chats) == ["2026", "2026-2", "2027-1"]
    assert len(await chats.hears(boss)) == 1


async def test_an_outage_over_that_day_loses_nothing(chats: Chats) -> None:
    """Away from November to January and started at night: in the morning both are there; who stands in hears of them."""
    boss, deputy = await chats.staff("boss", Role.WARD_LEADER), await chats.staff("deputy", Role.WARD_LEADER)
    await looks(chats, at(11, 18))
    await chats.is_away(boss, deputy, days=90)
    await looks(chats, at(1, 5, 2, 2027))
    assert await begun(chats) == [], "nobody is woken"
    await looks(chats, at(1, 5, 7, 2027))
    assert await begun(chats, HOAN_KIEM) == ["2026", "2026-2"]
    assert await chats.hears(boss) == []
    assert len(await chats.hears(deputy)) == 2
    await looks(chats, at(1, 6, 9, 2027))
    assert len(await begun(chats)) == 2


async def test_who_starts_within_the_ten_days_finds_the_draft_at_once(chats: Chats) -> None:
    await looks(chats, at(12, 28))
    assert await begun(chats) == ["2026", "2026-2"]
