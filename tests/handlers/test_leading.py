"""Timers and the polling of Telegram run in one process; when it is gone, another takes over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from handlers.leading import led
from storage import Database
from tests.conftest import Place

LOOK_EVERY = 0.05  # seconds
WITHIN = 20.0


@dataclass
class Process:
    """One of several: a database of its own, and a loop that says when it runs."""

    database: Database
    running: int = 0
    rounds: int = 0

    async def loop(self, stop: asyncio.Event) -> None:
        self.running += 1
        self.rounds += 1
        await stop.wait()
        self.running -= 1


@contextlib.asynccontextmanager
async def processes(place: Place, count: int) -> AsyncIterator[tuple[list[Process], list[asyncio.Event]]]:
    found = [Process(place.database()) for _ in range(count)]
    stops = [asyncio.Event() for _ in found]
    for one in found:
        await one.database.open()
    async with asyncio.TaskGroup() as group:
        for one, stop in zip(found, stops, strict=True):
            group.create_task(led("timers", one.database, one.loop, look_every=LOOK_EVERY)(stop))  # type: ignore[arg-type]  # a coroutine
        yield found, stops
        for stop in stops:
            stop.set()
    for one in found:
        await one.database.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not holds():
            await asyncio.sleep(0.01)


async def test_one_of_three_runs_it_and_the_next_takes_over(postgres_place: Place) -> None:
    """Never two at once: the next begins only when the first one's session is gone."""
    async with processes(postgres_place, 3) as (found, stops):
        await until(lambda: any(one.running for one in found))
        await asyncio.sleep(5 * LOOK_EVERY)
        assert [one.running for one in found].count(1) == 1
        first = next(one for one in found if one.running)
        stops[found.index(first)].set()
        await until(lambda: not first.running)
        await asyncio.sleep(5 * LOOK_EVERY)
        assert not any(one.running for one in found)  # it stopped, and it still holds what it led
        await first.database.close()
        await until(lambda: any(one.running for one in found))
        assert [one.rounds for one in found].count(1) == 2


async def test_whoever_loses_the_lead_stops(postgres_place: Place) -> None:
    async with processes(postgres_place, 1) as ([one], _):
        await until(lambda: one.running == 1)
        await one.database._presence.end()
        await until(lambda: one.running == 0)
        await one.database.free_claims_of_the_dead()
        await until(lambda: one.running == 1)
        assert one.rounds == 2


async def test_a_loop_that_breaks_is_heard_of(sqlite_database: Database) -> None:
    async def breaks(_stop: asyncio.Event) -> None:
        raise ZeroDivisionError

    with contextlib.suppress(ZeroDivisionError):
        await led("timers", sqlite_database, breaks)(asyncio.Event())
        raise AssertionError("nobody heard of it")
