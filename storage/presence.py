"""Which processes are alive: what a dead one had claimed is handed back at once, not when its lease runs out.

The same session says who leads what, and hears what the others tell (`storage.wire`).

Each opened database has a number of its own, and everything claimed through it carries that number. On PostgreSQL a lock of
the session says that the number is alive: the server gives it up the moment the process is gone, however it went. On
SQLite nothing needs saying: whoever holds the folder is the only one who claims.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from storage.claiming import claim_lock, is_state
from storage.link import Link
from storage.tables import inbox, outbox, subscriptions
from storage.trouble import busy_when_out_of_reach

PRESENCE = 20_260_105  # the first of the lock's two numbers: nobody else's locks are meant
_LEADERS = 20_260_108  # the same, for who leads what
_CHANNEL = "homthu"
_take = select(func.pg_try_advisory_lock(bindparam("space"), bindparam("number")))
_notify = select(func.pg_notify(bindparam("channel"), bindparam("news")))
_look = select(literal_column("1", BigInteger))
_locks = table(
    "pg_locks",
    column("locktype"),
    column("database"),
    column("classid"),
    column("objid"),
    column("objsubid"),
    column("granted"),
)

_company = (
    select(func.count())
    .select_from(_locks)
    .where(
        _locks.c.locktype == "advisory",
        _locks.c.granted,
        _locks.c.objsubid == literal_column("2"),
        cast(_locks.c.classid, BigInteger) == bindparam("space"),
        cast(_locks.c.database, BigInteger)
        == select(cast(column("oid"), BigInteger))
        .select_from(table("pg_database", column("oid"), column("datname")))
        .where(column("datname") == func.current_database())
        .scalar_subquery(),
    )
)


class Presence:
    """This process, as the others see it. `number` is unlike any other's: 31 random bits, which is what a lock holds.

    Args:
        hear: Called with what another process told; see `storage.wire`.
    """

    def __init__(self, hear: Callable[[str], None] | None = None) -> None:
        self.number = 1 + secrets.randbelow(2**31 - 1)
        self._hear = hear
        self._connection: AsyncConnection | None = None
        self._led: set[str] = set()
        self._turn = asyncio.Lock()  # one statement at a time, whoever asks
        self._pid = 0

    async def say(self, engine: AsyncEngine) -> None:
        """On PostgreSQL: take the lock and keep its session; take it again when the session was lost.

        Raises:
            StorageBusy: The server is out of reach.
        """
        async with self._turn:
            if self._connection is not None:
                try:
                    await self._connection.execute(_look)
                except Exception:  # whatever it is, this session is of no use; a new one shows whether the server is there
                    await self._end()
                else:
                    return
            async with self._given_up_when_broken():
                connection = engine.connect()
                await connection.start()
                self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await self._connection.execute(_take, {"space": PRESENCE, "number": self.number})
                await self._listen(self._connection)

    async def lead(self, name: str) -> bool:
        """Whether we lead that: nobody else does as long as our session lives. True again and again once it is.

        Raises:
            StorageBusy: The server is out of reach.
        """
        async with self._turn:
            if name in self._led:
                return True
            if self._connection is None:
                return False  # `say` will find a new session
            async with self._given_up_when_broken():
                place = {"space": _LEADERS, "number": crc32(name.encode()) >> 1}
                if await self._connection.scalar(_take, place):
                    self._led.add(name)
            return name in self._led

    async def company(self) -> int:
        """How many processes are alive, with us.

        Raises:
            StorageBusy: The server is out of reach.
        """
        async with self._turn:
            if self._connection is None:
                return 1
            async with self._given_up_when_broken():
                return max(1, int(await self._connection.scalar(_company, {"space": PRESENCE}) or 0))

    async def tell(self, news: str) -> None:
        """Let every other process hear it, if they can be reached; a hint may be lost."""
        async with self._turn:
            if self._connection is not None:
                with suppress(Exception):
                    async with self._given_up_when_broken():
                        await self._connection.execute(_notify, {"channel": _CHANNEL, "news": news})

    async def end(self) -> None:
        """Closing the session frees the lock, and what we led; a broken session has done so already."""
        async with self._turn:
            await self._end()

    @asynccontextmanager
    async def _given_up_when_broken(self) -> AsyncIterator[None]:
        """A session that broke once answers nothing any more: `say` finds a new one.

        Raises:
            StorageBusy: The server is out of reach.
        """
        try:
            with busy_when_out_of_reach():
                yield
        except Exception:
            await self._end()
            raise

    async def _end(self) -> None:
        connection, self._connection = self._connection, None
        self._led.clear()
        if connection is not None:
            with suppress(Exception):
                await connection.invalidate()
            await connection.close()

    async def _listen(self, connection: AsyncConnection) -> None:
        if self._hear is None:
            return
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None, "it is connected"
        self._pid = driver.get_server_pid()
        await driver.add_listener(_CHANNEL, self._heard)

    def _heard(self, _driver: object, pid: int, _channel: str, news: object) -> None:
        if pid != self._pid and self._hear is not None:
            self._hear(str(news))

    async def free_claims_of_the_dead(self, link: Link) -> int:
        """Hand back what processes that are gone had claimed; returns how many."""
        freed = 0
        for claims in (inbox, outbox):
            await claim_lock(link, claims.name)  # two who free at once would wait for each other's rows for ever
            freed += await link.run(_frees[link.is_postgres, claims.name], {"mine": f"{self.number}/"})
        # Under the outbox's lock: whose turn a neighbour is has none of its own.
        return freed + await link.run(_frees[link.is_postgres, subscriptions.name], {"mine": f"{self.number}/"})


async def others_at_work(connection: AsyncConnection) -> bool:
    """On PostgreSQL: whether a process says that it is alive on this very database."""
    return bool(await connection.scalar(_company, {"space": PRESENCE}))


def _free(claims: Table, *, is_postgres: bool) -> Update:
    is_gone: ColumnElement[bool] = ~claims.c.owner.startswith(bindparam("mine", type_=Text))
    if is_postgres:
        is_gone &= ~_is_alive(claims)
    claimed: ColumnElement[bool] = claims.c.leased_until.is_not(None)
    if claims is not subscriptions:
        claimed &= is_state("waiting", claims)
    return update(claims).where(claimed, is_gone).values(owner="", leased_until=None)


def _is_alive(claims: Table) -> ColumnElement[bool]:
    """Does a session hold the lock of the number that the owner's name begins with?"""
    number = func.split_part(claims.c.owner, "/", 1)
    return (
        select(literal_column("1"))
        .where(
            _locks.c.locktype == "advisory",
            _locks.c.granted,
            _locks.c.objsubid == literal_column("2"),  # a lock of two numbers
            cast(_locks.c.classid, BigInteger) == PRESENCE,
            cast(_locks.c.objid, Text) == number,
        )
        .exists()
    )


# Made once: somebody looks every two seconds.
_frees = {
    (is_postgres, claims.name): _free(claims, is_postgres=is_postgres)
    for is_postgres in (False, True)
    for claims in (inbox, outbox, subscriptions)
}
