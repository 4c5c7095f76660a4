"""The deadlines of a case: given at filing, begun anew, promised anew, standing still while staff wait for the resident.

Each change of a deadline is an event that tells the new one; storage moves the case's clocks with it, in the same
transaction. How due times are counted is `bot.domain.clocks`; who is warned of them, `bot.services.escalate`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.clocks.setting import Setting, new_round, stood_for
from bot.domain.clocks.state import Clocks
from bot.domain.people import StaffId
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_time import WorkingCalendar, with_changes
from bot.ports import CalendarSource, UnitOfWork
from bot.services.working_days import days_for


async def calendar_of(uow: UnitOfWork, calendar: CalendarSource) -> WorkingCalendar:
    """The yearly rule with what staff decided otherwise until now."""
    return with_changes(calendar.current(), await uow.calendar.changes())


async def first_round(
    uow: UnitOfWork,
    *,
    category: str,
    is_urgent: bool,
    calendar: CalendarSource,
    now: datetime,
    start: datetime | None = None,
) -> Setting:
    """The due times of a case that is filed now; see `bot.domain.clocks.new_round`."""
    days = await days_for(uow, category)
    return new_round(now, days, await calendar_of(uow, calendar), is_urgent=is_urgent, start=start)


def filed_details(case: Case, setting: Setting) -> dict[str, str]:
    """What the filing's event tells of the clocks."""
    return {**setting.details(), **({"urgent": "1"} if case.is_emergency else {})}


def sooner(setting: Setting, main: Clocks) -> Setting:
    """The same with the deadline of the case that this one joins."""
    return replace(Setting.of(main), accept_due_at=setting.accept_due_at, answer_due_at=setting.answer_due_at)


def carried_details(clocks: Clocks) -> Mapping[str, str]:
    """A deadline that another case takes over."""
    return Setting.of(clocks).details()


async def begin_anew(uow: UnitOfWork, case: Case, *, calendar: CalendarSource, now: datetime) -> Setting:
    """The due times after a dispute: the category's days from now, or later if it was due later."""
    setting = await first_round(uow, category=case.category, is_urgent=case.is_emergency, calendar=calendar, now=now)
    return sooner(setting, case.clocks) if case.due_at > setting.due_at else setting


async def open_on(uow: UnitOfWork, case: Case, *, calendar: CalendarSource, now: datetime) -> Setting:
    """The due times of a closed case that its resident's words open again: the clocks stood still while it was closed.

    Somebody has to take it on once more, in the hours of any case.
    """
    worked = await calendar_of(uow, calendar)
    fresh = new_round(now, 1, worked, is_urgent=case.is_emergency)
    stood = stood_for(case.clocks, case.closed_at or now, now, worked)
    return replace(
        stood, accept_due_at=fresh.accept_due_at, answer_due_at=fresh.answer_due_at if case.is_emergency else None
    )


async def promise_anew(
    uow: UnitOfWork,
    case: Case,
    due_at: datetime,
    now: datetime,
    *,
    staff_id: StaffId | None = None,
    times: int = 1,
    details: Mapping[str, str] | None = None,
) -> None:
    """Promise the resident another date: the case is due then, and nobody waits for the resident any more.

    Args:
        due_at: The end of the promised day, in UTC. It stays where it is, whatever becomes of the calendar.
        times: The how-manieth new date this is.
        details: More for the timeline.
    """
    told = {**(details or {}), "times": str(times), **Setting(due_at=due_at).details()}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.POSTPONED, at=now, staff_id=staff_id, details=told))


async def wait_for_resident(uow: UnitOfWork, case: Case, *, staff_id: StaffId, now: datetime) -> None:
    """Staff asked the resident something: the clocks stand still until the resident says or presses anything."""
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ASKED, at=now, staff_id=staff_id))


async def go_on(uow: UnitOfWork, case: Case, *, calendar: CalendarSource, now: datetime) -> bool:
    """The resident spoke: where staff waited for that, the clocks run again, with as much time as was left.

    Also for the case that this one joined: a neighbour's answer is an answer.

    Returns:
        Whether that was so: what the caller holds of the case shows the old deadline then.
    """
    found = False
    for one in (case, await uow.cases.by_id(case.main_case_id) if case.main_case_id is not None else None):
        if one is None or one.clocks.waits_since is None or one.status is CaseStatus.CLOSED:
            continue
        setting = stood_for(one.clocks, one.clocks.waits_since, now, await calendar_of(uow, calendar))
        await uow.cases.record(CaseEvent(case_id=one.id, kind=EventKind.GOES_ON, at=now, details=setting.details()))
        found = True
    return found
