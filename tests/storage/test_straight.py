"""A statement that is run again and again takes a shorter way on SQLite, and nobody can tell but by the clock."""

from datetime import timedelta
from threading import current_thread, main_thread
from typing import Any

import pytest
from sqlalchemy import Executable, bindparam, insert, select, update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError

from bot.errors import NoOpenUnitOfWork
from storage import Database, link
from storage.link import Link
from storage.sqlite_driver import SqliteConnection
from storage.straight import SEEN_OFTEN, plain_form
from storage.tables import inbox, residents
from tests.storage.cast import NOW, keep
from tests.storage.cast import update as update_of

_add = insert(residents).returning(residents.c.id, residents.c.created_at)
_get = select(residents.c.id, residents.c.created_at).where(residents.c.id == bindparam("whose"))
_move = update(residents).where(residents.c.id == bindparam("whose")).values(created_at=bindparam("at"))


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each statement on SQLite, in order: did it go straight?"""
    found: list[bool] = []

    def watched(driver: SqliteConnection, dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> Any:
        plain = plain_form(driver, dialect, statement, names)
        found.append(plain is not None)
        return plain

    monkeypatch.setattr(link, "plain_form", watched)
    return found


def anew() -> Executable:
    """The same statement, made anew: not known yet."""
    return select(residents.c.id, residents.c.created_at).where(residents.c.id == bindparam("whose"))


async def test_both_ways_lead_to_the_same_rows(sqlite_database: Database, ways: list[bool]) -> None:
    """Moments come back as moments, by name, by place and as a mapping; rows that are not there are none."""
    get = anew()
    async with sqlite_database._transaction() as connection:
        to = Link(connection)
        known = await to.value(_add, {"created_at": NOW})
        found = [await to.row(get, {"whose": known}) for _ in range(SEEN_OFTEN + 2)]
        assert ways[-len(found) :] == [False] * (SEEN_OFTEN - 1) + [True] * 3
        assert all(row is not None and row == found[0] and row._mapping == found[0]._mapping for row in found if found[0])
        last = found[-1]
        assert last is not None
        assert (last.id, list(last), last._mapping[residents.c.created_at]) == (known, [known, NOW], NOW)
        assert await to.row(get, {"whose": -1}) is None
        assert await to.value(get, {"whose": -1}) is None
        assert await to.rows(get, {"whose": -1}) == ()
        assert ways[-3:] == [True] * 3


async def test_what_went_straight_is_of_the_same_transaction(sqlite_database: Database, ways: list[bool]) -> None:
    """It is counted, it is undone with the rest, and after the end nothing can be said any more."""
    async with sqlite_database._transaction() as connection:
        to = Link(connection)
        ids = [await to.value(_add, {"created_at": NOW}) for _ in range(5)]
        for _ in range(5):
            assert await to.run(_move, {"whose": ids[0], "at": NOW + timedelta(days=1)}) == 1
            assert await to.run(_move, {"whose": -1, "at": NOW}) == 0
        assert ways[-1]
        to.end()
        with pytest.raises(NoOpenUnitOfWork):
            await to.run(_move, {"whose": ids[0], "at": NOW})
    async with sqlite_database._transaction() as connection:
        assert await Link(connection).rows(select(residents)) == []


async def test_it_fails_as_it_always_did(sqlite_database: Database, ways: list[bool]) -> None:
    """The same error, and without a resident's words in its text."""
    put = insert(inbox)
    values = {
        "channel": "telegram",
        "external_id": "1",
        "address_id": "lan",
        "body": "Ngõ 12",
        "state": "waiting",
        "attempts": 0,
        "owner": "",
        "reason": "",
        "received_at": NOW,
    }
    async with sqlite_database._transaction() as connection:
        to = Link(connection)
        await to.run(put, values)
        for _ in range(SEEN_OFTEN + 1):
            with pytest.raises(IntegrityError, match="UNIQUE") as failed:
                await to.run(put, values)
            assert "Ngõ" not in str(failed.value)
        assert await to.run(put, values | {"external_id": "2", "body": "a\0b\ud800"}) == 1
        assert ways[-1]
        assert await to.value(select(inbox.c.body).where(inbox.c.external_id == "2")) == "a\ufffdb\ufffd"
        with pytest.raises(ValueError, match="time zone"):
            await to.run(put, values | {"external_id": "3", "received_at": NOW.replace(tzinfo=None)})


