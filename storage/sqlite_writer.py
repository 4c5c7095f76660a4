"""The one connection that writes to a SQLite file, and whose turn it is: first come, first served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageBusy
from storage.link import driver_of, roll_back
from storage.trouble import busy_when_out_of_reach


class SqliteWriter:
    """Hands out the connection to one transaction after the other.

    Args:
        lock_timeout: Seconds; who has not had a turn after four times as long is told that it is busy.
    """

    def __init__(self, engine: AsyncEngine, *, lock_timeout: float) -> None:
        self._engine = engine
        self._lock_timeout = lock_timeout
        self._turn = asyncio.Lock()
        # Kept from one unit of work to the next: taking it from the pool costs as much as two statements.
        self.connection: AsyncConnection | None = None

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()
            self.connection = None

    @asynccontextmanager
    async def transaction(self, *, straight: bool) -> AsyncIterator[AsyncConnection]:
        """Rolled back unless it was committed.

        Args:
            straight: Begin it past SQLAlchemy; then `storage.link.commit` must end it.

        Raises:
            StorageBusy: It is out of reach, or nobody comes to an end.
        """
        await self._take_turn()
        try:
            connection = await self._connected()
            try:
                with busy_when_out_of_reach():
                    await _begin(connection, straight=straight)
                yield connection
            finally:
                await self._roll_back(connection)
        finally:
            self._turn.release()

    async def empty_log(self) -> bool:
        """Fold the write-ahead log back into the file and empty it. False: somebody reads from it just now."""
        await self._take_turn()
        try:
            driver = driver_of(await self._connected())
            with busy_when_out_of_reach():
                return driver is not None and await driver.empty_log(within=self._lock_timeout / 10)
        finally:
            self._turn.release()

    async def _take_turn(self) -> None:
        if not self._turn.locked():
            await self._turn.acquire()  # at once: nobody has it
            return
        try:
            async with asyncio.timeout(4 * self._lock_timeout):
                await self._turn.acquire()
        except TimeoutError:
            raise StorageBusy(reason="another unit of work is not coming to an end") from None

    async def _connected(self) -> AsyncConnection:
        if self.connection is None:
            connection = self._engine.connect()
            with busy_when_out_of_reach():
                await connection.start()
            self.connection = connection
        return self.connection

    async def _roll_back(self, connection: AsyncConnection) -> None:
        """Undo what was not committed; a connection that cannot do that is given up."""
        if not await roll_back(connection):
            self.connection = None
            await connection.close()


async def _begin(connection: AsyncConnection, *, straight: bool) -> None:
    driver = driver_of(connection) if straight else None
    if driver is None:
        await connection.begin()
    else:
        await driver.begin()
