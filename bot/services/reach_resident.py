"""Words of staff that did not arrive: staff reach the resident by other means, or the resident comes back and reads them.

Until then the case is not answered. It counts from the moment at which that is noted, never from an earlier one: a day in
the past would make an answer look quicker than it was.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffMember
from bot.domain.reaching import BY_STAFF, ReachedBy
from bot.domain.rights import Right
from bot.domain.thread import Answer, CaseEvent, EventKind
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.staff_change import case_to_change


class NothingToReachFor(BotError):
    """Everything reached the resident, or they were reached meanwhile."""

    wording_key = "reach_nothing"


class WayMissing(BotError):
    """Nobody said how the resident was reached."""

    wording_key = "reach_way_missing"


class NotThatDay(BotError):
    """None, one in the future, or one before anything had failed to arrive."""

    wording_key = "reach_day_wrong"


async def reach_resident(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    by: ReachedBy | None,
    day: date | None,
    now: datetime,
    zone: tzinfo,
) -> Case:
    """Note that the resident was told everything that had not arrived; of a closed case too.

    Args:
        by: One of `BY_STAFF`.
        day: In the city, when it was done.

    Raises:
        NothingToReachFor, WayMissing, NotThatDay: See there.
        CaseNotFound, StaleVersion: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now, must_be_open=False)
    if case.reach_since is None:
        raise NothingToReachFor(code=code)
    if by not in BY_STAFF:
        raise WayMissing(code=code)
    if day is None or not case.reach_since.astimezone(zone).date() <= day <= now.astimezone(zone).date():
        raise NotThatDay(code=code)
    await uow.outbox.reached(case.id, now)
    details = {"way": by.value, "day": day.isoformat()}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.REACHED, at=now, staff_id=staff.id, details=details))
    await uow.audit.record(action="case_reached", now=now, staff_id=staff.id, subject=case.code, details=details)
    return await uow.cases.by_id(case.id) or case


async def show_missed(uow: UnitOfWork, case: Case, now: datetime) -> Sequence[Answer]:
    """What did not arrive, for whoever has shown that the case is theirs; from now on they know it."""
    if case.reach_since is None:
        return ()
    missed = await uow.outbox.missed(case.id)
    if await uow.outbox.reached(case.id, now):
        details = {"way": ReachedBy.SHOWN.value}
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.REACHED, at=now, details=details))
    return missed
