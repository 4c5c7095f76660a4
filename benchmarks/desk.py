"""What the desk's pages cost on a small and a large city, on both engines.

    .venv/bin/python -m benchmarks.desk [--sizes 10000 1000000] [--engines sqlite postgresql] [--rounds 40] [--busy]

Builds the cities in a temporary folder (SQLite's in `--keep FOLDER`, to be used again), then asks the storage what the
pages ask it (`benchmarks.desk_questions`), then the pages themselves (`benchmarks.desk_pages`), one request at a time.
Times are milliseconds of this process and the database together, by the clock and by processor; `ratio` is the large city's
95th percentile over the small one's. The aims are for the largest city. A page's own time may also be at most three times
that in the small city, but for the dashboard's: a year's figures are counted from a year's cases.

The tables also go into `RESULTS.md`, unless `--only` asked for a part of them.
"""

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from benchmarks.desk_build import build_postgres, build_sqlite
from benchmarks.desk_city import STAFF_OF_WARD, InventedCity
from benchmarks.desk_pages import ROLES, pages
from benchmarks.desk_questions import questions
from benchmarks.desk_timing import Figure, Question, Stopwatch, measure, servers_of
from benchmarks.results import record, table
from bot.domain.people import WARD_ROLES, StaffMember
from bot.domain.ward import WardCode
from storage import Database
from storage.engine import FILE_NAME
from tests.databases import postgres_databases

AIMS = {"queue": 50.0, "search": 150.0, "case": 40.0, "month": 150.0, "year": 1000.0}  # milliseconds, 95th percentile
GROWING = {"month", "year"}  # what may cost more where more has happened
MOST_RATIO = 3.0
IS_PAGE = "'s page: "  # in the names of what is asked of a page; the storage's questions tell where its time goes
FLOOR = 1.0  # milliseconds; below it a ratio measures the clock

Table = dict[tuple[str, str], Figure]


async def people(database: Database) -> tuple[dict[str, StaffMember], WardCode]:
    """One of the staff for each role, and the largest ward, where those of a ward are."""
    async with database._transaction() as connection:
        largest = "SELECT ward_code FROM cases WHERE ward_code IS NOT NULL GROUP BY ward_code ORDER BY count(*) DESC LIMIT 1"
        ward = WardCode((await connection.execute(text(largest))).scalar_one())
    async with database.reading() as uow:
        staff = [member for member in await uow.staff.everyone() if not member.username.startswith("bench-")]
    of_ward = [member for member in staff if member.ward_code == ward]
    assert len(of_ward) == STAFF_OF_WARD
    return {
        name: next(one for one in (of_ward if role in WARD_ROLES else staff) if one.role is role)
        for name, role in ROLES.items()
    }, ward


async def figures(engine: str, size: int, arguments: argparse.Namespace, place: str) -> Table:
    """Build (or find) the city there and measure it."""
    begun = time.perf_counter()
    if engine == "sqlite":
        is_there = (Path(place) / FILE_NAME).exists()
        database = await _open(Path(place)) if is_there else await build_sqlite(InventedCity(size), Path(place))
    else:
        is_there, database = False, await build_postgres(InventedCity(size), place)
    built = "found" if is_there else f"built in {time.perf_counter() - begun:.0f} s"
    print(f"{engine}, {size:,} cases: {built}", file=sys.stderr, flush=True)
    try:
        members, ward = await people(database)
        found = await _measured(database, await questions(database, members, ward), arguments)
        async with pages(database, ward) as asked:
            return found | await _measured(database, asked, arguments)
    finally:
        await database.close()


async def _measured(database: Database, asked: list[Question], arguments: argparse.Namespace) -> Table:
    gc.collect()
    gc.freeze()  # as the program does once it has started
    found: Table = {}
    for one in asked:
        if arguments.only in one.name:
            watch = Stopwatch(await servers_of(database))
            found[one.aim, one.name] = await measure(one, arguments.rounds, watch)
    return found


async def _open(folder: Path) -> Database:
    database = Database("", data_dir=folder)
    await database.open()
    return database


def show(engine: str, sizes: list[int], found: list[Table], *, is_busy: bool) -> bool:
    """Print the table; whether every aim was reached."""
    print(f"\n{engine:45} " + " ".join(f"{f'{size:,}':>23}" for size in sizes) + f" {'ratio':>6}  aim")
    print(f"{'milliseconds':45} " + " ".join(f"{'p50':>7} {'p95':>7} {'cpu95':>7}" for _ in sizes))
    is_reached = True
    for aim, name in found[-1]:
        shown = [table[aim, name] for table in found]
        first, last = (one.cpu95 if is_busy else one.p95 for one in (shown[0], shown[-1]))
        ratio = max(last, FLOOR) / max(first, FLOOR)
        is_good = last <= AIMS[aim] and (ratio <= MOST_RATIO or aim in GROWING or IS_PAGE not in name)
        is_reached &= is_good
        told = " ".join(f"{one.p50:7.1f} {one.p95:7.1f} {one.cpu95:7.1f}" for one in shown)
        print(f"{name:45} {told} {ratio:6.1f}  {'' if is_good else 'MISSED '}{AIMS[aim]:.0f}", flush=True)
    return is_reached


def told(engine: str, sizes: list[int], found: list[Table]) -> str:
    """The same as Markdown, for `RESULTS.md`."""
    head = [f"{engine}, milliseconds: p50 / p95 / CPU p95", *(f"{size:,} cases" for size in sizes), "aim (p95)"]
    rows = [[name, *(_figures(one[aim, name]) for one in found), f"{AIMS[aim]:.0f}"] for aim, name in found[-1]]
    return table(head, rows)


def _figures(one: Figure) -> str:
    return f"{one.p50:.1f} / {one.p95:.1f} / {one.cpu95:.1f}"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--busy", action="store_true", help="judge by processor time: other work runs on this machine")
    parser.add_argument("--only", default="", metavar="TEXT", help="questions whose name has it")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep SQLite's cities there, and use those that are")
    return parser.parse_args()


def main() -> int:
    arguments = read_arguments()
    is_reached = True
    tables = []
    with ExitStack() as stack:
        folder = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="homthu-desk-")))
        for engine in arguments.engines:
            server = stack.enter_context(postgres_databases()) if engine == "postgresql" else None
            found = []
            for size in arguments.sizes:
                place = str(folder / str(size)) if server is None else asyncio.run(server.migrated())
                found.append(asyncio.run(figures(engine, size, arguments, place)))
            is_reached &= show(engine, arguments.sizes, found, is_busy=arguments.busy)
            tables.append(told(engine, arguments.sizes, found))
    if not arguments.only:  # a part of it would take the place of the whole
        record("desk", "\n\n".join([*tables, f"{arguments.rounds} rounds of each, one request at a time."]))
    return 0 if is_reached else 1


if __name__ == "__main__":
    sys.exit(main())
