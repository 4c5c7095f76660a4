"""Whether history costs anything: the same residents before a city with a thousand cases, and with a million.

    .venv/bin/python -m benchmarks.growth --loadgen DIR [--sizes 1000 10000 100000 1000000] [--rounds 3]

Each city is built once on SQLite (`benchmarks.desk_build`), then real processes of the program are started on it: one for 64
residents who write as fast as they are answered, one that is killed and started again while eight write. A filed report, a
start and the memory should cost the same before any city; `ratio` is the processor time of a report over the smallest one's.
What each round files stays, a few hundred cases. The old cases lie open, as in a database from before there were keys, and
are marked as sealed: sealing a million takes minutes once, and is not what is asked here.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.desk_build import build_sqlite
from benchmarks.desk_city import InventedCity
from benchmarks.intake_bots import OURS, ROOT, words
from benchmarks.results import record, table
from storage.engine import FILE_NAME
from storage.link import Link
from storage.sealing_up import _portions, mark_sealed

HEAD = ["cases", "file, MB", "reports/s", "ms CPU a report", "ratio", "first reply p50 / p99, ms", "restart, s", "PSS, MB"]
LOADS = {
    "load": ["--residents", "64"],
    "restart": ["--residents", "8", "--kill-after", "2", "--down", "0.2", "--think-ms", "100"],
}

Rounds = dict[int, list[dict[str, dict[str, Any]]]]


async def build(size: int, folder: Path) -> None:
    """A city of so many cases in that folder, ready for a program that seals."""
    database = await build_sqlite(InventedCity(size), folder)
    async with database._transaction() as connection:
        for name, _ in _portions():
            await mark_sealed(Link(connection), name)
        await connection.commit()
    await database.close()


def measure(load: str, data: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """What the load generator printed of a fresh process on that city."""
    with tempfile.TemporaryDirectory(prefix="homthu-growth-") as name:
        asked = [sys.executable, "-m", "loadgen", *words(OURS, arguments.loadgen, Path(name), data), *LOADS[load]]
        asked += ["--warmup", "4", "--measure", str(arguments.seconds), "--drain", "10"]
        done = subprocess.run(asked, cwd=arguments.loadgen, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            log = (Path(name) / "bot.log").read_text(encoding="utf-8", errors="replace")
            raise SystemExit(f"the load generator failed\n{done.stdout[-800:]}\n{done.stderr[-800:]}\n{log[-800:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def rows(rounds: Rounds, megabytes: dict[int, float]) -> list[list[str]]:
    """A line a city: medians over its rounds."""

    def middle(size: int, load: str, *path: str | int) -> float:
        values = []
        for found in rounds[size]:
            value: Any = found[load]
            for step in path:
                value = value[step]
            if value is not None:  # a program that had not started yet when it was to be killed
                values.append(float(value))
        return statistics.median(values or [0.0])

    smallest = middle(min(rounds), "load", "bot_cpu", "ms_per_report")
    return [
        [
            f"{size:,}",
            f"{megabytes[size]:.0f}",
            f"{middle(size, 'load', 'reports_per_s'):.0f}",
            f"{middle(size, 'load', 'bot_cpu', 'ms_per_report'):.2f}",
            f"{middle(size, 'load', 'bot_cpu', 'ms_per_report') / (smallest or 1):.2f}",
            f"{middle(size, 'load', 'first_reply_ms', 'p50'):.0f} / {middle(size, 'load', 'first_reply_ms', 'p99'):.0f}",
            f"{middle(size, 'restart', 'kills', 0, 'first_answer_after_restart_s'):.2f}",
            f"{middle(size, 'load', 'mem_mb', 'pss'):.0f}",
        ]
        for size in sorted(rounds)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loadgen", type=Path, default=ROOT.parent / "shared" / "loadgen")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="into RESULTS.md")
    arguments = parser.parse_args()
    arguments.loadgen = arguments.loadgen.resolve()
    os.environ["PYTHONPATH"] = str(ROOT)
    rounds: Rounds = {size: [] for size in arguments.sizes}
    megabytes: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="homthu-cities-") as name:
        for size in arguments.sizes:
            begun = time.perf_counter()
            asyncio.run(build(size, Path(name) / str(size)))
            megabytes[size] = (Path(name) / str(size) / FILE_NAME).stat().st_size / 1e6
            print(f"{size:,} cases: built in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
        for number in range(arguments.rounds):
            for size in arguments.sizes:
                print(f"round {number + 1}: {size:,} cases", file=sys.stderr, flush=True)
                data = Path(name) / str(size)
                rounds[size].append({load: measure(load, data, arguments) for load in LOADS})
    told = table(HEAD, rows(rounds, megabytes)) + f"\n\nMedians of {arguments.rounds} rounds of {arguments.seconds:.0f} s."
    print(told)
    if arguments.write:
        record("growth", told)


if __name__ == "__main__":
    main()
