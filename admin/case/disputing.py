"""A disputed closing on the case's page: who may not judge it again, what the city may do, and noting one."""

from collections.abc import Collection, Sequence

from admin.case.parts import DisputePart
from admin.guard import Visit
from bot.domain.case import CITY_DESKS, Case, CaseStatus
from bot.domain.closing import may_be_disputed
from bot.domain.disputing import was_sent_back, went_to_city
from bot.domain.people import StaffId
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent
from bot.ports import UnitOfWork
from bot.services.next_hand import is_last_resort


async def is_barred(visit: Visit, uow: UnitOfWork, case: Case, barred: Collection[StaffId]) -> bool:
    """Whether somebody other than the viewer has to look at it; `barred` are those who closed it, or one that joined it."""
    if visit.staff.id not in barred or case.status is CaseStatus.CLOSED:
        return False
    return not await is_last_resort(uow, case, barred, visit.now)


def dispute_part(visit: Visit, case: Case, timeline: Sequence[CaseEvent], *, is_barred: bool) -> DisputePart:
    is_at_city = case.status is CaseStatus.OPEN and case.desk in CITY_DESKS and went_to_city(timeline)
    city_key = "dispute_city_last" if was_sent_back(timeline) else "dispute_city_mark"
    return DisputePart(
        is_barred=is_barred,
        city_key=city_key if is_at_city else "",
        may_note=may_be_disputed(case, visit.now) and visit.viewer.may(Right.FILE_FOR_SOMEONE),
    )
