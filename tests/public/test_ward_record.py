"""A ward's numbers are those of a plain second reading of its cases, on both engines, as they were when yesterday began."""

import random
import re
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

from sqlalchemy import select

from bot.domain.case import CaseKind
from bot.domain.public_record import Sums, WardRecord, kept_of
from bot.understanding import deadline_days
from bot.web import keys
from public.records import RECORDS
from storage import Database
from storage.public_records import asked
from storage.tables import cases, closings
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk
from tests.public.aged import Life, live
from tests.storage.test_plans import plan

YEAR = 365 * 24  # hours


def lives(rng: random.Random, number: int) -> list[Life]:
    """Of two wards, most of them told of, some about officials in one way or another, on all sides of every edge."""
    return [
        Life(
            came=rng.choice((rng.randint(1, 60), rng.randint(60, YEAR), rng.randint(YEAR, YEAR + 200))),
            answered=rng.choice((None, rng.randint(0, 40), rng.randint(0, 600))),
            closed=rng.choice((None, None, rng.randint(0, 700))),
            disputed=rng.choice((None, None, rng.randint(1, 100), rng.randint(100, YEAR + 100))),
            reopened=rng.choice((None, None, None, rng.randint(1, 100))),
            category=rng.choice(("vio_noise", "vio_noise", "ques_procedure", "")),
            kind=rng.choice((*[CaseKind.VIOLATION] * 12, CaseKind.CONDUCT, CaseKind.QUESTION)),
            desk=rng.choice((*["general"] * 12, "disputed", "restricted", "leaders")),
            accused=rng.choice((*[""] * 14, "official")),
            accused_unit=rng.choice((*[""] * 14, "police")),
            is_sensitive=rng.random() < 0.06,
            is_joined=rng.random() < 0.06,
            ward=rng.choice((PHU_THUONG, PHU_THUONG, PHU_THUONG, HOAN_KIEM)),
        )
        for _ in range(number)
    ]


async def all_rows(desk: StaffDesk, table: Any) -> list[dict[str, Any]]:
    async with desk.database._transaction() as connection:
        return [dict(row._mapping) for row in await connection.execute(select(table))]


def fifth(number: int) -> int:
    return 0 if number < 5 else 5 * round(number / 5)


def last_moment(came: datetime, days: int, desk: StaffDesk) -> datetime:
    """Five in the afternoon of the so-manieth day that is worked after the one it came on, in Hanoi."""
    calendar, zone = desk.server.app[keys.CALENDAR].current(), desk.server.app[keys.SETTINGS].zone
    day: date = came.astimezone(zone).date()
    for _ in range(days):
        day = next(one for n in range(1, 60) if calendar.is_working(one := day + timedelta(days=n)))
    return datetime.combine(day, time(17), zone).astimezone(UTC)


async def recounted(desk: StaffDesk) -> dict[str, Any]:
    """The second implementation: over every row, by what each says for itself."""
    zone = desk.server.app[keys.SETTINGS].zone
    today = desk.clock.now().astimezone(zone).date()
    at = datetime.combine(today - timedelta(days=1), time(), zone).astimezone(UTC)
    start = at - timedelta(days=365)
    own = [
        row
        for row in await all_rows(desk, cases)
        if row["ward_code"] == PHU_THUONG
        and row["desk"] not in ("restricted", "leaders", "unplaced")
        and row["kind"] != "conduct_official"
        and not (row["accused"] or row["accused_unit"] or row["is_sensitive"] or row["main_case_id"])
    ]
    said = {r["case_id"] for r in await all_rows(desk, closings) if r["disputed_at"] and start <= r["disputed_at"] < at}
    waiting = 0
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in own:
        is_there = row["created_at"] < at and (row["clocks_began_at"] or row["created_at"]) < at
        waiting += is_there and (row["status"] == "open" or (row["closed_at"] >= at and row["created_at"] >= start))
        days = deadline_days(row["category"])
        due = last_moment(row["created_at"], days, desk)
        if start <= row["created_at"] < at and due < at:
            sums[days][row["first_answer_at"] is None or row["first_answer_at"] > due] += 1
    lines = [kept_of(Sums(days, *pair)) for days, pair in sums.items()]
    return {
        "waiting": fifth(waiting),
        "disputed": fifth(sum(row["id"] in said for row in own)),
        "kept": sorted((line for line in lines if line), key=lambda line: (-line.of, line.days)),
        "exact": {"waiting": waiting, "sums": dict(sums)},
    }


