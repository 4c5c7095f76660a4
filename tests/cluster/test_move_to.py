"""`homthu move-to`: everything is there afterwards, nothing is half there, and what only SQLite holds is told."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Column, func, insert, select

from bot import app, audit_commands
from bot.app.moving import move_to
from bot.cli import FAILED, WRONG, command
from bot.domain.people import Language
from bot.domain.staffing import NewTemplate
from bot.errors import NotMoved, SettingsError
from bot.heads import KeyedHeads
from bot.ports.sealing import KeyPurpose
from bot.settings import Settings, load_settings
from storage import Database
from storage.engine import FILE_NAME
from storage.moving.target import Target
from storage.moving.values import Plan, plain
from storage.tables import metadata, photo_words
from tests.conftest import Place
from tests.databases import PostgresDatabases
from tests.house.imports import ROOT
from tests.ops.homthu import Homthu
from tests.storage.cast import LEASE, NOW, a_case, keep, update
from tests.storage.test_migrations import populate
from tests.storage.test_search import search

KEY = "the key of the moving tests, forty letters and more"


@pytest.fixture
async def empty_url(postgres_server: PostgresDatabases) -> AsyncIterator[str]:
    url = await postgres_server.empty()
    yield url
    await postgres_server.drop(url)


def settings_of(place: Place, url: str = "") -> Settings:
    return load_settings(data_dir=place.data_dir, database_url=url, secret_key=KEY)


async def everything_in(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row as the program reads it, unsealed, with what the engine reckons; not what PostgreSQL alone has."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with database._transaction() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name != "lexemes"]
            rows = await connection.execute(select(*columns).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in rows]
    return found


async def _fill_the_rest(database: Database) -> None:
    """A row in every table that has none, of whatever its columns take: also in those that are yet to be thought of."""
    async with database._transaction() as connection:
        for table in metadata.sorted_tables:
            if not await connection.scalar(select(func.count()).select_from(table)):
                await connection.execute(insert(table).values({column.name: _anything(column) for column in table.c}))
        await connection.commit()


def _anything(column: Column[Any]) -> Any:
    kind = plain(column.type).python_type
    return {int: 1, float: 1.5, bool: True, str: "x", date: date(2026, 1, 2), datetime: NOW}[kind]


async def test_every_table_is_in_both_row_for_row(
    sqlite_place: Place, empty_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The comparison is this test's own: every column of every table, read through the program on either engine."""
    async with app.open_database(settings_of(sqlite_place)) as database:
        await populate(database)
        await a_case(database)
        await _fill_the_rest(database)
        before = await everything_in(database)
    assert [name for name, rows in before.items() if not rows] == []
    await move_to(settings_of(sqlite_place), empty_url)
    told = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    assert {name: int(rows) for name, rows, *_ in told} == {name: len(rows) for name, rows in before.items()}
    async with app.open_database(settings_of(sqlite_place, empty_url)) as database:
        after = await everything_in(database)
    assert {name for name in before if after[name] != before[name]} == set()


async def test_the_city_goes_on_there(sqlite_place: Place, empty_url: str) -> None:
    """The trail and its signed heads verify, words find cases, and what is new has a number that nobody had."""
    async with app.open_database(settings_of(sqlite_place)) as database:
        cases = [await a_case(database, text=f"Cây đổ ở ngõ {number}") for number in range(3)]
        await keep(database, update(7, "lan"))
        async with database.begin() as uow:
            await uow.audit.record(action="x", now=NOW, details={"words": "Hoà\u200b Hòa"})
            await uow.commit()
        signer = KeyedHeads(database.keys[KeyPurpose.HEADS].decode())
        head = await audit_commands.sign(database, signer, NOW)
    await move_to(settings_of(sqlite_place), empty_url)
    async with app.open_database(settings_of(sqlite_place, empty_url)) as database:
        assert "whole" in await audit_commands.verify(database, signer, [head])
        assert sorted(await search(database, "cay do")) == sorted(case.code for case in cases)
        fresh = await a_case(database, text="Cây nghiêng")
        assert fresh.id > max(case.id for case in cases)
        await keep(database, update(7, "lan"), update(8, "lan"))
        async with database.begin() as uow:
            assert [kept.external_id for kept in await uow.inbox.claim(owner="x", now=NOW, lease=LEASE, most=9)] == ["7"]
            await uow.audit.record(action="y", now=NOW)
            await uow.commit()
        assert "whole" in await audit_commands.verify(database, signer, [head])


async def test_nothing_is_written_over_and_nobody_is_moved_from_under(sqlite_place: Place, empty_url: str) -> None:
    """A target with a row, a target that somebody runs on, a source that somebody runs on: refused, and unchanged."""
    with pytest.raises(SettingsError, match="is PostgreSQL already"):
        await move_to(settings_of(sqlite_place, empty_url), empty_url)
    async with app.open_database(settings_of(sqlite_place)) as source:
        await a_case(source)
        with pytest.raises(SettingsError, match="in use by another process"):
            await move_to(settings_of(sqlite_place), empty_url)
    async with app.open_database(settings_of(sqlite_place, empty_url)) as target:  # by now it has its schema
        with pytest.raises(NotMoved, match="a process runs on the target"):
            await move_to(settings_of(sqlite_place), empty_url)
        async with target.begin() as uow:
            await uow.templates.add(NewTemplate(ward_code=None, name="x", language=Language.VI, text="x"))
            await uow.commit()
    with pytest.raises(NotMoved, match="rows in templates"):
        await move_to(settings_of(sqlite_place), empty_url)
    async with app.open_database(settings_of(sqlite_place, empty_url)) as target:
        found = await everything_in(target)
    assert len(found["templates"]) == 1
    assert found["cases"] == []


