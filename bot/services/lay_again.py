"""Lay deadlines again after the calendar changed: those of open cases that lie ahead, a few cases at a time.

A deadline that has passed stays, and so does a date that was promised as such. What moves says so on the case.
"""

from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.clocks.setting import laid_again
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import CalendarSource, UnitOfWork
from bot.services.deadlines import calendar_of


async def lay_deadlines_again(uow: UnitOfWork, *, calendar: CalendarSource, now: datetime, most: int) -> int:
    """Look at the next open cases; returns how many, 0 when no day waits any more."""
    sweep = await uow.calendar.next_sweep()
    if sweep is None:
        return 0
    worked = await calendar_of(uow, calendar)
    found = await uow.cases.open_after(sweep.after_id, most=most)
    for seen in sorted(found, key=_main_first):
        if laid_again(seen.clocks, now, worked) is None:
            continue
        case = await uow.cases.by_id(seen.id, for_update=True)
        setting = laid_again(case.clocks, now, worked) if case and case.status is CaseStatus.OPEN else None
        if setting is None:
            continue
        details = {**setting.details(), "day": sweep.day.isoformat()}
        await uow.cases.record(CaseEvent(case_id=seen.id, kind=EventKind.DEADLINE_MOVED, at=now, details=details))
    await uow.calendar.swept(sweep, found[-1].id if len(found) == most else None)
    return max(len(found), 1)


def _main_first(case: Case) -> tuple[bool, int]:
    """Whoever writes to both of two cases takes the main one first."""
    return case.main_case_id is not None, case.id
