"""Whose a case is: take it, give it to somebody, give it back. The clock gives back what its owner leaves lying."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffId, StaffMember
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_time import due_after, with_changes
from bot.errors import BotError
from bot.ports import CalendarSource, UnitOfWork
from bot.services.next_hand import refuse_closer
from bot.services.staff_change import case_to_change, viewer_of

OWNER_DAYS = 2  # working days in which an owner must do something


class NotAssignable(BotError):
    """There is no such colleague, or they may not work on this case."""

    wording_key = "desk_case_not_assignable"


async def take_case(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, now: datetime, calendar: CalendarSource
) -> Case:
    """Make it one's own, also when it was a colleague's.

    Raises:
        ClosedItBefore: The resident disputed their own closing of it.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.TAKE, now=now)
    await refuse_closer(uow, case, staff.id, now)
    owned = await uow.cases.own(case, staff.id, await _until(uow, calendar, now))
    await _record(uow, case, EventKind.TAKEN, staff, now, {})
    return owned


async def assign_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    username: str,
    now: datetime,
    calendar: CalendarSource,
) -> Case:
    """Give it to a colleague who may answer it.

    Raises:
        NotAssignable: There is nobody of that name who may. Which of the two it is, is not told.
        ClosedItBefore: The resident disputed a closing of it by that colleague.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ASSIGN, now=now)
    found = await uow.staff.by_username(username[:200]) if username.strip() else None
    if found is None or found[0].is_disabled or not await _may_answer(uow, found[0], code, now):
        raise NotAssignable(code=code)
    owner = found[0]
    await refuse_closer(uow, case, owner.id, now)
    owned = await uow.cases.own(case, owner.id, await _until(uow, calendar, now))
    await _record(uow, case, EventKind.ASSIGNED, staff, now, {"to": owner.full_name})
    return owned


async def hand_back_case(uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, now: datetime) -> Case:
    """Give it back to the queue, whoever comes next.

    Raises:
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.TAKE, now=now)
    if case.owner_id is None:
        return case
    freed = await uow.cases.own(case, None, None)
    await _record(uow, case, EventKind.HANDED_BACK, staff, now, {})
    return freed


async def return_idle_cases(uow: UnitOfWork, *, now: datetime, calendar: CalendarSource, most: int = 50) -> list[Case]:
    """Give back to the queue what its owner did nothing about in time.

    An owner who did something since then keeps it, for as many days again.

    Returns:
        Those that went back, as they were before.
    """
    overdue = await uow.cases.give_back_overdue(now, most=most)
    changes = await uow.calendar.changes() if overdue else {}
    returned = []
    for case in overdue:
        until = _after(await _last_act(uow, case), calendar, changes)
        if until is not None and until > now:
            await uow.cases.own(replace(case, version=case.version + 1), case.owner_id, until)
            continue
        owner = await uow.staff.get(case.owner_id) if case.owner_id is not None else None
        details = {"from": owner.full_name} if owner else {}
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.RETURNED, at=now, details=details))
        await uow.audit.record(action="case_returned", now=now, subject=case.code, details=details)
        returned.append(case)
    return returned


async def _may_answer(uow: UnitOfWork, member: StaffMember, code: CaseCode, now: datetime) -> bool:
    viewer = await viewer_of(uow, member, now)
    return await uow.cases.visible(viewer.wanting(Right.ANSWER), code) is not None


async def _last_act(uow: UnitOfWork, case: Case) -> datetime | None:
    acts = [event.at for event in await uow.cases.timeline(case.id) if _is_by(event.staff_id, case.owner_id)]
    return max(acts, default=None)


def _is_by(who: StaffId | None, owner: StaffId | None) -> bool:
    return who is not None and who == owner


def _after(start: datetime | None, calendar: CalendarSource, changes: Mapping[date, bool]) -> datetime | None:
    return None if start is None else due_after(start, OWNER_DAYS, with_changes(calendar.current(), changes))


async def _until(uow: UnitOfWork, calendar: CalendarSource, now: datetime) -> datetime:
    return due_after(now, OWNER_DAYS, with_changes(calendar.current(), await uow.calendar.changes()))


async def _record(
    uow: UnitOfWork, case: Case, kind: EventKind, staff: StaffMember, now: datetime, details: Mapping[str, str]
) -> None:
    await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=now, staff_id=staff.id, details=details))
    await uow.audit.record(action=f"case_{kind.value}", now=now, staff_id=staff.id, subject=case.code, details=dict(details))
