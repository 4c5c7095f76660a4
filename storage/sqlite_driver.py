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
from queue import SimpleQueue
from threading import Thread
from typing import Any, Self, TypeVar
from weakref import WeakKeyDictionary

LOCK_RETRY = 0.005  # seconds between two attempts to get the write lock from another process

Done = TypeVar("Done")


class Worker:
    """A thread that does one thing after the other. Half the cost of an executor, whose futures are made twice."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._thread: Thread | None = None

    def do(self, work: Callable[..., Done], *values: Any) -> asyncio.Future[Done]:
        """A future of its result; cancelling the future does not stop the work."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="sqlite", daemon=True)
            self._thread.start()
        done = asyncio.get_running_loop().create_future()
        self._jobs.put((done, work, values))
        return done

    def stop(self) -> None:
        """End the thread once it has done what it was given."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread = None

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            done, work, values = job
            try:
                tell: tuple[Callable[..., Any], Any] = (_succeed, work(*values))
            except BaseException as error:
                tell = (_fail, error)
            loop = done.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell[0], done, tell[1])


def _succeed(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


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
        in_loop: Run statements at once (the writer); otherwise each goes to a thread (readers).
        lock_timeout: Seconds to wait for the write lock of another process.
    """

    def __init__(self, path: str, *, in_loop: bool, lock_timeout: float) -> None:
        self.sqlite = sqlite3.connect(
            path,
            timeout=0 if in_loop else lock_timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        self.seen: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # what `storage.straight` prepared for this database
        self.kept: dict[tuple[Any, tuple[str, ...]], Any] = {}  # and of that, what it found worth keeping
        self._worker = Worker()
        self._in_loop = in_loop
        self._lock_timeout = lock_timeout
        self._connection: sqlite3.Connection | None = self.sqlite  # the dialect rolls back only while this is set

    @property
    def runs_in_loop(self) -> bool:
        """The writer: its statements are over at once."""
        return self._in_loop

    def cursor(self) -> Cursor:
        return Cursor(self)

    def run_at_once(self, statement: str, values: Sequence[Any]) -> tuple[Sequence[Any], int]:
        """A statement inside the writer's open transaction: its rows, and how many it touched."""
        found = self.sqlite.execute(statement, values)
        rows = found.fetchall() if found.description else ()
        return rows, found.rowcount

    async def run_aside(self, statement: str, values: Sequence[Any]) -> tuple[Sequence[Any], int]:
        """The same for a reader, who may wait for the disk."""
        return await self._in_thread(self.run_at_once, statement, values)

    async def run_each_aside(self, statement: str, values: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        """The rows for each set of values."""

        def run_each() -> list[Sequence[Any]]:
            return [self.run_at_once(statement, one)[0] for one in values]

        return await self._in_thread(run_each)

    async def begin(self) -> None:
        """A transaction past SQLAlchemy, whose own way to a BEGIN takes longer than SQLite's whole statement."""
        if self._in_loop:
            await self._lock(self.sqlite.execute, "BEGIN IMMEDIATE")
        else:
            self.sqlite.execute("BEGIN")  # takes no lock yet

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

    async def empty_log(self, *, within: float) -> bool:
        """Fold the write-ahead log into the file and leave nothing of it; outside a transaction, by whoever may checkpoint.

        Args:
            within: Seconds to wait for those who read from the log; they go on reading from the file.

        Returns:
            False while somebody still reads from it.
        """

        def empty() -> bool:
            self.sqlite.execute(f"PRAGMA busy_timeout = {int(within * 1000)}")
            try:
                [is_busy, *_] = self.sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self.sqlite.execute("PRAGMA busy_timeout = 0")
            return not is_busy

        return await self._in_thread(empty)

    async def create_function(self, *values: Any, **options: Any) -> None:
        self.sqlite.create_function(*values, **options)

    async def close(self) -> None:
        if self._connection is not None:
            self._connection = None
            try:
                await self._in_thread(self.sqlite.close)
            finally:
                self._worker.stop()

    def stop(self) -> None:
        """Close at once, from anywhere: SQLAlchemy's last resort when the loop is gone."""
        if self._connection is not None:
            self._connection = None
            self.sqlite.close()
            self._worker.stop()

    async def _lock(self, work: Callable[..., Any], *values: Any) -> None:
        now = asyncio.get_running_loop().time
        give_up = now() + self._lock_timeout
        while True:
            try:
                work(*values)
                return
            except sqlite3.OperationalError as busy:
                if (busy.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or now() >= give_up:
                    raise
            await asyncio.sleep(LOCK_RETRY)

    async def _in_thread(self, work: Callable[..., Done], *values: Any) -> Done:
        """Have the thread do it, and stay until it is done, also when cancelled: nobody may use the connection meanwhile."""
        done = self._worker.do(work, *values)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            while not done.done():
                try:
                    await asyncio.wait([done])
                except asyncio.CancelledError:
                    continue  # cancelled again; we raise it below anyway
            if not done.cancelled():
                done.exception()  # looked at, so that asyncio does not complain of it
            raise