async def test_a_move_that_is_killed_is_refused_by_a_start_and_begun_anew(sqlite_place: Place, empty_url: str) -> None:
    """SIGKILL at its last table: no start takes what is there, and the next move is whole."""
    async with app.open_database(settings_of(sqlite_place)) as database:
        await populate(database)
        async with database._transaction() as connection:
            many = [{"word": word, "print_id": number} for word in range(200) for number in range(100, 300)]
            await connection.execute(insert(photo_words), many)
            await connection.commit()
    homthu = Homthu(sqlite_place.data_dir, {"HOMTHU_SECRET_KEY": KEY})
    await asyncio.to_thread(_killed_at, homthu, empty_url, "outbox")
    with pytest.raises(SettingsError, match="was not finished"):  # `run` and `work` open it so
        async with app.open_database(settings_of(sqlite_place, empty_url)):
            pass
    await move_to(settings_of(sqlite_place), empty_url)
    async with app.open_database(settings_of(sqlite_place, empty_url)) as database:
        found = await everything_in(database)
    assert len(found["photo_words"]) > 40_000
    assert len(found["outbox"]) == 1


def _killed_at(homthu: Homthu, url: str, table: str) -> None:
    """SIGKILL as soon as it says that it is at this table."""
    words = [sys.executable, "-m", "bot", "move-to", url]
    with subprocess.Popen(words, cwd=ROOT, env=homthu.environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next((line for line in process.stderr if line.startswith(table)), "it never came there")
        process.kill()
    assert said.startswith(table)


HOSTILE = {
    "a text of two lines": ("UPDATE inbox SET body = 'a' || char(0) || 'b'", "inbox.body: 1 texts had characters"),
    "bytes that are no UTF-8": ("UPDATE inbox SET reason = CAST(x'61edb08062' AS TEXT)", "inbox.reason: 1 texts"),
    "a word for a number": ("UPDATE inbox SET attempts = 'many'", "inbox.attempts of row 1 is no whole number"),
    "a fraction for a number": ("UPDATE inbox SET attempts = 1.5", "inbox.attempts of row 1 is no whole number"),
    "a number too large": ("UPDATE inbox SET attempts = 4294967296", "inbox.attempts of row 1 is a number of more than 32"),
    "bytes for a text": ("UPDATE inbox SET owner = x'00ff'", "inbox.owner of row 1 is no text"),
    "a long channel": ("UPDATE inbox SET channel = 'telegram of another city'", "inbox.channel of row 1 is longer than 16"),
    "no moment": ("UPDATE inbox SET received_at = 'yesterday'", "inbox.received_at of row 1 is no moment"),
    "no day": ("UPDATE calendar_days SET day = '2026-02-30' WHERE day = (SELECT min(day) FROM calendar_days)", "is no day"),
}


@pytest.mark.parametrize("damage", HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_only_sqlite_holds_is_told(
    sqlite_place: Place, empty_url: str, damage: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Characters that no text may have are replaced and counted; a value that has no place there stops the move by name."""
    statement, told = damage
    async with app.open_database(settings_of(sqlite_place)) as database:
        await keep(database, update(1, "lan"))
    with closing(sqlite3.connect(sqlite_place.data_dir / FILE_NAME)) as file:
        file.execute(statement)
        file.commit()
    if "texts" in told:
        await move_to(settings_of(sqlite_place), empty_url)
        assert told in capsys.readouterr().err
        async with app.open_database(settings_of(sqlite_place, empty_url)) as database:
            [row] = (await everything_in(database))["inbox"]
        assert any("\ufffd" in value for value in row if isinstance(value, str))
    else:
        with pytest.raises(NotMoved) as refused:
            await move_to(settings_of(sqlite_place), empty_url)
        assert told in refused.value.values["line"]


async def test_a_row_that_was_changed_on_the_way_stops_the_move(
    sqlite_place: Place, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison can fail: one column of one row arrives as something else, and nothing is kept."""
    async with app.open_database(settings_of(sqlite_place)) as database:
        await keep(database, *(update(number, "lan") for number in range(50)))
    put = Target.put

    async def careless(target: Target, plan: Plan, rows: Sequence[tuple[Any, ...]]) -> None:
        if plan.table.name == "inbox":
            place = plan.names.index("attempts")
            rows = [(*row[:place], row[place] + (row[0] == 17), *row[place + 1 :]) for row in rows]
        await put(target, plan, rows)

    monkeypatch.setattr(Target, "put", careless)
    with pytest.raises(NotMoved, match="inbox: what arrived is not what was sent"):
        await move_to(settings_of(sqlite_place), empty_url)
    monkeypatch.undo()
    await move_to(settings_of(sqlite_place), empty_url)


def test_the_command_says_what_is_wrong_in_one_line(sqlite_place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert _moves(sqlite_place, "sqlite:///x", capsys, "wants an address like postgresql://") == WRONG
    assert _moves(sqlite_place, "postgresql://u:secret@127.0.0.1:9/d", capsys, "cannot be used") == FAILED


def _moves(place: Place, address: str, capsys: pytest.CaptureFixture[str], told: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOMTHU_DATA_DIR", str(place.data_dir))
        code = command(["move-to", address])
    said = capsys.readouterr().err
    assert told in said
    assert "secret" not in said
    return code
