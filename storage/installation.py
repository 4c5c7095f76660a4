"""The keys of an installation: made at its first start, unwrapped at every start, wrapped anew with a new secret key."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from bot.errors import NotOurSeal
from bot.ports.sealing import KeyPurpose, MasterKey
from storage.link import Link, by_engine
from storage.tables import case_keys, resident_keys, vault_keys
from storage.types import Id

PORTION = 1000  # keys wrapped anew at a time

_all = select(vault_keys.c.purpose, vault_keys.c.wrapped)
_add = by_engine(lambda insert_into: insert_into(vault_keys).on_conflict_do_nothing(index_elements=["purpose"]))


async def keys_of(link: Link, master: MasterKey) -> dict[KeyPurpose, bytes]:
    """Every key; those that are missing are made.

    Raises:
        NotOurSeal: They were wrapped under another secret key.
    """
    found = await _wrapped_keys(link)
    missing = [purpose for purpose in KeyPurpose if purpose.value not in found]
    for purpose in missing:
        new = {"purpose": purpose.value, "wrapped": master.wrap(master.first_key(purpose)), "made_at": datetime.now(UTC)}
        await link.run(_add, new)
    if missing:
        found = await _wrapped_keys(link)  # another process may have been first
    return {purpose: master.unwrap(found[purpose.value]) for purpose in KeyPurpose}


async def wrap_anew(link: Link, old: MasterKey, new: MasterKey) -> int:
    """Wrap every key under the new secret key, in the transaction that is open; returns how many.

    The caller commits: killed before, nothing has changed. Where all is done already, nothing is done.

    Raises:
        NotOurSeal: They are wrapped under neither.
    """
    if await _is_under(link, new):
        return 0
    done = 0
    for table in (vault_keys, case_keys, resident_keys):
        done += await _wrap_table(link, table, old, new)
    return done


async def _is_under(link: Link, master: MasterKey) -> bool:
    try:
        for wrapped in (await _wrapped_keys(link)).values():
            master.unwrap(wrapped)
    except NotOurSeal:
        return False
    return True


async def _wrap_table(link: Link, table: Table, old: MasterKey, new: MasterKey) -> int:
    [place] = table.primary_key.columns.values()
    first = select(place, table.c.wrapped).order_by(place).limit(bindparam("most", type_=Id))
    after = first.where(place > bindparam("after", type_=place.type))
    put = update(table).where(place == bindparam("place", type_=place.type)).values(wrapped=bindparam("again"))
    done = 0
    rows: Sequence[Any] = await link.rows(first, {"most": PORTION})
    while rows:
        again = [{"place": row[0], "again": new.wrap(old.unwrap(row[1]))} for row in rows]
        await link.run(put, again)
        done += len(rows)
        rows = await link.rows(after, {"after": rows[-1][0], "most": PORTION})
    return done


async def _wrapped_keys(link: Link) -> dict[str, str]:
    return {row.purpose: row.wrapped for row in await link.rows(_all)}
