"""Everything the program has at one moment: its routes, its rows, and an address for each pattern."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.app.looking import list_routes
from bot.web.assets import load_assets
from storage.engine import FILE_NAME
from tests.stories.cast import City

# That somebody looks is noted beside the page, and gone after a while: a session's last use, who has a case open; and
# "ready" means that a row can be written.
TOUCHED = {"sessions", "presences", "heartbeat"}


def routes(city: City) -> Iterator[tuple[str, str]]:
    """Method and pattern of everything that is served, HEAD left out."""
    found = list_routes(city.settings)
    assert len(found) > 60, "the router has stopped telling"
    for route in found:
        for method in route["methods"]:
            if method != "HEAD":
                yield method, route["path"]


def address(pattern: str, code: str = "7K3M-9QX2") -> str:
    """An address of this pattern; the case's is this one's."""
    if pattern.startswith("/assets/"):
        return load_assets()["homthu.css"].path
    return re.sub(r"{\w+}", "1", pattern.replace("{code}", code).replace("{ward}", "00091").replace("{key}", "0" * 64))


def rows(data_dir: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those that note when something was looked at."""
    file = data_dir / FILE_NAME
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        wanted = [name for name in names if name not in TOUCHED and not name.startswith(("sqlite_", "case_search"))]
        return {name: list(connection.execute(f'SELECT * FROM "{name}"')) for name in wanted}


async def settled(data_dir: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows, once nothing that was under way changes them any more."""
    before = rows(data_dir)
    async with asyncio.timeout(60):
        while True:
            await asyncio.sleep(0.7)
            now = rows(data_dir)
            if now == before:
                return now
            before = now
