"""`storage.Database` over a simulated disk: its own transactions, statements and claims, without a file and a pool.

The engines are made once, because what SQLAlchemy compiled is kept with them; a connection belongs to one process.
"""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, bindparam, event, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.bell import Bell
from storage import Database
from storage import engine as engines
from storage.claiming import is_state
from storage.link import Link
from storage.readers import SqliteReaders
from storage.sqlite_writer import SqliteWriter
from storage.tables import inbox, outbox
from storage.trouble import busy_when_out_of_reach
from tests.deterministic.disk import Disk, SimulatedSqlite

_CONNECT: ContextVar[Callable[[bool], SimulatedSqlite]] = ContextVar("connect")

_free = [
    update(table)
    .where(is_state("waiting", table), table.c.leased_until.is_not(None), table.c.owner.startswith(bindparam("dead")))
    .values(owner="", leased_until=None)
    for table in (inbox, outbox)
]


@cache
def _engine(in_loop: bool) -> AsyncEngine:
    async def connect(*_: Any, **__: Any) -> SimulatedSqlite:
        return _CONNECT.get()(in_loop)

    engine = create_async_engine(
        "sqlite+aiosqlite://", async_creator=connect, poolclass=NullPool, hide_parameters=True, pool_reset_on_return=None
    )

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, SimulatedSqlite)
        if not driver.is_in_transaction:  # else `storage.database` began it
            connection.exec_driver_sql("BEGIN")

    return engine


class _Writer(SqliteWriter):
    """The same, of which it is known what it opened."""

    def __init__(self, engine: AsyncEngine, opened: list[AsyncConnection]) -> None:
        super().__init__(engine, lock_timeout=engines.LOCK_TIMEOUT)
        self._opened = opened

    async def _connected(self) -> AsyncConnection:
        is_new = self.connection is None
        found = await super()._connected()
        if is_new:
            self._opened.append(found)
        return found


class _Readers(SqliteReaders):
    """That say which connections they opened."""

    def __init__(self, engine: AsyncEngine, opened: list[AsyncConnection]) -> None:
        super().__init__(engine, most=engines.READERS, timeout=engines.LOCK_TIMEOUT)
        self._opened = opened

    async def _connect(self) -> AsyncConnection:
        found = await super()._connect()
        self._opened.append(found)
        return found


@dataclass
class Company:
    """What PostgreSQL's sessions know of the processes: which are gone, and who leads what."""

    dead: list[int] = field(default_factory=list)
    _leaders: dict[str, int] = field(default_factory=dict)

    def lead(self, name: str, number: int) -> bool:
        """Whether this one leads; nobody takes it over from one that lives."""
        if self._leaders.get(name, number) in (number, *self.dead):
            self._leaders[name] = number
        return self._leaders[name] == number


class SimulatedDatabase(Database):
    """The database as one process sees it.

    Args:
        number: The process, unlike any other of this seed.
        company: Who else there is, where several share the disk as on PostgreSQL. None: there is only one at a time, and
            whatever another has claimed is free.
    """

    def __init__(self, disk: Disk, bell: Bell, *, number: int, company: Company | None) -> None:
        super().__init__("", data_dir=Path("nowhere"), bell=bell)
        self.bell = bell
        self._presence.number = number
        self._disk = disk
        self._company = company
        self._seen_dead: set[int] = set()
        self.connections: list[SimulatedSqlite] = []
        self._opened: list[AsyncConnection] = []

    async def open(self, *, migrate: bool = True) -> None:
        _CONNECT.set(self._connect)
        self._writers, self._readers = _engine(True), _engine(False)
        self._writer = _Writer(self._writers, self._opened)
        self._kept = _Readers(self._readers, self._opened)
        await self.free_claims_of_the_dead()

    async def lead(self, name: str) -> bool:
        await asyncio.sleep(0)
        return self._company is None or self._company.lead(name, self._presence.number)

    def killed(self) -> None:
        for driver in self.connections:
            driver.killed()
        for connection in self._opened:
            if connection.sync_connection is not None and not connection.closed and not connection.invalidated:
                connection.sync_connection.detach()  # or the collector of garbage would want to close it some day

    def is_writing(self, task: object) -> bool:
        """Whether this task has a transaction open."""
        return any(connection.task is task for connection in self.connections)

    async def free_claims_of_the_dead(self) -> int:
        if self._company is None:
            return await super().free_claims_of_the_dead()
        freed = 0
        for number in sorted(set(self._company.dead) - self._seen_dead):
            async with self._transaction() as connection:
                link = Link(connection)
                freed += sum([await link.run(statement, {"dead": f"{number}/"}) for statement in _free])
                with busy_when_out_of_reach():
                    await connection.commit()
            self._seen_dead.add(number)
        return freed

    def _connect(self, in_loop: bool) -> SimulatedSqlite:
        made = SimulatedSqlite(self._disk, in_loop=in_loop)
        self.connections.append(made)
        return made
