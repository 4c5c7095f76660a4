"""What is closed and over its time loses its words, its files and its people; that there was such a case stays.

Announced first: the case says so for thirty days, then its key is destroyed, and with it what was sealed, in every backup
too. Never what is open, never what its resident wrote after it was closed and nobody answered, never what has not reached
them. What stays is counted as before: code, kind, category, ward, days, outcome.
"""

from datetime import datetime

from bot.domain.case import CaseKind
from bot.domain.keeping import LONGEST, SHORTEST, WARNED_FOR, fading_at
from bot.domain.people import Language, StaffMember
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, NotAllowed, may_set_city
from bot.wording import say


async def warn_of_fading(uow: UnitOfWork, *, now: datetime, most: int) -> int:
    """Announce the cases whose time is over within thirty days; returns how many."""
    told = 0
    for fading in fading_at(now + WARNED_FOR, await uow.fading.rules()):
        for case in await uow.fading.unannounced(fading, most=most - told):
            await uow.fading.announce(case.id, now)
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FADING, at=now))
            told += 1
    return told


async def fade_due(uow: UnitOfWork, *, now: datetime, most: int) -> int:
    """Take the words out of what is over its time and was announced long enough; returns how many."""
    faded = 0
    tombstone = say(Language.VI, "person_tombstone_faded")  # staff read it
    for fading in fading_at(now, await uow.fading.rules()):
        for case in await uow.fading.due(fading, announced_until=now - WARNED_FOR, most=most - faded):
            found = await uow.erasure.erase(case, tombstone=tombstone, now=now)
            await uow.fading.done(case.id, now)
            await uow.retention.doom(sorted(found.file_keys), now)
            await uow.audit.record(action="case_faded", now=now, subject=case.code)
            if case.address.external_id and await uow.erasure.forget(case.address, now):
                await uow.erasure.blank_mail(case.address)
                await uow.erasure.drop_replies(case.address)
            faded += 1
    return faded


async def keep_for(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, kind: str, months: str, now: datetime) -> None:
    """Decide how long a kind is kept; empty leaves it to what is usual again.

    Raises:
        NotAllowed: They do not keep the city's settings.
        BadFields: `kind` or `months`.
    """
    if not may_set_city(viewer):
        raise NotAllowed()
    if kind not in {one.value for one in CaseKind}:
        raise BadFields(kind="settings_choice_unknown")
    wanted = months.strip()
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 3 else 0
    if wanted and not SHORTEST <= number <= LONGEST:
        raise BadFields(months="settings_months_malformed")
    before = (await uow.fading.rules()).get(kind)
    await uow.fading.decide(CaseKind(kind), number or None, now)
    details = {"before": {"months": before}, "after": {"months": number or None}}
    await uow.audit.record(action="keeping_changed", now=now, staff_id=staff.id, subject=kind, details=details)
