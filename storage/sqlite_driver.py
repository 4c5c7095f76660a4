"""A connection to SQLite that SQLAlchemy's aiosqlite dialect can drive, without a change of threads per statement.

aiosqlite hands every cursor, statement, fetch and close to a thread of its own; each hand-over costs more processor time
than the statement. Here the writer's statements run at once in the event loop: inside `BEGIN IMMEDIATE` none of them can
wait for a lock or for the disk's sync, and each is a step through an index. What can wait leaves the loop: a lock by
asking again, COMMIT (it syncs) and every statement of a reader by one hand-over to a thread.

Made for `create_async_engine(async_creator=…)`; offers what that dialect uses of an aiosqlite connection and no more.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from time import monotonic
from typing import Any, Self, TypeVar

T = TypeVar("T")

LOCK_RETRY = 0.005  # seconds between two attempts to get the write lock from another process


class Cursor:
    """One statement and all of its rows."""

    def __init__(self, connection: "SqliteConnection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Self:
        await self._connection.run(statement, self._execute, statement, values)
        return self

    async def executemany(self, statement: str, values: Sequence[Sequence[Any]]) -> Self:
        await self._connection.run(statement, self._execute_many, statement, values)
        return self

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """The rows were read at once, so nothing is open."""

    def _execute(self, statement: str, values: Sequence[Any]) -> None:
        found = self._connection.sqlite.execute(statement, values)
        self.description = found.description
        self.lastrowid = found.lastrowid
        self._rows = found.fetchall() if found.description else ()
        self.rowcount = found.rowcount
        found.close()

    def _execute_many(self, statement: str, values: Sequence[Sequence[Any]]) -> None:
        found = self._connection.sqlite.executemany(statement, values)
        self.rowcount = found.rowcount
        found.close()


class SqliteConnection:
    """One connection; used by one task at a time, as SQLAlchemy's pool sees to.

    Args:
        path: The database file.
        threads: Where waiting is done; may be shared by several connections.
        in_loop: Run statements at once (the writer); otherwise each goes to a thread (readers).
        lock_timeout: Seconds to wait for the write lock of another process.
    """

    def __init__(self, path: str, *, threads: Executor, in_loop: bool, lock_timeout: float) -> None:
        self.sqlite = sqlite3.connect(
            path,
            timeout=0 if in_loop else lock_timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        self._threads = threads
        self._in_loop = in_loop
        self._lock_timeout = lock_timeout
        self._connection: sqlite3.Connection | None = self.sqlite  # the dialect rolls back only while this is set

    def cursor(self) -> Cursor:
        return Cursor(self)

    async def run(self, statement: str, work: Callable[..., None], *values: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            await self._lock(work, *values)
        elif self._in_loop or statement == "BEGIN":  # a plain BEGIN takes no lock yet
            work(*values)
        else:
            await self._in_thread(work, *values)

    async def commit(self) -> None:
        if self.sqlite.in_transaction:
            await self._in_thread(self.sqlite.execute, "COMMIT")

    async def rollback(self) -> None:
        if self.sqlite.in_transaction:
            self.sqlite.execute("ROLLBACK")

    async def create_function(self, *values: Any, **options: Any) -> None:
        self.sqlite.create_function(*values, **options)

    async def close(self) -> None:
        if self._connection is not None:
            self._connection = None
            await self._in_thread(self.sqlite.close)

    def stop(self) -> None:
        """Close at once, from anywhere: SQLAlchemy's last resort when the loop is gone."""
        if self._connection is not None:
            self._connection = None
            self.sqlite.close()

    async def _lock(self, work: Callable[..., None], *values: Any) -> None:
        give_up = monotonic() + self._lock_timeout
        while True:
            try:
                return work(*values)
            except sqlite3.OperationalError as busy:
                if (busy.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or monotonic() >= give_up:
                    raise
            await asyncio.sleep(LOCK_RETRY)

    async def _in_thread(self, work: Callable[..., T], *values: Any) -> T:
        """Run it in a thread and stay until it is done, also when cancelled: the connection must not be used meanwhile."""
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, *values)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            while not running.done():
                try:
                    await asyncio.wait([running])
                except asyncio.CancelledError:
                    continue
            if not running.cancelled():
                running.exception()  # looked at, so that asyncio does not complain of it
            raise
