"""Undo, within a minute, what was done to several cases at once: as long as nobody built on it and nobody was told.

What the resident would hear of it is held for so long (`NewReply.hold`); taken back, it is never sent. A case whose
neighbours joined it is told to all of them at once, and cannot be taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from bot.domain.case import Case, CaseCode, Desk
from bot.domain.correction import MoveReason, correction_of
from bot.domain.people import StaffId, StaffMember
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.errors import BotError, CaseNotFound, StaleVersion
from bot.ports import UnitOfWork
from bot.services.held import held_name
from bot.services.staff_change import case_to_change, short_details

UNDO_WITHIN = timedelta(seconds=60)


class CannotTakeBack(BotError):
    """The resident was told already."""

    wording_key = "desk_bulk_told_already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What comes back of a case as it stood before the act."""

    version: int
    ward_code: WardCode | None
    desk: Desk
    owner_id: StaffId | None
    owner_until: datetime | None
    hops: int

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(
            version=case.version,
            ward_code=case.ward_code,
            desk=case.desk,
            owner_id=case.owner_id,
            owner_until=case.owner_until,
            hops=case.hops,
        )


async def take_back_assignment(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    before: Before,
    now: datetime,
) -> None:
    """Whose it was before; nobody's, if that account is closed by now.

    Args:
        version: The case's version right after the act: nothing may have happened to it since.
        before: The case as it was.

    Raises:
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ASSIGN, now=now)
    owner = await uow.staff.get(before.owner_id) if before.owner_id is not None else None
    if owner is None or owner.is_disabled:
        owner = None
    await uow.cases.own(case, owner.id if owner else None, before.owner_until if owner else None)
    kind = EventKind.ASSIGNED if owner else EventKind.HANDED_BACK
    details = {"to": owner.full_name} if owner else {}
    await _record(uow, case, kind, staff, now, details)


async def take_back_move(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    before: Before,
    reason: MoveReason,
    now: datetime,
) -> None:
    """Back to where it stood. Whoever moved it away need not see it there: this is asked for only by whoever just did.

    Args:
        version: The case's version right after the move.
        before: The case as it was; its ward, desk, owner and hops come back.
        reason: Why it was moved: what that taught about routing is unlearned.

    Raises:
        CaseNotFound: There is none.
        StaleVersion: Something happened to it since.
        CannotTakeBack: Its resident has heard of it.
    """
    found = await uow.cases.by_code(code)
    case = await uow.cases.by_id(found.id, for_update=True) if found else None
    if case is None:
        raise CaseNotFound(code=code)
    if case.version != version:
        raise StaleVersion(code=code, seen=version, found=case.version)
    if not await uow.outbox.take_back(case.address, held_name(code, before.version), now):
        raise CannotTakeBack(code=code)
    timeline = await uow.cases.timeline(case.id)
    correction = correction_of(case, timeline=timeline, reason=reason, truth=before.ward_code, at=now)
    stood = replace(
        case,
        ward_code=before.ward_code,
        desk=before.desk,
        owner_id=before.owner_id,
        owner_until=before.owner_until,
        hops=before.hops,
    )
    await uow.cases.put_back(case, stood)
    if correction is not None:
        await uow.corrections.add(correction)
    if before.ward_code is not None:
        await uow.conversations.settle(case.address, before.ward_code)
    details = short_details(
        from_ward=case.ward_code, from_desk=case.desk.value, ward=before.ward_code, desk=before.desk.value
    )
    await _record(uow, case, EventKind.MOVED, staff, now, details)


async def take_back_answer(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    before: Before,
    message_id: int,
    now: datetime,
) -> None:
    """Not sent; its words stay in the thread as an internal note.

    Raises:
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
        CannotTakeBack: It was sent.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now)
    if not await uow.outbox.take_back(case.address, held_name(code, before.version), now):
        raise CannotTakeBack(code=code)
    await uow.cases.keep_as_note(case, message_id)
    answered = [e for e in await uow.cases.timeline(case.id) if e.kind is EventKind.ANSWERED]
    details = {"took_back": answered[-1].at.isoformat()} if answered else {}
    await _record(uow, case, EventKind.NOTED, staff, now, details)


async def _record(
    uow: UnitOfWork, case: Case, kind: EventKind, staff: StaffMember, now: datetime, details: Mapping[str, str]
) -> None:
    await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=now, staff_id=staff.id, details=details or None))
    action = f"taken_back_{kind.value}"
    await uow.audit.record(action=action, now=now, staff_id=staff.id, subject=case.code, details=dict(details))
