"""Who takes on a case whose closing was disputed: somebody other than whoever closed it, and in the end the city.

What "other" means is read from the timeline by `bot.domain.disputing`; that somebody may see the case is asked of storage.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.case import WARD_DESKS, Case, CaseStatus, Desk
from bot.domain.disputing import closers_disputed
from bot.domain.people import Role, StaffId, StaffMember
from bot.domain.rights import DESKS, Right, may
from bot.domain.thread import CaseEvent
from bot.domain.ward import WardCode
from bot.errors import BotError
from bot.ports import UnitOfWork, Viewer


class ClosedItBefore(BotError):
    """The resident disputed this person's closing of the case: somebody else has to look at it."""

    wording_key = "dispute_closed_it_before"


async def refuse_closer(uow: UnitOfWork, case: Case, staff_id: StaffId, now: datetime) -> None:
    """Let nobody take on, be given, merge away or close a case if its disputed closing was theirs, or that of a joined one.

    At the city's desks they may after all where the city has nobody else: it would lie there for ever.

    Raises:
        ClosedItBefore: It was theirs.
    """
    barred = await barred_from(uow, case)
    if staff_id in barred and not await is_last_resort(uow, case, barred, now):
        raise ClosedItBefore(code=case.code)


async def barred_from(
    uow: UnitOfWork, case: Case, timeline: Sequence[CaseEvent] | None = None, joined: Sequence[Case] = ()
) -> frozenset[StaffId]:
    """Whose closing was disputed, of the case itself or of an open one that would be closed with it.

    Args:
        timeline: The case's own, where it was read already.
        joined: Those that joined it, where all of them were.
    """
    taken_along = joined if len(joined) == case.joined_count else await uow.cases.joined(case.id)
    found = closers_disputed(timeline or await uow.cases.timeline(case.id)) if case.disputes else frozenset()
    for one in taken_along:
        if one.disputes and one.status is CaseStatus.OPEN:
            found |= closers_disputed(await uow.cases.timeline(one.id))
    return found


async def is_last_resort(uow: UnitOfWork, case: Case, barred: Collection[StaffId], now: datetime) -> bool:
    """Whether the case is at the city and the city has nobody but those."""
    return case.desk not in WARD_DESKS and await choose_next(uow, case, barred=barred, now=now) is None


async def choose_next(uow: UnitOfWork, case: Case, *, barred: Collection[StaffId], now: datetime) -> StaffMember | None:
    """Who works at the case's desk, is there and has the fewest open cases; a ward's leader only where there is no officer.

    Args:
        case: Where it waits now.
        barred: Who it may not be.

    Returns:
        None where there is nobody.
    """
    found = await _of_desk(uow, case.ward_code, case.desk, barred)
    loads = await uow.cases.open_by_owner([member.id for member in found])
    for member in sorted(found, key=lambda one: (one.role is Role.WARD_LEADER, loads.get(one.id, 0), one.id)):
        # With their own eyes alone: a place that they hold for somebody else ends some day.
        sees = await uow.cases.visible(Viewer.of(member).wanting(Right.TAKE), case.code) is not None
        if sees and not await uow.absences.is_away(member.id, now):
            return member
    return None


async def has_another(
    uow: UnitOfWork, case: Case, ward_code: WardCode | None, desk: Desk, barred: Collection[StaffId]
) -> bool:
    """Whether anybody but those could look at the case if it waited there."""
    excluded = {one.staff_id for one in await uow.exclusions.of_case(case.id)}
    found = await _of_desk(uow, ward_code, desk, {*barred, *excluded})
    return any(not case.accused_unit or member.unit is not case.accused_unit for member in found)


async def _of_desk(
    uow: UnitOfWork, ward_code: WardCode | None, desk: Desk, barred: Collection[StaffId]
) -> Sequence[StaffMember]:
    if desk in WARD_DESKS and ward_code is not None:
        there = await uow.staff.of_ward(ward_code)
    else:
        there = await uow.staff.everyone()
    works_there = [one for one in there if desk in DESKS.get(one.role, ()) and may(one.role, Right.TAKE)]
    return [one for one in works_there if one.id not in barred and not one.is_disabled]
