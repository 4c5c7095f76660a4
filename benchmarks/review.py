"""What a review of a year of 100,000 cases takes: seconds, processor time and memory, on both engines and in every format.

    .venv/bin/python -m benchmarks.review [--size 100000] [--record]

Each is `homthu review` as an operator starts it, in a process of its own; its start, about a second, is in the figures. The
term before is as full as the term: two years of cases lie in the database. The aims: at most 10 s and 300 MB.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from benchmarks.desk_build import build_postgres, build_sqlite
from benchmarks.desk_city import NOW, InventedCity
from benchmarks.intake import ROOT
from benchmarks.results import record, table
from tests.databases import postgres_databases

ENGINES = ("SQLite", "PostgreSQL")
FORMATS = ("json", "xlsx", "docx", "pdf")
AIM_SECONDS, AIM_MB = 10.0, 300.0
HOW = """\
The complete review of the city, for a year and the year before, with {size:,} cases in each: `homthu review` in a process of
its own, its start of about a second included. Processor time of that process (on PostgreSQL the server's comes on top);
memory is its greatest resident size. The aims are {seconds:.0f} s and {memory:.0f} MB."""


@dataclass(frozen=True, slots=True)
class Taken:
    """By one command."""

    seconds: float
    processor: float  # seconds
    megabytes: float


def command(form: str, folder: Path, url: str) -> Taken:
    """The review of the last year in this format."""
    words = ["review", "--from", str((NOW - timedelta(days=364)).date()), "--to", str(NOW.date()), "--format", form]
    out = ["--out", str(folder / f"review.{form}")]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HOMTHU_")},
        "HOMTHU_DATA_DIR": str(folder),
        "HOMTHU_DATABASE_URL": url,
        "PYTHONPATH": str(ROOT),
    }
    begun = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, "-m", "bot", *words, *out], environment)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"homthu review --format {form} failed")
    return Taken(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def fill(folder: Path, url: str, size: int) -> None:
    """Two years of cases, in a process of its own: a child's greatest size begins with its parent's."""
    filler = get_context("spawn").Process(target=_fill, args=(folder, url, size))
    filler.start()
    filler.join()
    if filler.exitcode:
        raise SystemExit("the city could not be built")


def _fill(folder: Path, url: str, size: int) -> None:
    async def build() -> None:
        city = InventedCity(2 * size, years=2)
        database = await (build_postgres(city, url) if url else build_sqlite(city, folder))
        await database.close()

    asyncio.run(build())


def measure(size: int, engines: Sequence[str]) -> list[tuple[str, str, Taken]]:
    """Every format on these engines."""
    found = []
    with tempfile.TemporaryDirectory(prefix="homthu-review-") as place, postgres_databases() as databases:
        for engine in engines:
            folder = Path(place) / engine
            folder.mkdir()
            url = asyncio.run(databases.migrated()) if engine == "PostgreSQL" else ""
            fill(folder, url, size)
            for form in FORMATS:
                taken = command(form, folder, url)
                found.append((engine, form, taken))
                print(f"{engine:10} {form:5} {taken.seconds:6.1f} s {taken.processor:6.1f} s {taken.megabytes:6.0f} MB")
    return found


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="cases in each of the two years")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--record", action="store_true", help="write it into RESULTS.md")
    chosen = parser.parse_args(words)
    found = measure(chosen.size, chosen.engines)
    if chosen.record:
        rows = [
            [f"{engine}, {form}", f"{one.seconds:.1f}", f"{one.processor:.1f}", f"{one.megabytes:.0f}"]
            for engine, form, one in found
        ]
        how = HOW.format(size=chosen.size, seconds=AIM_SECONDS, memory=AIM_MB)
        record("review", f"{how}\n\n{table(['', 'seconds', 'processor seconds', 'MB'], rows)}")
    return int(any(one.processor > AIM_SECONDS or one.megabytes > AIM_MB for _, _, one in found))


if __name__ == "__main__":
    raise SystemExit(main())
