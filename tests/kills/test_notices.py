"""Killed at random moments while staff are told: everybody is told once, and nobody is left out."""

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import select

from bot.bell import Bell
from bot.domain.case import Case
from storage.tables import outbox
from tests.admin.desk import open_desk
from tests.conftest import Place
from tests.house.imports import ROOT
from tests.services.told import Chats, hanoi

STAFF = 40
KILLS = 3  # on each engine; a process costs a second to start
# One person a transaction: a kill then falls into the middle of one more often than between two.
WORKER = """
import asyncio, sys
from pathlib import Path
from handlers.timekeeping import notices
from storage import Database
from tests.services.told import HANOI, URL, CityCalendar, hanoi

notices.MOST_AT_ONCE = 1

async def main(url, folder):
    database = Database(url, data_dir=Path(folder))
    await database.open()
    now = hanoi(18, 11)
    work = notices.DueNotices(database, CityCalendar(HANOI, changes={}, now=now), URL)
    while await work.do(now):
        print("one more", flush=True)
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


def tells(place: Place, *, most: int = STAFF + 10, then: float = 0.0) -> None:
    """Start one, let it tell so many people, and kill it so many seconds into the next ones. It may end by itself."""
    command = [sys.executable, "-c", WORKER, place.url, str(place.data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(most):
            if not process.stdout.readline():
                break
        time.sleep(then)
        process.kill()


@pytest.mark.slow
async def test_everybody_is_told_once_whenever_it_is_killed(database_place: Place, bell: Bell) -> None:
    """Between the notice and its commit nothing is said; after it, nothing twice."""
    chance, database = random.Random(2026), database_place.database(bell)
    await database.open()
    async with open_desk(database, bell) as desk:
        desk.clock.at = hanoi(18, 10)
        chats = Chats(desk)
        staff = [await chats.staff(f"minh{number}") for number in range(STAFF)]
        case = await desk.case()
    await database.close()
    on_the_way = []
    for _ in range(KILLS):
        await asyncio.to_thread(tells, database_place, most=chance.randint(1, 9), then=chance.uniform(0, 0.02))
        on_the_way.append(len(await pings(database_place, case)))
    assert 0 < on_the_way[0] < on_the_way[-1] < STAFF
    await asyncio.to_thread(tells, database_place)
    assert await pings(database_place, case) == {chats.address(member).external_id: 1 for member in staff}


async def pings(place: Place, case: Case) -> Counter[str]:
    """How often each chat was told of the case."""
    database = place.database()
    await database.open()
    async with database._transaction() as connection:
        rows = await connection.execute(select(outbox.c.external_id, outbox.c.body))
        found = Counter(row.external_id for row in rows if case.code in str(row.body))
    await database.close()
    return found
