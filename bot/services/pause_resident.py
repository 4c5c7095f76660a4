"""Pause an address that abuses the box, for a time and with a reason; and end the pause early.

It is done from a case, by who may: the reason and the end are on the case's timeline and in the audit, never the resident's
words. What is heard during a pause is `handlers.dialogue.oneself.pausing`.
"""

from datetime import datetime, timedelta

from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffMember
from bot.domain.privacy import PAUSES, PauseReason
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.staff_change import case_to_change


class NobodyToPause(BotError):
    """The resident of this case was forgotten, or is not paused."""

    wording_key = "person_desk_pause_nobody"


async def pause_resident(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    length: timedelta,
    reason: PauseReason,
    now: datetime,
) -> datetime:
    """Pause the address that this case came from; returns until when. A pause under way gets the new end.

    Args:
        length: One of `PAUSES`; nobody is shut out for good.

    Raises:
        NobodyToPause: The resident was forgotten.
        ValueError: The length is none of ours.
        CaseNotFound, StaleVersion: See `case_to_change`; a role without the right finds no case.
    """
    if length not in PAUSES.values():
        raise ValueError("not a length that a pause can have")
    case = await _case(uow, staff, code, version, now)
    until = now + length
    if case.erased_at is not None or not await uow.conversations.pause(case.address, until=until, reason=reason.value):
        raise NobodyToPause(code=code)
    details = {"until": until.isoformat(timespec="minutes"), "reason": reason.value}
    await _record(uow, staff, case, EventKind.PAUSED, details, now)
    return until


async def resume_resident(uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, now: datetime) -> None:
    """Hear the address again, from now on.

    Raises:
        NobodyToPause, CaseNotFound, StaleVersion: As above.
    """
    case = await _case(uow, staff, code, version, now)
    known = await uow.conversations.get(case.address)
    if known.paused_until is None or not await uow.conversations.pause(case.address, until=None, reason=""):
        raise NobodyToPause(code=code)
    await _record(uow, staff, case, EventKind.RESUMED, {}, now)


async def _case(uow: UnitOfWork, staff: StaffMember, code: CaseCode, version: int, now: datetime) -> Case:
    return await case_to_change(uow, staff, code, version, right=Right.PAUSE_RESIDENT, now=now, must_be_open=False)


async def _record(
    uow: UnitOfWork, staff: StaffMember, case: Case, kind: EventKind, details: dict[str, str], now: datetime
) -> None:
    await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=now, staff_id=staff.id, details=details or None))
    action = f"resident_{kind.value}"
    await uow.audit.record(action=action, now=now, staff_id=staff.id, subject=case.code, details=details)
