"""What a database needs once it has come back from a backup: time has passed that it knows nothing of.

Sessions end; what a process had in hand is nobody's; replies that waited may have been sent since, so they are held for an
operator and not sent in a flood. What was forgotten since is forgotten again: found here, done by `bot.services.erase`.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.capabilities import channels_where
from bot.domain.case import Case
from bot.domain.people import Address, Channel, ResidentId
from bot.domain.reply import HELD_AFTER_RESTORE
from storage.case_rows import case_from
from storage.saving.apart import Line, is_resident
from storage.tables import (
    addresses,
    cases,
    half_sessions,
    identities,
    inbox,
    outbox,
    presences,
    resident_keys,
    sessions,
)
from storage.types import Id

_SENT_OUT = [channel.value for channel in channels_where(reaches_resident=True, is_own_page=False)]
_by_code = select(cases).where(cases.c.code == bindparam("code"))
_addresses_of = select(addresses.c.channel, addresses.c.external_id).where(
    addresses.c.resident_id == bindparam("id", type_=Id)
)
_without_key = select(identities.c.resident_id).where(
    identities.c.sealed.startswith("~k"),
    ~select(resident_keys.c.resident_id).where(resident_keys.c.resident_id == identities.c.resident_id).exists(),
)
_hold = (
    update(outbox)
    .where(outbox.c.state == "waiting", outbox.c.channel.in_(_SENT_OUT))
    .values(state="failed", error=HELD_AFTER_RESTORE, finished_at=bindparam("now"), owner="", leased_until=None, due_at=None)
)
_take = update(outbox).where(outbox.c.state == "waiting").values(owner="", leased_until=None)  # a page reads these from here
_let_go = update(inbox).where(inbox.c.state == "waiting").values(owner="", leased_until=None)


async def end_sessions(connection: AsyncConnection) -> int:
    """Everybody signs in again; returns how many sessions there were."""
    for table in (half_sessions, presences):
        await connection.execute(delete(table))
    return int((await connection.execute(delete(sessions))).rowcount)


async def hold_replies(connection: AsyncConnection, now: datetime) -> int:
    """Put what waited aside, for an operator to send or to drop; returns how many. Updates wait on, in nobody's hands."""
    await connection.execute(_let_go)
    held = int((await connection.execute(_hold, {"now": now})).rowcount)
    await connection.execute(_take)
    return held


async def cases_of_lines(connection: AsyncConnection, lines: list[Line], what: str) -> list[tuple[Case, Line]]:
    """Those of these lines whose case came back with its words."""
    found = []
    for line in lines:
        if line["what"] == what and (row := (await connection.execute(_by_code, {"code": line["code"]})).first()):
            case = case_from(row)
            if case.erased_at is None and row.faded_at is None:
                found.append((case, line))
    return found


async def addresses_of_nobody(connection: AsyncConnection, lines: list[Line]) -> list[Address]:
    """Addresses that came back and whose residents were forgotten since."""
    found = []
    for line in lines:
        if line["what"] == "nobody" and await is_resident(connection, line):
            rows = (await connection.execute(_addresses_of, {"id": line["id"]})).all()
            found += [Address(Channel(row.channel), row.external_id) for row in rows]
    return found


async def contacts_without_key(connection: AsyncConnection) -> list[ResidentId]:
    """Residents who took back how they are reached: the key is gone, what it closed came back."""
    return [ResidentId(number) for number in (await connection.execute(_without_key)).scalars()]
