"""The PostgreSQL that everything moves to: emptied of a move that was not finished, filled, compared, released.

The mark is the version of its schema: whoever opens the database reads that first, and there is no such version.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import Column, String, Table, bindparam, func, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotMoved
from bot.ports.sealing import Vault
from storage.case_words import with_beginnings
from storage.claiming import lock_number
from storage.migrating import MOVING, upgrade
from storage.migrations import HEAD
from storage.moving.values import Plan, plain
from storage.presence import PRESENCE
from storage.tables import case_words, metadata
from storage.trouble import as_busy
from storage.types import Lexemes

PORTION = 2000  # rows
# What a first start puts there by itself. Everything else must be empty.
_FROM_THE_START = frozenset({"alembic_version", "audit_tip", "calendar_days", "heartbeat", "sealed_tables", "vault_keys"})
_TRAIL_ENDS = "audit_tip"  # a row that may be moved on and never taken away

_version = text("SELECT version_num FROM alembic_version")
_set_version = text("UPDATE alembic_version SET version_num = :version")
_try_lock = select(func.pg_try_advisory_xact_lock(bindparam("number")))
_somebody = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :space"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_generated = text(
    "SELECT column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :name AND is_generated = 'ALWAYS'"
)
_set_lexemes = "UPDATE case_words SET lexemes = array_to_tsvector(string_to_array($2, ' ')) WHERE case_id = $1"

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


async def prepare(target_of: Transaction) -> None:
    """Give it this program's schema and the mark, in one commit.

    Raises:
        NotMoved: It is in use, or is not empty.
    """
    async with target_of() as connection:
        await _alone(connection)
        found = set(await connection.run_sync(_table_names))
        version = list((await connection.execute(_version)).scalars()) if "alembic_version" in found else []
        if version == [MOVING]:
            await _drop_all(connection)
        elif ours := found & metadata.tables.keys():
            await _refuse_rows(connection, sorted(ours))
        await upgrade(connection)
        await connection.execute(_set_version, {"version": MOVING})
        await connection.commit()


class Target:
    """The transaction in which everything arrives."""

    def __init__(self, connection: AsyncConnection, vault: Vault | None) -> None:
        self._connection = connection
        self._vault = vault
        self._driver: Any = None  # asyncpg's connection: its COPY is not spoken by SQLAlchemy

    async def begin(self) -> None:
        """Nobody else may touch a table until it is over.

        Raises:
            NotMoved: It was marked by us and is not any more, or is not empty.
        """
        await self._connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await _alone(self._connection)
        names = sorted(metadata.tables)
        await self._connection.execute(text(f"LOCK TABLE {', '.join(_quoted(names))} IN ACCESS EXCLUSIVE MODE"))
        if list((await self._connection.execute(_version)).scalars()) != [MOVING]:
            raise NotMoved(line="the target was changed by somebody else meanwhile; begin anew")
        await _refuse_rows(self._connection, names)
        for name in _FROM_THE_START & metadata.tables.keys() - {_TRAIL_ENDS}:
            await self._connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - names of ours
        self._driver = (await self._connection.get_raw_connection()).driver_connection

    async def plan(self, table: Table) -> Plan:
        """What is sent of it: not what PostgreSQL reckons by itself."""
        reckoned = set((await self._connection.execute(_generated, {"name": table.name})).scalars())
        return Plan(table, [column for column in table.c if column.name not in reckoned and not _is_made_here(column)])

    async def put(self, plan: Plan, rows: Sequence[tuple[Any, ...]]) -> None:
        """Raises NotMoved when a rule of the tables forbids a row: one that SQLite's tables do not have."""
        if plan.table.name == _TRAIL_ENDS:
            await self._move_tip(plan, rows)
            return
        try:
            await self._driver.copy_records_to_table(plan.table.name, records=rows, columns=plan.names)
        except Exception as error:
            busy = as_busy(error)
            if busy is not None:
                raise busy from None
            why = getattr(error, "constraint_name", None) or getattr(error, "sqlstate", None) or type(error).__name__
            raise NotMoved(line=f"{plan.table.name}: PostgreSQL refuses a row ({why}); nothing was moved") from None

    async def finish(self, plans: Sequence[Plan]) -> None:
        """What is looked up by words, the next numbers, and what the planner knows of the tables."""
        [words] = [plan for plan in plans if plan.table is case_words]
        async for rows in self.portions(words):
            await self._driver.executemany(_set_lexemes, [(row[0], self._looked_up(row[1])) for row in rows])
        for plan in plans:
            for column in plan.table.primary_key.columns:
                await self._count_on(plan.table, column)
        await self._connection.execute(text("ANALYZE " + ", ".join(_quoted([plan.table.name for plan in plans]))))

    async def portions(self, plan: Plan) -> AsyncIterator[Sequence[Sequence[Any]]]:
        """Its rows, in the order in which SQLite gives them: by bytes, whatever language the database speaks."""
        order = ", ".join(f'"{column.name}"{_by_bytes(column)}' for column in plan.table.primary_key.columns)
        wanted = ", ".join(_quoted(plan.names))
        statement = f'SELECT {wanted} FROM "{plan.table.name}" ORDER BY {order}'  # noqa: S608 - names of ours
        cursor = await self._driver.cursor(statement)
        while rows := await cursor.fetch(PORTION):
            yield [tuple(row) for row in rows]

    async def commit(self) -> None:
        """Take the mark away: from now on it may be run on."""
        await self._connection.execute(_set_version, {"version": HEAD})
        await self._connection.commit()

    @staticmethod
    def differs(table: Table, here: tuple[int, str], there: tuple[int, str]) -> NotMoved:
        counts = f"{here[0]} rows here and {there[0]} there"
        return NotMoved(line=f"{table.name}: what arrived is not what was sent ({counts}); nothing was moved")

    def _looked_up(self, sealed: str) -> str:
        return with_beginnings(self._vault.open(sealed) if self._vault else sealed, self._vault)

    async def _move_tip(self, plan: Plan, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            values = dict(zip(plan.names, row, strict=True))
            if values["rows"]:  # its trigger lets it only go on; an empty trail ends where the new one does
                move = "UPDATE audit_tip SET rows = :rows, last_id = :last_id, hash = :hash WHERE id = :id"
                await self._connection.execute(text(move), values)

    async def _count_on(self, table: Table, column: Column[Any]) -> None:
        """The next number follows the highest that is there."""
        counter = await self._connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if counter is not None:
            highest = await self._connection.scalar(select(func.max(column)))
            await self._connection.execute(select(func.setval(counter, highest or 1, highest is not None)))


async def _alone(connection: AsyncConnection) -> None:
    if not await connection.scalar(_try_lock, {"number": lock_number("moving")}):
        raise NotMoved(line="another move to this database is under way")
    if await connection.scalar(_somebody, {"space": PRESENCE}):
        raise NotMoved(line="a process runs on the target; stop it first")


async def _refuse_rows(connection: AsyncConnection, names: Sequence[str]) -> None:
    for name in names:
        if name in _FROM_THE_START:
            continue
        if await connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{name}")')):  # noqa: S608 - names of ours
            raise NotMoved(line=f"the target is not empty: there are rows in {name}; give an empty database")


async def _drop_all(connection: AsyncConnection) -> None:
    """What a move that was not finished left: a schema, perhaps of another version of this program, without a row."""
    for name in await connection.run_sync(_table_names):
        await connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
    await connection.execute(text("DROP FUNCTION IF EXISTS homthu_only_grows() CASCADE"))


def _table_names(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _is_made_here(column: Column[Any]) -> bool:
    return isinstance(column.type, Lexemes)


def _by_bytes(column: Column[Any]) -> str:
    return ' COLLATE "C"' if isinstance(plain(column.type), String) else ""


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]