async def counted(desk: StaffDesk) -> WardRecord:
    return await desk.server.app[RECORDS].of(PHU_THUONG, desk.clock.now())


async def test_the_numbers_are_those_of_a_second_reading(desk: StaffDesk) -> None:
    """Lives on all sides of every edge; what is shown was reckoned twice, in different ways."""
    await live(desk, lives(random.Random(7), 140))
    again, record = await recounted(desk), await counted(desk)
    assert again["exact"]["waiting"] > 5
    assert len(again["kept"]) > 0
    assert (record.waiting, record.disputed, list(record.kept)) == (again["waiting"], again["disputed"], again["kept"])
    browser = await desk.browser()
    await browser.opens(f"/wards/{PHU_THUONG}?lang=en")
    shown = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", browser.text)))
    for line in record.kept:
        assert f"{line.percent}% answered within {line.days} working day(s), of about {line.of} cases" in shown
    assert f"Waiting now about {record.waiting} cases" in shown


async def test_the_day_just_over_is_not_told(sqlite_desk: StaffDesk) -> None:
    """Twenty cases of yesterday and today, and a hundred hours of closing, disputing and opening again, change nothing."""
    await live(sqlite_desk, [Life(came=24 * 40, answered=20) for _ in range(10)])
    before = await counted(sqlite_desk)
    hours = (sqlite_desk.clock.now() - before.at) // timedelta(hours=1)
    await live(sqlite_desk, [Life(came=came, answered=0) for came in range(1, hours, 3)])
    sqlite_desk.server.app[RECORDS]._kept.clear()
    assert await counted(sqlite_desk) == before
    assert before.waiting == 10


async def test_it_is_counted_once_a_day(sqlite_desk: StaffDesk) -> None:
    """What is restricted, or comes in, meanwhile is seen when the next day begins, not with the next look."""
    await live(sqlite_desk, [Life(came=24 * 40) for _ in range(10)])
    assert (await counted(sqlite_desk)).waiting == 10
    await live(sqlite_desk, [Life(came=24 * 40) for _ in range(10)])
    assert (await counted(sqlite_desk)).waiting == 10
    sqlite_desk.clock.passes(hours=24)
    assert (await counted(sqlite_desk)).waiting == 20


async def test_fewer_than_five_are_never_told(sqlite_desk: StaffDesk) -> None:
    """Four that wait, four that were disputed, four that were answered: the page says so in one way."""
    await live(sqlite_desk, [Life(came=24 * 60, answered=5, disputed=100) for _ in range(4)])
    browser = await sqlite_desk.browser()
    await browser.opens(f"/wards/{PHU_THUONG}")
    assert browser.text.count("dưới 5 hồ sơ") == 2
    assert 'data-testid="kept"' not in browser.text
    assert browser.shows("public_ward_kept_none")


async def test_no_count_walks_through_a_wards_whole_history(sqlite_database: Database) -> None:
    """A year of its cases, what is open now, and what was ever disputed: each by an index of its own."""
    steps = "\n".join([line for statement in asked() for line in await plan(sqlite_database, statement)])
    for index in ("ix_cases_ward_created", "ix_cases_queue", "ix_cases_disputed", "ix_closings_case"):
        assert f"INDEX {index} " in steps
    assert "SCAN cases" not in steps
    assert "(ward_code=? AND created_at<?)" not in steps
