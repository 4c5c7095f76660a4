"""What outlives a process: SQLite in memory, the real schema and the real SQL, of which only commits remain.

One connection of SQLite's stands for the disk; one transaction at a time has it, as with `BEGIN IMMEDIATE`, and the others
ask again as they would for a lock. The product's own driver runs on it; its threads are replaced by one step of the loop,
before and after which a process can die. Faults come in where a disk or a server has them: at the lock, at a statement,
before a commit was done, and after.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from storage.sqlite_driver import SqliteConnection
from tests.databases import sqlite_template

Done = TypeVar("Done")

LOCK_TIMEOUT = 5.0  # seconds
LOCK_RETRY = 0.05  # seconds; the driver asks ten times as often, which would only be more steps of the same


class DiskFaults:
    """What may go wrong with storage; `faults` decides. This one: nothing."""

    def statement(self) -> str:
        """The name of SQLite's error that this statement fails with; empty: none."""
        return ""

    def commit(self) -> str:
        """ "before": it fails, and nothing was kept. "unknown": it is kept, and reported as failed. Empty: it is done."""
        return ""

    def commit_delay(self) -> float:
        """Seconds that a commit takes."""
        return 0.0


@dataclass
class Disk:
    """The storage of one seed.

    Args:
        faults: Asked at every statement and commit.
        told: Hears of every commit that was kept.
    """

    faults: DiskFaults
    told: Callable[["Disk"], None]
    sqlite: sqlite3.Connection = field(init=False)
    holder: "SimulatedSqlite | None" = None
    locked_until: float = 0.0  # by a process of somebody else's, in the loop's seconds
    commits: int = 0

    def __post_init__(self) -> None:
        self.sqlite = _sqlite()
        self.sqlite.execute("BEGIN")

    def end(self) -> None:
        """Everything of this seed is forgotten."""
        self.sqlite.execute("ROLLBACK")

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """What is committed, for whoever checks."""
        assert self.holder is None, "somebody is writing"
        return self.sqlite.execute(statement, values).fetchall()


@cache
def _sqlite() -> sqlite3.Connection:
    """The schema, with everything that a new database holds; made once, and so are its prepared statements.

    A seed lives in a transaction around its own, which are savepoints in it; at its end that one is rolled back. What is
    kept and undone is the same, and a seed costs a third less than with a copy of the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = sqlite3.connect(sqlite_template(Path(folder)))
        made.execute("PRAGMA journal_mode=DELETE")  # what lies in memory has no log beside it
        found = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=512)
        found.deserialize(made.serialize())
        made.close()
    found.execute("PRAGMA foreign_keys=ON")
    for [index] in found.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE '%UNIQUE%'"
    ).fetchall():
        found.execute(f"DROP INDEX {index}")  # a few rows are found without, and each costs at every write
    return found


def trouble(name: str) -> sqlite3.OperationalError:
    """SQLite's error of this name."""
    error = sqlite3.OperationalError(f"simulated: {name}")
    error.sqlite_errorcode, error.sqlite_errorname = getattr(sqlite3, name), name
    return error


class SimulatedSqlite(SqliteConnection):
    """The driver over a disk. Readers and writers differ only in what they give way to."""

    def __init__(self, disk: Disk, *, in_loop: bool) -> None:
        self.disk = disk
        self.sqlite = disk.sqlite
        self.seen, self.kept = WeakKeyDictionary(), {}
        self.task: asyncio.Task[Any] | None = None  # that has a transaction open
        self._in_loop = in_loop
        self._lock_timeout = LOCK_TIMEOUT
        self._connection = disk.sqlite

    @property
    def is_in_transaction(self) -> bool:
        return self.disk.holder is self

    def killed(self) -> None:
        """Its process is gone: what it had not committed is undone."""
        self._undo()
        self._connection = self.task = None  # nothing that is still done on the way out reaches anything

    def run_at_once(self, statement: str, values: Sequence[Any]) -> tuple[Sequence[Any], int]:
        self._check()
        return super().run_at_once(statement, values)

    async def begin(self) -> None:
        await self._take_disk()

    async def run(self, statement: str, work: Callable[..., None], *values: Any) -> None:
        if statement == "BEGIN":
            await self._take_disk()
            return
        if not statement.startswith("PRAGMA"):  # which SQLAlchemy asks before it ever begins
            self._check()
        work(*values)

    async def commit(self) -> None:
        if not self.is_in_transaction:
            return
        faults = self.disk.faults
        await asyncio.sleep(faults.commit_delay())
        what = faults.commit()
        if what == "before":
            raise trouble("SQLITE_FULL")
        self.sqlite.execute("RELEASE one")
        self.disk.holder = self.task = None
        self.disk.commits += 1
        self.disk.told(self.disk)
        await asyncio.sleep(0)
        if what == "unknown":
            raise trouble("SQLITE_IOERR")

    async def create_function(self, *values: Any, **options: Any) -> None:
        """No statement uses SQLAlchemy's `regexp`, and each one would have to be prepared again."""

    async def rollback(self) -> None:
        self._undo()

    async def close(self) -> None:
        self._undo()
        self._connection = None

    def stop(self) -> None:
        self._undo()
        self._connection = None

    def _undo(self) -> None:
        if self.is_in_transaction:
            self.sqlite.execute("ROLLBACK TO one")
            self.sqlite.execute("RELEASE one")
            self.disk.holder = self.task = None

    def _check(self) -> None:
        if self._connection is None:
            raise trouble("SQLITE_IOERR")  # its process is dead
        assert self.is_in_transaction, "a statement outside a transaction"
        if name := self.disk.faults.statement():
            raise trouble(name)

    async def _take_disk(self) -> None:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._lock_timeout
        while self.disk.holder is not None or loop.time() < self.disk.locked_until:
            if loop.time() >= give_up:
                raise trouble("SQLITE_BUSY")
            await asyncio.sleep(LOCK_RETRY)
        if self._connection is None:
            raise trouble("SQLITE_IOERR")
        self.sqlite.execute("SAVEPOINT one")
        self.disk.holder = self
        self.task = asyncio.current_task()

    async def _in_thread(self, work: Callable[..., Done], *values: Any) -> Done:
        await asyncio.sleep(0)
        return work(*values)
