"""The open transaction as the nouns see it: statements in, rows out, errors of reach by their name."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Executable, Row, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Address
from bot.domain.reply import QueuedReply
from bot.errors import NoOpenUnitOfWork
from bot.ports.sealing import Vault
from storage.sqlite_driver import SqliteConnection
from storage.straight import Found, plain_form, run_aside, run_at_once, run_each_aside
from storage.straight_postgres import adapter_of, run_on_postgres
from storage.trouble import busy_or_hush
from storage.vaults import vault_of

Values = Mapping[str, Any]
Insert = Callable[[Table], Any]


class ByEngine:
    """A statement that each engine says in its own words, built once, when it is first needed."""

    def __init__(self, build: Callable[[Insert], Executable]) -> None:
        self._build = build
        self._built: dict[str, Executable] = {}

    def __getitem__(self, engine: str) -> Executable:
        if engine not in self._built:
            self._built[engine] = self._build(_insert_of(engine))
        return self._built[engine]


def by_engine(build: Callable[[Insert], Executable]) -> ByEngine:
    """The same statement for each engine; `build` is given the engine's own `insert`, which knows ON CONFLICT."""
    return ByEngine(build)


def _insert_of(engine: str) -> Insert:
    # Imported here: a start on SQLite does without PostgreSQL's dialects, which take longer to load than our own tables.
    if engine == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgres_insert

        return postgres_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert


