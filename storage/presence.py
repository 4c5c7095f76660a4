"""Which processes are alive: what a dead one had claimed is handed back at once, not when its lease runs out.

Each opened database has a number of its own, and everything claimed through it carries that number. On PostgreSQL a lock of
the session says that the number is alive: the server gives it up the moment the process is gone, however it went. On
SQLite nothing needs saying: whoever holds the folder is the only one who claims.
"""

import secrets
from contextlib import suppress

from sqlalchemy import Boolean, Table, Update, literal_column, not_, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from storage.claiming import is_state
from storage.link import Link
from storage.tables import inbox, outbox
from storage.trouble import busy_when_out_of_reach

_SPACE = 20_260_105  # the first of the lock's two numbers: nobody else's locks are meant
_take = text("SELECT pg_try_advisory_lock(:space, :number)")
_is_held = (
    "EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    f" AND classid = {_SPACE} AND objid::text = split_part({{table}}.owner, '/', 1)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


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
        with busy_when_out_of_reach():
            if self._connection is not None and self._connection.invalidated:
                await self.end()
            if self._connection is None:
                connection = engine.connect()
                await connection.start()
                self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await self._connection.execute(_take, {"space": _SPACE, "number": self.number})
            await self._connection.execute(text("SELECT 1"))

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


def _free(table: Table, mine: int, is_postgres: bool) -> Update:
    is_gone: ColumnElement[bool] = ~table.c.owner.startswith(f"{mine}/")
    if is_postgres:
        is_gone &= not_(literal_column(_is_held.format(table=table.name), Boolean))
    claimed = is_state("waiting", table) & table.c.leased_until.is_not(None)
    return update(table).where(claimed, is_gone).values(owner="", leased_until=None)
