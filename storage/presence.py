"""Which processes are alive: what a dead one had claimed is handed back at once, not when its lease runs out.

Each opened database has a number of its own, and everything claimed through it carries that number. On PostgreSQL a lock of
the session says that the number is alive: the server gives it up the moment the process is gone, however it went. On
SQLite nothing needs saying: whoever holds the folder is the only one who claims.
"""

import secrets
from contextlib import suppress

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

from storage.claiming import is_state
from storage.link import Link
from storage.tables import inbox, outbox
from storage.trouble import busy_when_out_of_reach

PRESENCE = 20_260_105  # the first of the lock's two numbers: nobody else's locks are meant
_take = select(func.pg_try_advisory_lock(bindparam("space"), bindparam("number")))
_look = select(literal_column("1", BigInteger))
_locks = table("pg_locks", column("locktype"), column("classid"), column("objid"), column("objsubid"), column("granted"))


class Presence:
    """This process, as the others see it. `number` is unlike any other's: 31 random bits, which is what a lock holds."""

    def __init__(self) -> None:
        self.number = 1 + secrets.randbelow(2**31 - 1)
        self._connection: AsyncConnection | None = None

    async def say(self, engine: AsyncEngine) -> None:
        """On PostgreSQL: take the lock and keep its session; take it again when the session was lost.

        Raises:
            StorageBusy: The server is out of reach.
        """
        if self._connection is not None:
            try:
                await self._connection.execute(_look)
            except Exception:  # whatever it is, this session is of no use; a new one shows whether the server is there
                await self.end()
            else:
                return
        with busy_when_out_of_reach():
            connection = engine.connect()
            await connection.start()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await self._connection.execute(_take, {"space": PRESENCE, "number": self.number})

    async def end(self) -> None:
        """Closing the session frees the lock; a broken session has done so already."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                await connection.invalidate()
            await connection.close()

    async def free_claims_of_the_dead(self, link: Link) -> int:
        """Hand back what processes that are gone had claimed; returns how many."""
        return sum([await link.run(_free(table, self.number, link.is_postgres)) for table in (inbox, outbox)])


def _free(claims: Table, mine: int, is_postgres: bool) -> Update:
    is_gone: ColumnElement[bool] = ~claims.c.owner.startswith(f"{mine}/")
    if is_postgres:
        is_gone &= ~_is_alive(claims)
    claimed = is_state("waiting", claims) & claims.c.leased_until.is_not(None)
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
