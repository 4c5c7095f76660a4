"""S1, S2, S4: two worlds, one with cases that somebody may not know of, one without: every byte they get is the same.

The rule itself is held over generated cities by `tests.storage.test_visibility_property`; here are all the doors, for
generated viewers and cases (`tests.security.worlds`). Many worlds at once: `python -m benchmarks.worlds --worlds 200`.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import true

from bot.bell import Bell
from bot.domain.case import CaseKind, Desk, new_code
from bot.domain.people import Role, Unit
from storage import Database, case_rows
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, open_desk
from tests.admin.test_live import watching
from tests.databases import PostgresDatabases, fresh_sqlite
from tests.security.worlds import CANARY, HAPPENS, Secret, build, doors, parting, seen_at, world

# One of each role on SQLite, where a page is quick; two on PostgreSQL, whose statements are its own.
ON_SQLITE, ON_POSTGRES = range(6), (1, 3)
# Every part of storage that asks the one condition for a page of the desk; the stream is told of below.
ASKS_IT = ("case_rows", "figures", "queue_filter", "search", "threads", "trail")
OWN = "Ngõ 12 tối ba đêm nay."


@asynccontextmanager
async def a_desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    await database.open()
    try:
        async with open_desk(database, bell) as desk:
            yield desk
    finally:
        await database.close()


@pytest.mark.parametrize("seed", ON_SQLITE, ids=lambda seed: str(world(seed).role))
async def test_nobody_learns_of_a_case_that_is_not_theirs(seed: int, migrated_file: Path, tmp_path: Path) -> None:
    """S1: every address of the desk and of the public pages, searches, figures, files, and every form of the settings."""
    bell, template = Bell(), migrated_file
    places = [fresh_sqlite(template, tmp_path / name) for name in ("without", "with")]
    without, with_secrets = (Database("", data_dir=place, bell=bell) for place in places)
    async with a_desk(without, bell) as one, a_desk(with_secrets, bell) as other:
        assert await parting(one, other, world(seed)) == []


@pytest.mark.parametrize("seed", ON_POSTGRES, ids=lambda seed: str(world(seed).role))
async def test_nor_on_the_other_engine(seed: int, postgres_server: PostgresDatabases) -> None:
    """S1: the same on PostgreSQL."""
    bell = Bell()
    urls = [await postgres_server.migrated() for _ in range(2)]
    async with a_desk(Database(urls[0], bell=bell), bell) as one, a_desk(Database(urls[1], bell=bell), bell) as other:
        assert await parting(one, other, world(seed)) == []
    for url in urls:
        await postgres_server.drop(url)


async def test_a_leak_of_any_family_would_be_seen(sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it can fail: without the condition in any one part of storage, some address answers otherwise."""
    there = Secret(new_code(), PHU_THUONG, Desk.RESTRICTED, CaseKind.CONDUCT, Unit.NONE, frozenset({*HAPPENS} - {"closed"}))
    found = replace(world(1), role=Role.WARD_LEADER, ward=PHU_THUONG, unit=Unit.NONE, absent=None, secrets=(there,))
    eye = await build(sqlite_desk, found, with_secrets=True)
    looked_at = [path for method, path in doors(sqlite_desk, found) if method == "GET"]
    before = [await seen_at(eye, path) for path in looked_at]
    assert not any(CANARY in body for _, _, body in before)
    unseen = []
    for part in ASKS_IT:
        with monkeypatch.context() as without:
            without.setattr(import_module(f"storage.{part}"), "visible_to", lambda _: true())
            case_rows._visible.cache_clear()
            for path, answer in zip(looked_at, before, strict=True):
                if await seen_at(eye, path) != answer:
                    break
            else:
                unseen.append(part)
    assert unseen == []


async def test_the_stream_is_silent_about_what_is_not_theirs(sqlite_desk: StaffDesk) -> None:
    """S2: not even that something happened: the next thing heard is one's own case."""
    minh, own = await sqlite_desk.signed_in("minh"), await sqlite_desk.case(OWN)
    async with watching(minh) as live:
        place = live.place
        await sqlite_desk.case(CANARY, ward=HOAN_KIEM)
        await sqlite_desk.resident_adds(await sqlite_desk.case(CANARY, kind=CaseKind.CONDUCT), CANARY)
        await sqlite_desk.resident_adds(own, "Vẫn tối.")
        block = await live._block()
        assert json.loads(block["data"])["code"] == own.code
        assert len(block["id"]) == len(place), "how far the city has come is not told by length either"
