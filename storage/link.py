"""The open transaction as the nouns see it: statements in, rows out, errors of reach by their name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.people import Address
from bot.errors import NoOpenUnitOfWork
from storage.trouble import as_busy, hush

Values = Mapping[str, Any]
ByEngine = Mapping[str, Executable]


def by_engine(build: Callable[[Callable[[Table], Any]], Executable]) -> ByEngine:
    """The same statement for each engine, built once; `build` is given the engine's own `insert` (for ON CONFLICT)."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}


class Link:
    """Lives as long as its unit of work."""

    __slots__ = ("_connection", "engine", "rung")

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection: AsyncConnection | None = connection
        self.engine = connection.dialect.name
        self.rung: set[Address] = set()  # who hears the bell after the commit

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
        result = await self._execute(statement, values)
        return result.all()  # type: ignore[no-any-return]  # _execute's result is Any: see there

    async def row(self, statement: Executable | ByEngine, values: Values | None = None) -> Row[Any] | None:
        """The first row, if any. Raises as `rows` does."""
        result = await self._execute(statement, values)
        return result.first()  # type: ignore[no-any-return]  # as above

    async def value(self, statement: Executable | ByEngine, values: Values | None = None) -> Any:
        """The first column of the first row; None when there is no row. Raises as `rows` does."""
        result = await self._execute(statement, values)
        return result.scalar()

    async def run(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None = None) -> int:
        """Execute it for its effect; how many rows it touched. Raises as `rows` does."""
        result = await self._execute(statement, values)
        return int(result.rowcount)

    async def _execute(self, statement: Executable | ByEngine, values: Values | Sequence[Values] | None) -> Any:
        # Any: rowcount exists on the result of INSERT, UPDATE and DELETE only, and the type checker cannot know which.
        if self._connection is None:
            raise NoOpenUnitOfWork
        if isinstance(statement, Mapping):
            statement = statement[self.engine]
        try:
            return await self._connection.execute(statement, values)
        except Exception as error:
            busy = as_busy(error)
            if busy is None:
                hush(error)
                raise
            raise busy from None