class Link:
    """Lives as long as its unit of work."""

    __slots__ = (
        *(
            "_adapter",
            "_connection",
            "_dialect",
            "_driver",
            "engine",
            "has_erased",
            "has_mail",
            "has_news",
            "rung",
            "rung_after",
            "shown",
        ),
        "vault",
    )

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection: AsyncConnection | None = connection
        self._dialect = dialect = connection.dialect
        self.engine = dialect.name
        self.vault: Vault | None = vault_of(dialect)
        self._driver = driver_of(connection)  # None on PostgreSQL
        self._adapter = adapter_of(connection) if self._driver is None else None  # None where all goes the usual way
        self.rung: set[Address] = set()  # who hears the bell after the commit
        self.shown: dict[Address, list[QueuedReply | None]] = {}  # web chats' lines: None where they have to be read
        self.rung_after: dict[timedelta, set[Address]] = {}  # and who hears it so much later
        self.has_mail = False  # updates were kept: the other processes hear it after the commit
        self.has_erased = False  # a key was destroyed: the files shall forget it after the commit
        self.has_news = False  # something happened to a case: the desk hears it after the commit

    @property
    def is_postgres(self) -> bool:
        return self.engine == "postgresql"

    def end(self) -> None:
        self._connection = None

    async def rows(
        self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None = None
    ) -> Sequence[Row[Any]]:
        """Every row the statement gives.

        Raises:
            NoOpenUnitOfWork: The unit of work is over.
            StorageBusy: The database is out of reach.
        """
        if (found := await self._past_sqlalchemy(statement, values)) is not None:
            return found.rows
        result = await self._execute(statement, values)
        return result.all()  # type: ignore[no-any-return]  # _execute's result is Any: see there

    async def tuples(self, statement: Executable | ByEngine, values: Values | None = None) -> Sequence[tuple[Any, ...]]:
        """The same, to be taken apart by place: of very many, asking for names takes longer. Raises as `rows` does."""
        return cast("Sequence[tuple[Any, ...]]", await self.rows(statement, values))

    async def rows_each(self, statement: Executable | ByEngine, values: Sequence[Values]) -> Sequence[Sequence[Row[Any]]]:
        """What it gives for each set of values. On SQLite they change threads once. Raises as `rows` does."""
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        if (driver := self._driver) is None or driver.runs_in_loop or len(values) < 2:
            return [await self.rows(statement, one) for one in values]
        if self._connection is None:
            raise NoOpenUnitOfWork
        names = tuple(values[0])
        plain = plain_form(driver, self._dialect, statement, names)
        if plain is None or any(tuple(one) != names for one in values):
            return [await self.rows(statement, one) for one in values]
        try:
            return await run_each_aside(driver, self._dialect, plain, values)
        except Exception as error:
            if (busy := busy_or_hush(error)) is None:
                raise
            raise busy from None

    async def row(self, statement: Executable | ByEngine, values: Values | None = None) -> Row[Any] | None:
        """The first row, if any. Raises as `rows` does."""
        if (found := await self._past_sqlalchemy(statement, values)) is not None:
            return found.rows[0] if found.rows else None
        result = await self._execute(statement, values)
        return result.first()  # type: ignore[no-any-return]  # as above

    async def value(self, statement: Executable | ByEngine, values: Values | None = None) -> Any:
        """The first column of the first row; None when there is no row. Raises as `rows` does."""
        if (found := await self._past_sqlalchemy(statement, values)) is not None:
            return found.rows[0][0] if found.rows else None
        result = await self._execute(statement, values)
        return result.scalar()

    async def run(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None = None) -> int:
        """Execute it for its effect; how many rows it touched. Raises as `rows` does."""
        if (found := await self._past_sqlalchemy(statement, values)) is not None:
            return found.rowcount
        result = await self._execute(statement, values)
        return int(result.rowcount)

    async def _past_sqlalchemy(
        self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None
    ) -> Found | None:
        if self._driver is not None:
            return await self._straight(self._driver, statement, values)
        if self._adapter is None or (values is not None and not isinstance(values, Mapping)):
            return None
        if self._connection is None:
            raise NoOpenUnitOfWork
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        try:
            return await run_on_postgres(self._adapter, self._dialect, statement, values or {})
        except asyncio.CancelledError:  # the server may still be at it: this connection is of no more use
            await asyncio.shield(self._connection.invalidate())
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                await self._connection.invalidate()  # it must not go back to the pool
            if (busy := busy_or_hush(error)) is None:
                raise
            raise busy from None

    async def _straight(
        self, driver: SqliteConnection, statement: Executable | ByEngine, values: Values | Sequence[Values] | None
    ) -> Found | None:
        """What came of it, if it could go past SQLAlchemy; see `storage.straight`. Raises as `rows` does."""
        if self._connection is None:
            raise NoOpenUnitOfWork
        if values is None:
            values = {}
        elif type(values) is not dict and isinstance(values, Sequence):
            return self._each_straight(driver, statement, values)
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        plain = plain_form(driver, self._dialect, statement, tuple(values))
        if plain is None:
            return None
        try:
            if driver.runs_in_loop:
                return run_at_once(driver, self._dialect, plain, values)
            return await run_aside(driver, self._dialect, plain, values)
        except Exception as error:  # `busy_when_out_of_reach` would cost a fifth of the statement
            if (busy := busy_or_hush(error)) is None:
                raise
            raise busy from None

    def _each_straight(
        self, driver: SqliteConnection, statement: Executable | ByEngine, values: Sequence[Values]
    ) -> Found | None:
        """The same for several rows of values with the same names; for the writer only."""
        if not values or not driver.runs_in_loop:
            return None
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        names = tuple(values[0])
        plain = plain_form(driver, self._dialect, statement, names)
        if plain is None or any(tuple(row) != names for row in values):
            return None
        rows: list[Row[Any]] = []
        count = 0
        try:
            for row in values:
                found = run_at_once(driver, self._dialect, plain, row)
                rows.extend(found.rows)
                count += found.rowcount
        except Exception as error:
            if (busy := busy_or_hush(error)) is None:
                raise
            raise busy from None
        return Found(rows, count)

    async def _execute(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None) -> Any:
        # Any: rowcount exists on the result of INSERT, UPDATE and DELETE only, and the type checker cannot know which.
        if self._connection is None:
            raise NoOpenUnitOfWork
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        try:
            return await self._connection.execute(statement, values)
        except Exception as error:
            if (busy := busy_or_hush(error)) is None:
                raise
            raise busy from None


async def commit(connection: AsyncConnection) -> None:
    """Keep what was done in its transaction, whichever way each statement went."""
    driver = driver_of(connection)
    if driver is None or connection.in_transaction():
        await connection.commit()
    else:  # SQLAlchemy knows of no transaction: everything went straight
        await driver.commit()


async def roll_back(connection: AsyncConnection) -> bool:
    """Undo what was not committed, whichever way each statement went.

    Returns:
        Whether it may be used again; one that could not undo it has to be closed, which undoes it as well.
    """
    try:
        if connection.get_transaction() is not None:  # also one whose commit failed: it is over, and in the next one's way
            await connection.rollback()
        if (driver := driver_of(connection)) is not None:
            await driver.rollback()
        return not connection.invalidated
    except Exception:
        await connection.invalidate()
        return False


def driver_of(connection: AsyncConnection) -> SqliteConnection | None:
    """The connection to SQLite below it; None on PostgreSQL."""
    if connection.dialect.name != "sqlite" or connection.sync_connection is None:
        return None
    driver = connection.sync_connection.connection.driver_connection
    return driver if isinstance(driver, SqliteConnection) else None
