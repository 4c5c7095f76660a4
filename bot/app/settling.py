"""What follows on a restore, in the transaction that brought the tables back: keys, sessions, replies, the forgotten.

Nobody's conversation is lost by it: updates that were kept and not handled are handled now, and what Telegram brings again
is known by its id. A code is drawn at random from 2^40, so one that was given out after the backup is not given out again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.privacy import Purpose
from bot.errors import NotOurSeal, SettingsError
from bot.services.erase import erase_once_more, forget_resident
from bot.vault import SecretMasterKey
from storage.database import WRONG_KEY
from storage.installation import keys_of
from storage.link import Link
from storage.saving import apart, settling
from storage.unit_of_work import SqlUnitOfWork
from storage.vaults import give_vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many: sessions that were ended, replies that are held, cases and residents that were forgotten once more."""

    sessions: int
    held: int
    erased: int


async def settle(
    connection: AsyncConnection, master: SecretMasterKey, lines: list[apart.Line], *, made_at: datetime, now: datetime
) -> Settled:
    """All of it; the caller commits.

    Args:
        lines: Of the file of keys; empty where there is none.
        made_at: When the backup was made, for the trail.

    Raises:
        SettingsError: The keys were wrapped under another secret key.
    """
    await apart.put_keys(connection, lines, now)
    try:
        give_vault(connection.dialect, master.vault(await keys_of(Link(connection), master)))
    except NotOurSeal:
        raise SettingsError(line=WRONG_KEY) from None
    ended, held = await settling.end_sessions(connection), await settling.hold_replies(connection, now)
    uow = SqlUnitOfWork(connection)
    erased = await _forget_again(uow, connection, lines, now) if lines else 0
    settled = Settled(sessions=ended, held=held, erased=erased)
    details = {"backup": made_at.isoformat(), "sessions": ended, "held": held, "erased": erased}
    await uow.audit.record(action="backup_restored", now=now, details=details)
    await uow.write()
    uow.end()
    return settled


async def _forget_again(uow: SqlUnitOfWork, connection: AsyncConnection, lines: list[apart.Line], now: datetime) -> int:
    gone = await settling.cases_of_lines(connection, lines, "gone")
    for case, line in gone:
        await erase_once_more(uow, case, has_faded=line["faded"], now=now)
    for case, _ in await settling.cases_of_lines(connection, lines, "asking"):
        await uow.erasure.ask(case.id, now)
    nobody = await settling.addresses_of_nobody(connection, lines)
    for address in nobody:
        conversation = await uow.conversations.get(address)
        if conversation.resident_id is not None:
            await forget_resident(uow, conversation, closes_open=False, now=now)
    for resident_id in await settling.contacts_without_key(connection):
        await uow.identities.withdraw(resident_id, Purpose.CONTACT, now)
    return len(gone) + len(nobody)
