"""What only PostgreSQL asks for: several processes, lost connections, URLs as people paste them."""

import asyncio

import pytest
from sqlalchemy import select, text

from bot.errors import SettingsError, StorageBusy
from storage import Database
from storage.engine import read_url
from storage.tables import calendar_days
from tests.conftest import Place
from tests.databases import PostgresDatabases
from tests.storage.cast import NOW, keep, update


async def test_two_processes_that_start_together_migrate_once(postgres_server: PostgresDatabases) -> None:
    url = await postgres_server.empty()
    databases = [Database(url) for _ in range(4)]
    await asyncio.gather(*(database.open() for database in databases))
    async with databases[3].reading() as uow:
        assert len(await uow.calendar.changes()) == 2
    async with databases[0]._transaction() as connection:
        assert len((await connection.execute(select(calendar_days))).all()) == 2
    for database in databases:
        await database.close()
    await postgres_server.drop(url)


async def test_a_server_that_is_not_there_is_storage_busy() -> None:
    database = Database("postgresql://homthu:secret@127.0.0.1:9/homthu", lock_timeout=0.5)
    with pytest.raises(StorageBusy) as busy:
        await database.open()
    assert "secret" not in str(busy.value)


async def test_a_lost_connection_is_storage_busy_and_the_next_unit_of_work_has_a_new_one(postgres_place: Place) -> None:
    """The server restarts in the middle of a unit of work: nothing of it is kept, nobody restarts us."""
    database, other = postgres_place.database(), postgres_place.database()
    await database.open()
    await other.open()
    with pytest.raises(StorageBusy):
        await _lose_the_connection(database, other)
    for attempt in range(5):  # connections that idled in the pool are found dead one by one
        try:
            await keep(database, update(3, "lan"))
            break
        except StorageBusy:
            assert attempt < 4
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 1
    await database.close()
    await other.close()


async def _lose_the_connection(database: Database, other: Database) -> None:
    async with database.begin() as uow:
        await uow.inbox.keep([update(1, "lan")], NOW)
        async with other._transaction() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await uow.inbox.keep([update(2, "lan")], NOW)


async def test_nobody_waits_for_a_lock_for_ever(postgres_place: Place) -> None:
    first = postgres_place.database()
    second = Database(postgres_place.url, lock_timeout=0.3)
    await first.open()
    await second.open()
    await keep(first, update(1, "lan"))
    async with first.begin() as uow:
        await uow.inbox.mark_failed(1, reason="", now=NOW)
        with pytest.raises(StorageBusy, match="55P03"):
            async with second.begin() as waiting:
                await waiting.inbox.release(1, due_at=NOW)
    await first.close()
    await second.close()


async def test_commits_are_durable(postgres_place: Place) -> None:
    database = postgres_place.database()
    await database.open()
    async with database._transaction() as connection:
        assert (await connection.execute(text("SHOW synchronous_commit"))).scalar_one() == "on"
    await database.close()


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"])
def test_any_of_the_usual_spellings_will_do(url: str) -> None:
    assert read_url(url, None).render_as_string(hide_password=False) == "postgresql+asyncpg://u:p@h/d"


def test_libpqs_name_for_encryption_is_understood() -> None:
    assert dict(read_url("postgresql://h/d?sslmode=require", None).query) == {"ssl": "require"}


@pytest.mark.parametrize(
    "url", ["", "mysql://h/d", "postgresql+psycopg2://h/d", "nonsense", "sqlite://", "sqlite:///:memory:"]
)
def test_what_is_no_database_of_ours_is_refused_by_the_settings_name(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_url(url, None)
    assert refused.value.values["line"].startswith("HOMTHU_DATA")
