"""What the inbox and the outbox share: only one process at a time chooses what to work on next."""

from sqlalchemy import String, Table, bindparam, func, literal_column, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from storage.link import Link

_LOCKS = {
    "inbox": 20_260_101,
    "outbox": 20_260_102,
    "audit": 20_260_103,
    "migrations": 20_260_104,
    "notices": 20_260_105,
    "calendar": 20_260_106,
    "moving": 20_260_107,
    "keys": 20_260_109,
}
_take = select(func.pg_advisory_xact_lock(bindparam("number")))
_share = select(func.pg_advisory_xact_lock_shared(bindparam("number")))


async def claim_lock(link: Link, name: str) -> None:
    """Wait for our turn, on PostgreSQL; given back with the transaction. SQLite has one writer anyway.

    Without it two processes that look at the same moment could take two rows of one address: each sees the other's row
    as free, because neither has committed. `SKIP LOCKED` alone guards a row, not an address.
    """
    if link.is_postgres:
        await link.run(_take, {"number": _LOCKS[name]})


async def share_lock(link: Link, name: str) -> None:
    """Beside others who share it; whoever claims it is waited for."""
    if link.is_postgres:
        await link.run(_share, {"number": _LOCKS[name]})


def lock_number(name: str) -> int:
    return _LOCKS[name]


def at_address(table: Table | FromClause) -> tuple[ColumnElement[bool], ...]:
    """`channel` and `external_id` as bound by those names; the mail of one address.

    Joined to nothing: compared as it is, SQLite would take the channel for what decides whether an index of one channel's
    rows may be used, and plan the statement anew each time it is run. That takes ten times as long as to run it.
    """
    channel = bindparam("channel", type_=String).concat(literal_column("''"))
    return table.c.channel == channel, table.c.external_id == bindparam("external_id")


def is_state(state: str, table: Table | FromClause) -> ColumnElement[bool]:
    """`state = '…'`, written out and not bound: an engine uses a partial index only when it sees the value."""
    return table.c.state == literal_column(f"'{state}'")
