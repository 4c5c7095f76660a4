"""Who may not know of a case is shown, at every address, the bytes of a city where it never was: over many generated cities.

    .venv/bin/python -m benchmarks.worlds [--worlds 50] [--first 100] [--postgres]

The worlds and the doors are those of `tests.security.worlds`; each is built from nothing, twice. Exit code 1 for any leak.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bot.bell import Bell
from storage import Database
from tests.admin.desk import StaffDesk, open_desk
from tests.databases import PostgresDatabases, fresh_sqlite, postgres_databases, sqlite_template
from tests.security.worlds import parting, world


async def leaks(seed: int, template: Path, postgres: PostgresDatabases | None) -> list[str]:
    """What somebody of this world is told; empty where nothing is."""
    desks: list[StaffDesk] = []
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            for name in ("without", "with"):
                bell, url = Bell(), await postgres.migrated() if postgres else ""
                place = Path(folder) / name if postgres else fresh_sqlite(template, Path(folder) / name)
                database = Database(url, data_dir=place, bell=bell)
                await database.open()
                stack.push_async_callback(database.close)
                desks.append(await stack.enter_async_context(open_desk(database, bell)))
            return await parting(desks[0], desks[1], world(seed))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=50)
    parser.add_argument("--first", type=int, default=100, help="the first seed; CI has those below 10")
    parser.add_argument("--postgres", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres_databases() as databases:
        template = sqlite_template(Path(folder))
        found = []
        for seed in range(chosen.first, chosen.first + chosen.worlds):
            found += asyncio.run(leaks(seed, template, databases if chosen.postgres else None))
            print(f"{seed}: {world(seed).role}; leaks so far: {len(found)}", flush=True)
    print("\n".join(found) or f"{chosen.worlds} worlds, 0 leaks")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
