"""Puts an invented city into a fresh database of either engine, straight into the real schema, past the services.

Indexes are dropped before and made again after: filling a table and then sorting it once is many times quicker.
"""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.desk_city import COLUMNS, InventedCity
from bot.domain.words import LONGEST_BEGINNING, SHORTEST_BEGINNING
from storage import Database
from storage.case_words import with_beginnings
from storage.engine import FILE_NAME

# The beginnings that `storage.case_words` adds in Python, added in SQL: a million updates would take an hour.
_FILL_LEXEMES = f"""
UPDATE case_words SET lexemes = array_to_tsvector(string_to_array(words, ' ') || array(
    SELECT DISTINCT '<' || left(word, length) FROM unnest(string_to_array(words, ' ')) AS word,
    generate_series({SHORTEST_BEGINNING}, {LONGEST_BEGINNING}) AS length
    WHERE word !~ '^[@=]' AND char_length(word) >= length))
"""


def columns_of(table: str) -> list[str]:
    return COLUMNS[table].split()


async def build_sqlite(city: InventedCity, folder: Path) -> Database:
    """A migrated file in that folder, filled, then opened."""
    empty = Database("", data_dir=folder)
    await empty.open()
    await empty.close()
    await asyncio.to_thread(_fill_sqlite, city, folder / FILE_NAME)
    filled = Database("", data_dir=folder)
    await filled.open()
    return filled


def _fill_sqlite(city: InventedCity, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000", "temp_store=FILE"):
            file.execute(f"PRAGMA {pragma}")
        indexes = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        for name, _ in indexes:
            file.execute(f'DROP INDEX "{name}"')
        file.execute("BEGIN")
        for rows in _lazily(city):
            for table in COLUMNS:
                if rows.get(table):
                    marks = ", ".join("?" * len(columns_of(table)))
                    names = ", ".join(columns_of(table))
                    file.executemany(
                        f"INSERT INTO {table} ({names}) VALUES ({marks})", (tuple(map(_as_text, row)) for row in rows[table])
                    )
            learned = ((row[0], with_beginnings(row[1])) for row in rows.get("case_words", ()))
            file.executemany("INSERT INTO case_search (rowid, words) VALUES (?, ?)", learned)
        file.execute("COMMIT")
        for _, sql in indexes:
            file.execute(sql)
        file.execute("PRAGMA journal_mode=WAL")


def _lazily(city: InventedCity) -> Any:
    yield city.people()
    yield from city.chunks()


def _as_text(value: Any) -> Any:
    return value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value


async def build_postgres(city: InventedCity, url: str) -> Database:
    """The migrated database at this URL, filled; figures about it are gathered as autovacuum would."""
    database = Database(url)
    await database.open()
    assert database._writers is not None
    async with database._writers.connect() as connection:
        for limit in ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"):
            await connection.execute(text(f"SET {limit} = 0"))  # the desk's limits are for people who wait
        indexes = await _drop(connection)
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for rows in _lazily(city):
            for table in COLUMNS:
                if rows.get(table):
                    await driver.copy_records_to_table(table, records=rows[table], columns=columns_of(table))
        await driver.execute(_FILL_LEXEMES)
        for table in COLUMNS:
            if columns_of(table)[0] == "id":  # given here, past the counters that give them otherwise
                counter = f"pg_get_serial_sequence('{table}', 'id')"
                await driver.execute(f"SELECT setval({counter}, (SELECT coalesce(max(id), 1) FROM {table}))")
        for sql in indexes:
            await connection.execute(text(sql.replace(":", "\\:")))
        await connection.commit()
    autocommit = database._writers.execution_options(isolation_level="AUTOCOMMIT")
    async with autocommit.connect() as connection:
        await connection.execute(text("VACUUM ANALYZE"))
        # A helper would work for a page unseen: its processor time is not taken.
        name = (await connection.execute(text("SELECT quote_ident(current_database())"))).scalar_one()
        await connection.execute(text(f"ALTER DATABASE {name} SET max_parallel_workers_per_gather = 0"))
    await database.close()
    await database.open()
    return database


async def _drop(connection: Any) -> list[str]:
    """Take the indexes and references away; returns what brings them back, references last."""
    indexes = (
        await connection.execute(
            text(
                "SELECT indexdef, indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN "
                "(SELECT conname FROM pg_constraint)"
            )
        )
    ).all()
    references = (
        await connection.execute(
            text(
                "SELECT conrelid::regclass::text AS owner, conname, pg_get_constraintdef(oid) AS told "
                "FROM pg_constraint WHERE contype = 'f'"
            )
        )
    ).all()
    for row in references:
        await connection.execute(text(f'ALTER TABLE {row.owner} DROP CONSTRAINT "{row.conname}"'))
    for row in indexes:
        await connection.execute(text(f'DROP INDEX "{row.indexname}"'))
    back = [row.indexdef for row in indexes]
    return back + [f'ALTER TABLE {row.owner} ADD CONSTRAINT "{row.conname}" {row.told}' for row in references]
