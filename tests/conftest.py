"""What every room's tests share: a real, fresh, migrated database, on either engine.

`database` runs the test twice, on SQLite and on PostgreSQL; `sqlite_database` once. `database_place` is the same without
opening it: what `Database(…)` or `HOMTHU_…` variables need, for tests that start processes of their own.
"""

import gc
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bell import Bell
from storage import Database
from tests.databases import PostgresDatabases, fresh_sqlite, postgres_databases, sqlite_template
from tests.room import take_room


def pytest_configure() -> None:
    take_room()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: beside each other, whoever is ready early takes short ones, and nobody works alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not look through it with every test.

    A sixth of a test's processor time went there. It collects later, too; what is unclosed is still found, by the end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@dataclass(frozen=True)
class Place:
    """Where a database is: `url` is empty for SQLite in `data_dir`."""

    engine: str
    url: str
    data_dir: Path

    def database(self, bell: Bell | None = None) -> Database:
        return Database(self.url, data_dir=self.data_dir, bell=bell)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresDatabases]:
    """A PostgreSQL server, started when the first test asks for it."""
    with postgres_databases() as databases:
        yield databases


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def bell() -> Bell:
    """The bell that `database` and `sqlite_database` ring."""
    return Bell()


@pytest.fixture
def sqlite_place(tmp_path: Path, migrated_file: Path) -> Place:
    return Place("sqlite", "", fresh_sqlite(migrated_file, tmp_path / "data"))


@pytest.fixture
async def postgres_place(tmp_path: Path, postgres_server: PostgresDatabases) -> AsyncIterator[Place]:
    url = await postgres_server.migrated()
    yield Place("postgresql", url, tmp_path / "data")
    await postgres_server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_place(request: pytest.FixtureRequest) -> Place:
    """A fresh migrated database on either engine, not yet opened."""
    place: Place = request.getfixturevalue("sqlite_place" if request.param == "sqlite" else "postgres_place")
    return place


@pytest.fixture
async def database(database_place: Place, bell: Bell) -> AsyncIterator[Database]:
    """A fresh migrated database, open; the test runs on both engines."""
    opened = database_place.database(bell)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_place: Place, bell: Bell) -> AsyncIterator[Database]:
    """A fresh migrated SQLite database, open."""
    opened = sqlite_place.database(bell)
    await opened.open()
    yield opened
    await opened.close()
