"""The disk is full or breaks down, or somebody else locks the file; then it is mended, and all goes on without a start."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from storage.engine import FILE_NAME
from tests.conftest import Place
from tests.databases import fresh_sqlite
from tests.faults.disk import SmallDisk, small_disk, writes_fail, writes_succeed
from tests.faults.scene import Scene, scene
from tests.handlers.webchat.town import Browser
from tests.ops.homthu import Homthu

WORDS = "Ổ gà to trước số nhà 12 phường Phú Thượng"
LOCKED_FOR = 7.0  # seconds; a writer waits five for the lock

Harm = Callable[[Scene, SmallDisk], None]


def fills_up(_it: Scene, disk: SmallDisk) -> None:
    disk.fills_up()


def is_emptied(_it: Scene, disk: SmallDisk) -> None:
    disk.is_emptied()


def breaks(it: Scene, _disk: SmallDisk) -> None:
    writes_fail(it.program.pid)


def works(it: Scene, _disk: SmallDisk) -> None:
    writes_succeed(it.program.pid)


@asynccontextmanager
async def on_a_small_disk(template: Path, folder: Path) -> AsyncIterator[tuple[Scene, SmallDisk]]:
    """Data and log lie on it, and nothing else does."""
    with small_disk(folder / "disk") as disk:
        place = Place("sqlite", "", fresh_sqlite(template, disk.folder / "data"))
        async with scene(place, disk.folder) as it:
            yield it, disk


async def is_told_to_come_back(it: Scene, chat: Browser) -> None:
    """What residents and staff see meanwhile: a page that says so with what was typed in it, and never our own failure."""
    refused = await chat.says(WORDS)
    assert refused.status == 503, refused.html[:500]
    assert WORDS in refused.html
    for path in ("/", "/track", "/chat", "/staff/", "/health/live", "/health/ready", "/metrics"):
        async with chat.session.get(f"{it.program.url}{path}") as answer:
            assert answer.status in (200, 503), (path, answer.status, (await answer.text())[:300])


@pytest.mark.parametrize(("harm", "mend"), [(fills_up, is_emptied), (breaks, works)])
async def test_a_disk_that_takes_nothing_is_outlived(migrated_file: Path, tmp_path: Path, harm: Harm, mend: Harm) -> None:
    """Nobody is told that what could not be kept was; once there is room, the same process answers everybody."""
    async with (
        on_a_small_disk(migrated_file, tmp_path) as (it, disk),
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        await it.starts()
        chat = Browser(session, URL(it.program.url))
        await chat.opens()
        async with it.reporting():
            await it.hears_more(4)
            harm(it, disk)
            await it.until_asked(lambda: it.readiness() == ["database"])
            confirmed = len(it.api.updates.confirmed)
            await is_told_to_come_back(it, chat)
            assert len(it.api.updates.confirmed) == confirmed
            mend(it, disk)
            await it.hears_more(4)
        await it.until_asked(lambda: "database" not in it.readiness())
        assert (await chat.says(WORDS)).status == 200
        await it.keeps_its_promises()


async def test_a_lock_that_somebody_else_holds_is_outlived(sqlite_place: Place, tmp_path: Path) -> None:
    """Longer than anybody waits for it: a shell that was left open in the middle of a transaction."""
    async with (
        scene(sqlite_place, tmp_path) as it,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        await it.starts()
        chat = Browser(session, URL(it.program.url))
        await chat.opens()
        async with it.reporting():
            await it.hears_more(4)
            with closing(sqlite3.connect(sqlite_place.data_dir / FILE_NAME, isolation_level=None, timeout=60)) as shell:
                shell.execute("BEGIN IMMEDIATE")
                began = it.now
                await is_told_to_come_back(it, chat)
                await asyncio.sleep(max(0.0, LOCKED_FOR - (it.now - began)))
                shell.execute("ROLLBACK")
            await it.hears_more(4)
        await it.keeps_its_promises()


async def test_a_start_on_a_disk_that_is_read_only_says_so(migrated_file: Path, tmp_path: Path) -> None:
    """One line, exit code 1; when it can be written again, the next start serves."""
    async with on_a_small_disk(migrated_file, tmp_path) as (it, disk):
        await it.starts()
        await it.reports(each=1)
        await it.stops()
        disk.is_read_only()
        refused = await asyncio.to_thread(Homthu.at(it.place).does, "run")
        assert refused.returncode == 1
        assert "(EROFS); is the disk full or read-only?" in refused.stderr
        disk.is_writable()
        await it.starts()
        await it.reports(each=1)
        await it.keeps_its_promises()
