"""What a simulated year costs: so many cases through the real services and the timekeeper, with a moving clock, on SQLite.

    .venv/bin/python -m benchmarks.simulated [--cases 10000] [--seed 6]

Every rule of `tests.simulated.invariants` is held against the year afterwards; one that is broken ends with exit code 1.
"""

import argparse
import asyncio
import logging
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import structlog

from storage import Database
from tests.room import take_room
from tests.simulated.invariants import broken
from tests.simulated.year import a_year


async def run(cases: int, seed: int, folder: Path) -> int:
    """Live it, tell what it took; returns the exit code."""
    database = Database("", data_dir=folder)
    await database.open()
    began, used = time.perf_counter(), time.process_time()
    try:
        record = await a_year(database, cases=cases, seed=seed, tell=Progress())
        lived, worked = time.perf_counter() - began, time.process_time() - used
        faults = broken(record)
    finally:
        await database.close()
    events = sum(len(events) for events in record.events.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{cases:,} cases, {events:,} events, {peak:.0f} MB at peak")
    print(f"{lived:.0f} s by the clock, {worked:.0f} s of processor time")
    print(f"rules broken: {len(faults)}")
    for rule, found in faults.items():
        print(f"  {rule}: {found}")
    return 1 if faults else 0


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
    # What does not arrive in the town is no news to whoever measures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description="A simulated year through the real services.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=6)
    asked = parser.parse_args()
    take_room()  # the rules are measured, not the disk that keeps each commit
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(run(asked.cases, asked.seed, Path(folder))))


if __name__ == "__main__":
    main()
