"""Tie two chats of one person: a code shown in one and typed in the other proves that both are theirs.

The code is good once, for a quarter of an hour, and only its keyed hash is kept. Whoever asked for it agreed by asking,
whoever types it is asked; both are told, and either undoes it. What a bond allows is in `bot.domain.bonds`.
"""

from datetime import datetime

from bot.domain.bonds import CODE_LASTS, MOST_BONDS, Bond, is_shared
from bot.domain.capabilities import channels_where
from bot.domain.case import Case, new_code, read_code
from bot.domain.people import Address
from bot.errors import BotError
from bot.ports import Receipts, UnitOfWork
from bot.services.move_answers import bring_home

CHANNELS = channels_where(reaches_resident=True)
_PURPOSE = "tie of two chats"


class TooManyBonds(BotError):
    """One of the two is tied to as many chats as one person has."""

    wording_key = "linking_full"


async def begin_bond(uow: UnitOfWork, receipts: Receipts, *, asker: Address, now: datetime) -> str:
    """Make the code; an earlier one of this chat that was not used is void.

    Returns:
        The code, "7K3M-9QX2": shown once, stored nowhere.

    Raises:
        TooManyBonds: See there.
    """
    if len(await uow.bonds.of(asker)) >= MOST_BONDS:
        raise TooManyBonds
    code = new_code()  # 40 random bits
    await uow.bonds.begin(asker, receipts.hash_of(_PURPOSE, code), until=now + CODE_LASTS, now=now)
    return code


async def find_bond(uow: UnitOfWork, receipts: Receipts, *, other: Address, typed: str, now: datetime) -> Bond | None:
    """The bond that waits for this code; None for a wrong one, an old one, and one that this very chat asked for."""
    code = read_code(typed[:60])
    bond = await uow.bonds.waiting(receipts.hash_of(_PURPOSE, code), now) if code else None
    return bond if bond is not None and bond.asker != other else None


async def tie_chats(uow: UnitOfWork, *, bond_id: int, asker: Address, other: Address, now: datetime) -> Bond | None:
    """Tie them; None where the code was used meanwhile, or is too old.

    Raises:
        TooManyBonds: See there.
    """
    if await uow.bonds.are_tied(asker, other):
        return None
    if max(len(await uow.bonds.of(asker)), len(await uow.bonds.of(other))) >= MOST_BONDS:
        raise TooManyBonds
    bond = await uow.bonds.tie(bond_id, asker, other, now)
    if bond is not None:
        await _record(uow, "chats_tied", bond, now)
    return bond


async def cut_bond(uow: UnitOfWork, *, bond_id: int, address: Address, now: datetime) -> Bond | None:
    """Undo a bond of this chat; None where it has none of this number. What still waits goes home."""
    bond = next((bond for bond in await uow.bonds.of(address) if bond.id == bond_id), None)
    if bond is None or not await uow.bonds.cut(bond.id):
        return None
    await bring_home(uow, bond, now)
    await _record(uow, "chats_untied", bond, now)
    return bond


async def cut_all(uow: UnitOfWork, *, address: Address, now: datetime) -> None:
    """The resident of this chat wishes to be forgotten."""
    for bond in await uow.bonds.of(address):
        await cut_bond(uow, bond_id=bond.id, address=address, now=now)
    await uow.bonds.forget(address)


async def is_theirs_by_bond(uow: UnitOfWork, case: Case, address: Address) -> bool:
    """Was it written in a chat that is tied to this one, and may it be read here?"""
    return is_shared(case) and case.address != address and await uow.bonds.are_tied(case.address, address)


async def _record(uow: UnitOfWork, action: str, bond: Bond, now: datetime) -> None:
    ends = [end.channel.value for end in (bond.asker, bond.other) if end]
    await uow.audit.record(action=action, now=now, details={"channels": " ".join(ends)})
