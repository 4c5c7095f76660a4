"""SQLite's connections that only read: a few, kept from one unit of work to the next, each for one task at a time.

Taking a connection from SQLAlchemy's pool, beginning and giving it back takes longer than the one statement that many a
reader wants. So they are taken once; a transaction is begun and ended at the driver.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageBusy
from storage.link import driver_of, roll_back
from storage.trouble import busy_when_out_of_reach


class SqliteReaders:
    """As many as the engine's pool holds.

    Args:
        most: Transactions at the same moment.
        timeout: Seconds to wait for one of them to end, before StorageBusy.
    """

    def __init__(self, engine: AsyncEngine, *, most: int, timeout: float) -> None:
        self._engine = engine
        self._timeout = timeout
        self._turns = asyncio.Semaphore(most)
        self._idle: list[AsyncConnection] = []
        self._is_closed = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one moment, from its first statement on."""
        await self._take_turn()
        try:
            connection = self._idle.pop() if self._idle else await self._connect()
            try:
                if driver := driver_of(connection):
                    with busy_when_out_of_reach():
                        await driver.begin()
                yield connection
            finally:
                await self._give_back(connection)
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Those in use are closed when they are given back."""
        self._is_closed = True
        while self._idle:
            await self._idle.pop().close()
        await self._engine.dispose()

    async def _take_turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()  # at once
            return
        try:
            async with asyncio.timeout(self._timeout):
                await self._turns.acquire()
        except TimeoutError:
            raise StorageBusy(reason="no reader comes to an end") from None

    async def _connect(self) -> AsyncConnection:
        connection = self._engine.connect()
        with busy_when_out_of_reach():
            await connection.start()
        return connection

    async def _give_back(self, connection: AsyncConnection) -> None:
        if await roll_back(connection) and not self._is_closed:
            self._idle.append(connection)
        else:
            await asyncio.shield(connection.close())
