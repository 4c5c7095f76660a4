"""The long runs, from the command line: see the package.

    python -m tests.faults --kills 200 [--postgres] [--seed 1] [--residents 16] [--minutes 30]
    python -m tests.faults --outage 10000 [--postgres]
    python -m tests.faults --loadgen DIR [--seeds 10] [--seconds 8]

Progress goes to stderr, the report to stdout; the exit code is 1 when a rule was broken or the time was up.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conftest import Place
from tests.databases import fresh_sqlite, postgres_databases, sqlite_template
from tests.faults import kills, loads, outage


def main() -> None:
    asked = _parser().parse_args()
    if asked.loadgen:
        sys.exit(loads.lived(asked.loadgen, seeds=asked.seeds, seconds=asked.seconds))
    with tempfile.TemporaryDirectory(prefix="homthu-faults-") as name:
        sys.exit(asyncio.run(_do(asked, Path(name))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Harm done to the real program, at length.")
    parser.add_argument("--kills", type=int, default=200, help="how many SIGKILLs under load")
    parser.add_argument("--outage", type=int, default=0, metavar="N", help="instead: so many messages wait at the start")
    parser.add_argument(
        "--loadgen", type=Path, metavar="DIR", help="instead: the load generator's faults, polling and webhook"
    )
    parser.add_argument("--seeds", type=int, default=10, help="of the load generator")
    parser.add_argument("--seconds", type=float, default=8.0, help="of load for each of them")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL; else on SQLite")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--residents", type=int, default=16, help="who report at once")
    parser.add_argument("--minutes", type=float, default=30.0, help="no longer than this")
    return parser


async def _do(asked: argparse.Namespace, folder: Path) -> int:
    async with _place(folder, is_postgres=asked.postgres) as place:
        try:
            async with asyncio.timeout(asked.minutes * 60):
                outcome: kills.Outcome | outage.Outcome
                if asked.outage:
                    outcome = await outage.drained(place, folder, messages=asked.outage, tell=_tell_what_waits)
                else:
                    more = {"kills": asked.kills, "seed": asked.seed, "residents": asked.residents}
                    outcome = await kills.killed(place, folder, **more, tell=_tell)
        except TimeoutError:
            print(f"{place.engine}: not done within {asked.minutes:.0f} minutes", file=sys.stderr)
            return 1
    print(f"{place.engine}, seed {asked.seed}: {outcome}", *outcome.broken, sep="\n  ")
    return 1 if outcome.broken else 0


def _tell(times: int, cases: int) -> None:
    if not times % 10:
        print(f"{times} kills, {cases} cases acknowledged", file=sys.stderr, flush=True)


def _tell_what_waits(waiting: int, replies: int) -> None:
    print(f"{waiting} messages wait, {replies} replies heard", file=sys.stderr, flush=True)


@asynccontextmanager
async def _place(folder: Path, *, is_postgres: bool) -> AsyncIterator[Place]:
    """A fresh migrated database, on the engine that was asked for."""
    if not is_postgres:
        template = await asyncio.to_thread(sqlite_template, folder)
        yield Place("sqlite", "", fresh_sqlite(template, folder / "data"))
        return
    manager = postgres_databases()
    databases = await asyncio.to_thread(manager.__enter__)
    try:
        url = await databases.migrated()
        yield Place("postgresql", url, folder / "data")
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


if __name__ == "__main__":
    main()
