"""What the papers about a year of 100,000 cases take: seconds, processor time and memory, on both engines, in every format.

    .venv/bin/python -m benchmarks.review [--size 100000] [--record]

Each is `homthu review`, `export` or `register` as an operator starts it, in a process of its own; its start, about a second,
is in the figures. The term before is as full as the term: two years of cases lie in the database. The aims: a review in 10 s
and 300 MB, an export or a register in 20 s.
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
AIM_MB = 300.0
AIMS = {"review": 10.0, "export": 20.0, "register": 20.0}  # seconds
FORMATS = {
    "review": ("json", "xlsx", "docx", "pdf"),
    "export": ("jsonl", "csv", "xlsx"),
    "register": ("csv", "xlsx"),
}
HOW = """\
The complete review of the city, for a year and the year before, with {size:,} cases in each, and all cases and the register
of the year: each command in a process of its own, its start of about a second included. Processor time of that process (on
PostgreSQL the server's comes on top); memory is its greatest resident size. The aims are 10 s and 300 MB for a review, 20 s
for the others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """By one command."""

    seconds: float
    processor: float  # seconds
    megabytes: float


def command(paper: str, form: str, folder: Path, url: str) -> Taken:
    """This paper about the last year in this format."""
    words = [paper, "--from", str((NOW - timedelta(days=364)).date()), "--to", str(NOW.date()), "--format", form]
    out = ["--out", str(folder / f"{paper}.{form}")]
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
        raise SystemExit(f"homthu {paper} --format {form} failed")
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


def measure(size: int, engines: Sequence[str]) -> list[tuple[str, str, str, Taken]]:
    """Every paper in every format on these engines."""
    found = []
    with tempfile.TemporaryDirectory(prefix="homthu-review-") as place, postgres_databases() as databases:
        for engine in engines:
            folder = Path(place) / engine
            folder.mkdir()
            url = asyncio.run(databases.migrated()) if engine == "PostgreSQL" else ""
            fill(folder, url, size)
            for paper, form in ((paper, form) for paper, forms in FORMATS.items() for form in forms):
                taken = command(paper, form, folder, url)
                found.append((engine, paper, form, taken))
                used = f"{taken.seconds:6.1f} s {taken.processor:6.1f} s {taken.megabytes:6.0f} MB"
                print(f"{engine:10} {paper:8} {form:5} {used}", flush=True)
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
            [f"{engine}, {paper} {form}", f"{one.seconds:.1f}", f"{one.processor:.1f}", f"{one.megabytes:.0f}"]
            for engine, paper, form, one in found
        ]
        how = HOW.format(size=chosen.size)
        record("review", f"{how}\n\n{table(['', 'seconds', 'processor seconds', 'MB'], rows)}")
    return int(any(_misses(paper, one) for _, paper, _, one in found))


def _misses(paper: str, taken: Taken) -> bool:
    return taken.processor > AIMS[paper] or (paper == "review" and taken.megabytes > AIM_MB)


if __name__ == "__main__":
    raise SystemExit(main())
