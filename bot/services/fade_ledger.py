"""The ledger's people and pictures go when their time is over; that something was done, and when, stays.

Names, deeds and reasons of a decided submission are kept as long as a closed case of praise, photos of a board as long as a
closed case about one (`bot.domain.keeping`, or what the city decided). What is undecided stays, and so do boards and counts.
"""

from datetime import datetime, tzinfo

from bot.domain.case import CaseKind
from bot.domain.keeping import months_before, months_of
from bot.ports import UnitOfWork


async def fade_ledger(uow: UnitOfWork, *, zone: tzinfo, now: datetime, most: int) -> int:
    """Returns how much went."""
    rules = await uow.fading.rules()
    decided_until = months_before(now.astimezone(zone), months_of(CaseKind.COMMENDATION, rules)).date()
    faded = await uow.praises.fade(decided_until, most=most)
    for number in faded:
        await uow.audit.record(action="praise_faded", now=now, subject=f"{number}")
    taken, keys = await uow.boards.drop_photos(months_before(now, months_of(CaseKind.PANEL, rules)), most=most)
    await uow.retention.doom(keys, now)
    return len(faded) + taken
