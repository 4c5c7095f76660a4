"""How `benchmarks.desk` takes the time: by the clock, and by processor, which other work on the machine does not change."""

import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from sqlalchemy import text

from storage import Database


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds of one request, medians and 95th percentiles; `cpu95` of all processors that worked for it."""

    p50: float
    p95: float
    cpu95: float


@dataclass(slots=True)
class Stopwatch:
    """Runs while what is measured runs. `servers` are the database's processes that work for us."""

    servers: list[int] = field(default_factory=list)
    wall: float = 0.0  # milliseconds, of the last time
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        cpu, begun = self._cpu(), time.perf_counter()
        try:
            yield
        finally:
            self.wall = 1000 * (time.perf_counter() - begun)
            self.cpu = self._cpu() - cpu

    def _cpu(self) -> float:
        theirs = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self.servers)
        return 1000 * time.process_time() + theirs / 1e6


Ask = Callable[[Stopwatch], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is measured: one or more requests of one sort, asked in turn. `aim` is a key of `benchmarks.desk.AIMS`."""

    aim: str
    name: str
    asks: list[Ask]


async def measure(question: Question, rounds: int, watch: Stopwatch) -> Figure:
    """Each request of the question often enough to make so many rounds, after each was asked once."""
    times: list[float] = []
    spent: list[float] = []
    asks = cycle(question.asks)
    warm, asked = len(question.asks), max(rounds, 2 * len(question.asks))
    for number in range(warm + asked):
        await next(asks)(watch)
        if number >= warm:
            times.append(watch.wall)
            spent.append(watch.cpu)
    return Figure(statistics.median(times), _p95(times), _p95(spent))


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[18]


async def servers_of(database: Database) -> list[int]:
    """The processes of PostgreSQL that answer us; it is held to one connection for that. SQLite works in our own."""
    if database.is_sqlite:
        return []
    async with database._transaction() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        return list((await connection.execute(text(query))).scalars())
