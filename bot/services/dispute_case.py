"""Open a case again because its resident says that the closing is not true, and give it to somebody who did not close it.

It is due anew, in its category's days from now, or later if it was due later. A case that had joined another leaves it and
waits by itself: the neighbours' case may well be done. The first time another of the ward looks at it; the second time, or
where the ward has nobody else, the city does.
"""

from collections.abc import Collection
from datetime import datetime

from bot.domain.case import WARD_DESKS, Case, CaseStatus
from bot.domain.disputing import CITY_FROM, TO_CITY, city_desk, closers_disputed
from bot.domain.draft import DraftPart
from bot.domain.people import StaffId, StaffMember
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.add_to_case import add_to_case
from bot.services.city import City
from bot.services.deadlines import begin_anew
from bot.services.exclude import exclude_accused
from bot.services.joined import leave_main, lock_main
from bot.services.next_hand import choose_next
from bot.services.own_case import OWNER_DAYS
from bot.services.rate_case import rate_case


async def dispute_case(
    uow: UnitOfWork,
    *,
    case: Case,
    part: DraftPart | None,
    city: City,
    now: datetime,
    by: StaffMember | None = None,
) -> Case:
    """Open it again, with what the resident says about it (None: nothing but that it is not so).

    A case that is open already only takes the words.

    Args:
        by: Who wrote it down for the resident, at the counter or on the phone.

    Raises:
        StaleVersion: Staff changed the case in the same moment; the turn is begun again.
    """
    await lock_main(uow, case)
    if case.status is CaseStatus.CLOSED:
        await rate_case(uow, case=case, is_resolved=False, now=now)
        await uow.closings.mark_disputed(case.id, now)
        case = await _open_again(uow, case, part, city, now, by)
    if part is not None:
        case = await add_to_case(uow, case=case, part=part, now=now, city=city)
    return case


async def _open_again(
    uow: UnitOfWork, closed: Case, part: DraftPart | None, city: City, now: datetime, by: StaffMember | None
) -> Case:
    timeline = await uow.cases.timeline(closed.id)
    setting = await begin_anew(uow, closed, calendar=city.calendar, now=now)
    case = await uow.cases.reopen(closed, due_at=setting.due_at, is_disputed=True)
    if closed.main_case_id is not None:
        await leave_main(uow, case, closed.main_case_id, now)
    if part is not None and case.is_sensitive:
        # Before somebody is chosen: the words may name whoever that would have been.
        await exclude_accused(uow, case, part.text, now)
        case = await uow.cases.by_id(case.id) or case
    disputed = CaseEvent(case_id=case.id, kind=EventKind.DISPUTED, at=now, staff_id=by.id if by else None)
    barred = closers_disputed([*timeline, disputed])
    case, taker = await _give_to_another(uow, case, barred, city, now)
    details = {"times": str(case.disputes), "desk": case.desk.value, **setting.details()}
    if taker is not None:
        details |= {"to": taker.full_name, "owner": str(taker.id)}
    elif closed.desk in WARD_DESKS:
        details[TO_CITY] = "yes"
    await uow.cases.record(
        CaseEvent(case_id=case.id, kind=EventKind.DISPUTED, at=now, staff_id=by.id if by else None, details=details)
    )
    await uow.audit.record(
        action="case_disputed",
        now=now,
        staff_id=by.id if by else None,
        subject=case.code,
        details={"times": str(case.disputes), "desk": case.desk.value},
    )
    await _tell_earlier(uow, closed, barred, case.owner_id, by, now)
    return case


async def _give_to_another(
    uow: UnitOfWork, case: Case, barred: Collection[StaffId], city: City, now: datetime
) -> tuple[Case, StaffMember | None]:
    """Nobody: it waits at the city's desk for whoever comes."""
    may_stay = case.disputes < CITY_FROM or case.desk not in WARD_DESKS
    taker = await choose_next(uow, case, barred=barred, now=now) if may_stay else None
    if taker is not None:
        until = city.due_after(now, OWNER_DAYS, await uow.calendar.changes())
        return await uow.cases.own(case, taker.id, until), taker
    if case.desk in WARD_DESKS:
        return await uow.cases.change(case, desk=city_desk(case)), None
    return await uow.cases.own(case, None, None), None


async def _tell_earlier(
    uow: UnitOfWork,
    closed: Case,
    barred: Collection[StaffId],
    owner_id: StaffId | None,
    by: StaffMember | None,
    now: datetime,
) -> None:
    """Whose it was, and who closed it, hear that it is open again: as long as they may still see it."""
    earlier = {*barred, *([closed.owner_id] if closed.owner_id is not None else [])} - {owner_id}
    for staff_id in sorted(earlier):
        await uow.notices.note(closed.id, EventKind.DISPUTED, now, by=by.id if by else None, about=staff_id)
