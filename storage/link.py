"""The open transaction as the nouns see it: statements in, rows out, errors of reach by their name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Executable, Row, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Address
from bot.errors import NoOpenUnitOfWork
from bot.ports.sealing import Vault
from storage.sqlite_driver import SqliteConnection
from storage.straight import Found, run_straight
from storage.trouble import as_busy, busy_when_out_of_reach, hush
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

    __slots__ = ("_connection", "_driver", "engine", "has_erased", "has_mail", "has_news", "rung", "rung_after", "vault")

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection: AsyncConnection | None = connection
        self.engine = connection.dialect.name
        self.vault: Vault | None = vault_of(connection.dialect)
        self._driver = driver_of(connection)  # None where every statement goes the usual way
        self.rung: set[Address] = set()  # who hears the bell after the commit
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
        if (found := await self._straight(statement, values)) is not None:
            return found.rows
        result = await self._execute(statement, values)
        return result.all()  # type: ignore[no-any-return]  # _execute's result is Any: see there

    async def row(self, statement: Executable | ByEngine, values: Values | None = None) -> Row[Any] | None:
        """The first row, if any. Raises as `rows` does."""
        if (found := await self._straight(statement, values)) is not None:
            return found.rows[0] if found.rows else None
        result = await self._execute(statement, values)
        return result.first()  # type: ignore[no-any-return]  # as above

    async def value(self, statement: Executable | ByEngine, values: Values | None = None) -> Any:
        """The first column of the first row; None when there is no row. Raises as `rows` does."""
        if (found := await self._straight(statement, values)) is not None:
            return found.rows[0][0] if found.rows else None
        result = await self._execute(statement, values)
        return result.scalar()

    async def run(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None = None) -> int:
        """Execute it for its effect; how many rows it touched. Raises as `rows` does."""
        if (found := await self._straight(statement, values)) is not None:
            return found.rowcount
        result = await self._execute(statement, values)
        return int(result.rowcount)

    async def _straight(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None) -> Found | None:
        """What came of it, if it could go past SQLAlchemy; see `storage.straight`. Raises as `rows` does."""
        if self._connection is None:
            raise NoOpenUnitOfWork
        if self._driver is None:
            return None
        if isinstance(values, Sequence):
            if len(values) != 1:
                return None
            [values] = values
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        with busy_when_out_of_reach():
            return await run_straight(self._driver, self._connection.dialect, statement, values or {})

    async def _execute(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None) -> Any:
        # Any: rowcount exists on the result of INSERT, UPDATE and DELETE only, and the type checker cannot know which.
        if self._connection is None:
            raise NoOpenUnitOfWork
        if isinstance(statement, ByEngine):
            statement = statement[self.engine]
        try:
            return await self._connection.execute(statement, values)
        except Exception as error:
            busy = as_busy(error)
            if busy is None:
                hush(error)
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
        if connection.in_transaction():
            await connection.rollback()
        elif (driver := driver_of(connection)) is not None:
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