def of_any_length() -> Executable:
    return select(residents.c.id).where(residents.c.id.in_(bindparam("those", expanding=True)))


async def test_what_is_not_plain_goes_the_usual_way(sqlite_database: Database, ways: list[bool]) -> None:
    statement = of_any_length()
    async with sqlite_database._transaction() as connection:
        to = Link(connection)
        for _ in range(SEEN_OFTEN + 2):
            await to.rows(statement, {"those": [1, 2, 3]})
    assert True not in ways


async def test_many_rows_go_one_after_the_other(sqlite_database: Database, ways: list[bool]) -> None:
    """The rows and the count of all of them, whichever way they went; rows with other names go the usual way."""
    put = insert(residents).returning(residents.c.id)
    move = update(residents).where(residents.c.id == bindparam("whose")).values(created_at=bindparam("at"))
    async with sqlite_database._transaction() as connection:
        to = Link(connection)
        for time in range(SEEN_OFTEN + 2):
            ids = [row.id for row in await to.rows(put, [{"created_at": NOW + timedelta(days=day)} for day in range(3)])]
            assert ways[-1] == (time >= SEEN_OFTEN - 1)
            assert ids == sorted(set(ids))
            assert len(ids) == 3
            assert await to.run(move, [{"whose": one, "at": NOW} for one in (*ids, -1)]) == 3
        assert len(await to.rows(select(residents))) == 3 * (SEEN_OFTEN + 2)
        assert {row.created_at for row in await to.rows(select(residents))} == {NOW}


async def test_postgresql_knows_no_other_way(database: Database, ways: list[bool]) -> None:
    for begin in (database.reading, database.begin):
        async with begin() as uow:
            for _ in range(SEEN_OFTEN + 2):
                await uow.inbox.backlog()
    assert (True in ways) == database.is_sqlite
    assert len(ways) == (2 * (SEEN_OFTEN + 2) if database.is_sqlite else 0)


async def test_a_reader_never_asks_in_the_loop(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its statement may wait for the disk, the first time and whenever it goes straight; the writer's may not."""
    places: list[tuple[bool, bool]] = []
    ask = SqliteConnection.run_at_once

    def watched(self: SqliteConnection, *asked: Any) -> tuple[Any, int]:
        places.append((self.runs_in_loop, current_thread() is main_thread()))
        return ask(self, *asked)

    monkeypatch.setattr(SqliteConnection, "run_at_once", watched)
    for begin in (sqlite_database.reading, sqlite_database.begin):
        async with begin() as uow:
            for _ in range(SEEN_OFTEN + 2):
                await uow.inbox.backlog()
    assert set(places) == {(False, False), (True, True)}


@pytest.mark.parametrize("is_mixed", [False, True])
async def test_a_transaction_is_kept_or_undone_whole(sqlite_database: Database, ways: list[bool], *, is_mixed: bool) -> None:
    """Also where some statements went straight and others did not, and where SQLAlchemy never heard of it."""
    for number in range(SEEN_OFTEN):
        await keep(sqlite_database, update_of(number, "lan"))
    for number, is_committed in ((100, True), (101, False), (102, True)):
        async with sqlite_database.begin() as uow:
            ways.clear()
            await uow.inbox.keep([update_of(number, "lan")], NOW)
            if is_mixed:
                await uow.inbox.replay([-1])
            assert ways == [True, False] if is_mixed else [True]
            if is_committed:
                await uow.commit()
    async with sqlite_database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == SEEN_OFTEN + 2
