"""Takes what was erased out of the files themselves: nobody who carries them away finds a destroyed key in them.

SQLite overwrites what is deleted (`secure_delete`), but the write-ahead log still holds the pages of before: it is folded
back and emptied. PostgreSQL only marks a row as dead: the tables of keys, which are small, are written anew without such
rows. What lies outside the database's own files (its log, archives of it, backups) keeps what it held: see SECURITY.md.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.tables import case_keys, resident_keys
from storage.trouble import busy_when_out_of_reach

WIPES_EVERY = 600.0  # seconds at least, on PostgreSQL: some tenths of a second in which no key can be read
_WAITS = "200ms"  # for the tables: whoever wants a key waits behind us
_TABLES = (case_keys.name, resident_keys.name)

_DEAD = text("SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables WHERE relname = ANY(:names)")


async def has_dead_rows(connection: AsyncConnection) -> bool:
    """Whether a process before us left some, on PostgreSQL, as far as the server knows."""
    return bool((await connection.execute(_DEAD, {"names": list(_TABLES)})).scalar())


async def write_keys_anew(engine: AsyncEngine) -> None:
    """On PostgreSQL. A role that may not do so is passed over by the server: then its owner's own care is what counts.

    Raises:
        StorageBusy: Somebody uses the tables just now.
    """
    with busy_when_out_of_reach():
        async with engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(f"SET lock_timeout = '{_WAITS}'"))
            try:
                for name in _TABLES:
                    await connection.execute(text(f"VACUUM (FULL) {name}"))
            finally:
                await connection.execute(text("RESET lock_timeout"))
