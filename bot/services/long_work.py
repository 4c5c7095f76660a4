"""Ask for a paper that takes long, stop it, fetch it. Each is recorded; of what takes cases away the inspectors hear.

At most one of a member runs, and few in the whole installation: nothing is queued. Making it is `bot.long_work`.
"""

from datetime import datetime, tzinfo

from bot.domain.long_work import BEATS_WITHIN, MOST_AT_ONCE, RIGHT_OF, LongWork, NewWork, WorkKind, WorkState
from bot.domain.people import StaffMember
from bot.errors import BotError
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import NotAllowed
from bot.services.tell_auditors import is_night, tell_of_export_at_desk

ACTIONS = {WorkKind.EXPORT: "cases_exported", WorkKind.REGISTER: "register_made", WorkKind.REVIEW: "review_made"}


class WorkRuns(BotError):
    """Another paper of this member is being made."""

    wording_key = "work_runs_already"


class TooMuchWork(BotError):
    """As many papers are being made as this installation makes at once."""

    wording_key = "work_too_much"


async def begin_work(
    uow: UnitOfWork, new: NewWork, *, staff: StaffMember, viewer: Viewer, now: datetime, zone: tzinfo
) -> LongWork:
    """The row of it. Whoever commits starts the workshop then.

    Raises:
        NotAllowed: They lack the right.
        WorkRuns, TooMuchWork: Not now.
    """
    if not viewer.may(RIGHT_OF[new.kind]):
        raise NotAllowed(kind=new.kind.value)
    if await uow.long_works.running(now - BEATS_WITHIN) >= MOST_AT_ONCE:
        raise TooMuchWork
    work = await uow.long_works.begin(new, now)
    if work is None:
        raise WorkRuns
    at_night = is_night(now, zone)
    details = {name: value for name, value in new.asked.items() if value} | ({"at_night": True} if at_night else {})
    await uow.audit.record(action=ACTIONS[new.kind], now=now, staff_id=staff.id, details=details)
    if new.kind is not WorkKind.REVIEW:
        await tell_of_export_at_desk(uow, staff, at_night=at_night, now=now)
    return work


async def stop_work(uow: UnitOfWork, *, staff: StaffMember, now: datetime) -> LongWork | None:
    """The member's one that ran and does no more. What was made of it so far goes at once."""
    work = await uow.long_works.newest(staff.id)
    if work is None or not await uow.long_works.end(work.id, WorkState.STOPPED, now):
        return None
    await uow.retention.doom(work.keys, now)
    return work


async def fetch_work(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, now: datetime) -> LongWork | None:
    """The member's newest one, if it is done, not too old, and theirs to have at this moment. It is recorded."""
    work = await uow.long_works.newest(staff.id)
    if work is None or not work.is_kept(now) or not viewer.may(RIGHT_OF[work.kind]):
        return None
    await uow.audit.record(action="paper_fetched", now=now, staff_id=staff.id, details={"kind": work.kind.value})
    return work
