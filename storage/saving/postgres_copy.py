"""PostgreSQL's tables as streams, all of one moment, and back again in one transaction.

By COPY inside a REPEATABLE READ transaction, which is what pg_dump does: no program of the server's own version has to be
installed beside, and nothing lies unsealed on a disk on its way. The text of a table, in the order of its key, is what is
hashed; after a restore it is asked for again and must hash the same.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BackupDamaged
from storage.saving import KEPT_APART
from storage.tables import metadata

PART = 4 << 20  # bytes a thing of the archive holds at most
_SETTINGS = ("SET LOCAL extra_float_digits = 1", "SET LOCAL DateStyle = 'ISO'", "SET LOCAL bytea_output = 'hex'")
_WRITTEN = """
SELECT attname, attcollation <> 0 AS is_text FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(:name))
AND attnum > 0 AND NOT attisdropped
AND attgenerated = '' ORDER BY attnum
"""
_KEY = """
SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indrelid = to_regclass(quote_ident(:name)) AND i.indisprimary ORDER BY k.place
"""
_OURS = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema() AND p.proname LIKE 'homthu%'
"""
_SEQUENCES = """
SELECT quote_ident(t.relname), quote_ident(a.attname), pg_get_serial_sequence(quote_ident(t.relname), a.attname)
FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE t.relkind = 'r' AND n.nspname = current_schema() AND a.attnum > 0 AND NOT a.attisdropped
AND pg_get_serial_sequence(quote_ident(t.relname), a.attname) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Streamed:
    """A table's stream. `query` gives it again."""

    name: str
    query: str
    columns: tuple[str, ...]


async def streams(connection: AsyncConnection, names: Sequence[str] = ()) -> list[Streamed]:
    """Every table that is to be kept, those that others point to first; or these."""
    for setting in _SETTINGS:
        await connection.execute(text(setting))
    return [await _stream(connection, name) for name in names or [table.name for table in metadata.sorted_tables]]


async def _stream(connection: AsyncConnection, name: str) -> Streamed:
    found = (await connection.execute(text(_WRITTEN), {"name": name})).all()
    is_text = {row.attname: row.is_text for row in found}
    columns = tuple(is_text)
    # By bytes and not by a language's rules: another server may have others.
    key = (await connection.execute(text(_KEY), {"name": name})).scalars().all()
    order = ", ".join(f'"{column}"' + (' COLLATE "C"' if is_text[column] else "") for column in key)
    which = " WHERE false" if name in KEPT_APART else ""
    quoted = ", ".join(f'"{column}"' for column in columns)
    return Streamed(name, f'SELECT {quoted} FROM "{name}"{which} ORDER BY {order}', columns)  # noqa: S608  # the schema's


async def copy_out(connection: AsyncConnection, stream: Streamed, write: Callable[[bytes], Awaitable[None]]) -> int:
    """The table's text, handed over as it comes; returns the rows."""
    driver = await _driver(connection)
    status = await driver.copy_from_query(stream.query, output=write, format="text", encoding="utf-8")
    return int(status.split()[-1])


async def hash_table(connection: AsyncConnection, stream: Streamed) -> tuple[int, str]:
    """Rows and SHA-256, as they are now."""
    hashing = hashlib.sha256()

    async def write(data: bytes) -> None:
        hashing.update(data)

    return await copy_out(connection, stream, write), hashing.hexdigest()


async def clear(connection: AsyncConnection) -> None:
    """Take away whatever tables there are, inside the open transaction: they are back if it fails."""
    for name in (await connection.execute(text(_OURS))).scalars().all():
        await connection.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
    for name in (await connection.execute(text(_FUNCTIONS))).scalars().all():
        await connection.execute(text(f"DROP FUNCTION IF EXISTS {name} CASCADE"))


async def holds_anything(connection: AsyncConnection) -> bool:
    """Whether anybody would miss what is there: any row but those a migration makes, any table that is none of ours."""
    tables = set((await connection.execute(text(_OURS))).scalars())
    if tables - set(metadata.tables) - {"alembic_version"}:
        return True
    for name in ("cases", "inbox", "staff", "audit"):
        if name in tables and await connection.scalar(text(f"SELECT 1 FROM {name} LIMIT 1")):  # noqa: S608  # our own names
            return True
    return False


async def not_among(connection: AsyncConnection, names: Sequence[str]) -> str:
    """A table that is in the database and not in this list, or the other way round; empty: they are the same."""
    there = set((await connection.execute(text(_OURS))).scalars()) - {"alembic_version"}
    return next(iter(sorted(there ^ set(names))), "")


async def empty(connection: AsyncConnection, names: Sequence[str]) -> None:
    """Take out what the migrations put in; the trail's triggers are told to look away for as long."""
    for name in reversed(names):
        await connection.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
        await connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608  # the schema's names
    for name in names:
        await connection.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))


async def copy_in(connection: AsyncConnection, name: str, columns: Sequence[str], parts: Sequence[Path]) -> None:
    """Fill an empty table from its stream.

    Raises:
        BackupDamaged: The table does not take it.
    """
    driver = await _driver(connection)

    async def read() -> AsyncIterator[bytes]:
        for part in parts:
            yield part.read_bytes()

    try:
        await driver.copy_to_table(name, source=read(), columns=list(columns), format="text", encoding="utf-8")
    except Exception as refused:  # whatever the driver raises: its text would quote the row
        raise BackupDamaged(line=f"The table {name} of the backup is not taken ({type(refused).__name__})") from None


async def wind_sequences(connection: AsyncConnection) -> None:
    """The next number of every table follows the highest that is there."""
    for table, column, sequence in (await connection.execute(text(_SEQUENCES))).all():
        highest = f"(SELECT max({column}) FROM {table})"  # noqa: S608  # the schema's names, quoted by the server
        await connection.execute(
            text(f"SELECT setval(:sequence, coalesce({highest}, 1), {highest} IS NOT NULL)"), {"sequence": sequence}
        )


async def _driver(connection: AsyncConnection) -> Any:
    """asyncpg's connection, whose COPY SQLAlchemy does not know."""
    return (await connection.get_raw_connection()).driver_connection
