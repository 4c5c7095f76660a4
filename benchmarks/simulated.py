"""What a simulated year costs: so many cases through the real services and the timekeeper, with a moving clock, on SQLite.

    .venv/bin/python -m benchmarks.simulated [--cases 10000] [--seed 6] [--cities 1]

Every rule of `tests.simulated.invariants` is held against the year afterwards; one that is broken ends with exit code 1.
"""

import argparse
import asyncio
import logging
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import structlog

from storage import Database
from tests.room import take_room
from tests.simulated.invariants import broken
from tests.simulated.year import a_year


@dataclass(frozen=True)
class Lived:
    """What one city's year came to."""

    cases: int
    events: int
    faults: dict[str, str]
    seconds: float  # by the clock
    worked: float  # seconds of processor time
    peak: float  # MB

    @property
    def line(self) -> str:
        told = f"{self.cases:,} cases, {self.events:,} events: {self.seconds:.0f} s by the clock, "
        return told + f"{self.worked:.0f} s of processor time, {self.peak:.0f} MB at peak"


def lived(cases: int, seed: int) -> Lived:
    """A year in a city of its own, in this process."""
    # What does not arrive in the town is no news to whoever measures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    take_room()  # the rules are measured, not the disk that keeps each commit
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_lived(cases, seed, Path(folder)))


async def _lived(cases: int, seed: int, folder: Path) -> Lived:
    database = Database("", data_dir=folder)
    await database.open()
    began, used = time.perf_counter(), time.process_time()
    try:
        record = await a_year(database, cases=cases, seed=seed, tell=Progress())
        faults = {rule: str(found) for rule, found in broken(record).items()}
        seconds, worked = time.perf_counter() - began, time.process_time() - used
    finally:
        await database.close()
    events = sum(len(events) for events in record.events.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Lived(cases=cases, events=events, faults=faults, seconds=seconds, worked=worked, peak=peak)


class Progress:
    """A line beside the result for each month of it."""

    def __init__(self) -> None:
        self._month = (0, 0)
        self._began = time.perf_counter()

    def __call__(self, at: datetime) -> None:
        if (at.year, at.month) != self._month:
            self._month = (at.year, at.month)
            print(f"{at:%Y-%m} {time.perf_counter() - self._began:4.0f} s", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="A simulated year through the real services.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--cities", type=int, default=1, help="that share the cases, each in a process of its own")
    asked = parser.parse_args()
    shares = [asked.cases // asked.cities] * asked.cities
    seeds = range(asked.seed, asked.seed + asked.cities)
    began = time.perf_counter()
    with ProcessPoolExecutor(asked.cities, mp_context=get_context("spawn")) as pool:
        years = list(pool.map(lived, shares, seeds))
    print(*(year.line for year in years), sep="\n")
    print(f"{time.perf_counter() - began:.0f} s by the clock in all, the rules held against it included")
    faults = [fault for year in years for fault in year.faults.items()]
    print(f"rules broken: {len(faults)}", *(f"  {rule}: {found}" for rule, found in faults), sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
