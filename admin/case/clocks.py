"""How long a resident waits, as bars with words beside them: to the first answer, and to the end.

Both are measured from the day the case came in against the one deadline that it has; moving it changes neither. A dispute
gives a new deadline, and the bar then ends there.
"""

from collections.abc import Sequence
from datetime import datetime

from admin.case.parts import ClockLine, ClocksPart
from admin.guard import Visit
from bot.domain.case import Case, CaseStatus
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_time import WorkingCalendar, working_days_between

WIDTH, MIDDLE = 320, 8  # of the drawing; the bars lie on one line


def clocks_part(visit: Visit, case: Case, timeline: Sequence[CaseEvent], calendar: WorkingCalendar) -> ClocksPart:
    is_closed = case.status is CaseStatus.CLOSED and case.closed_at is not None
    ended = case.closed_at if is_closed else None
    lines = [
        _line("clock-answer", visit, case, case.first_answer_at, ended, calendar),
        _line("clock-close", visit, case, ended, ended, calendar),
    ]
    return ClocksPart(lines=lines, notes=_notes(visit, case, timeline))


def _line(
    testid: str, visit: Visit, case: Case, reached: datetime | None, ended: datetime | None, calendar: WorkingCalendar
) -> ClockLine:
    """One bar. `reached`: when what is waited for happened; `ended`: when the case was closed, if it is."""
    until = reached or ended or visit.now
    is_late = until > case.due_at
    name = testid.removeprefix("clock-")
    if reached or ended:
        days = working_days_between(case.created_at, until, calendar)
        words = visit.say(
            (f"desk_page_clock_{name}_done" if days else f"desk_page_clock_{name}_at_once")
            if reached
            else "desk_page_clock_answer_never",
            n=days,
        )
        if reached and is_late:
            words = f"{words}, {_late(visit, case, until, calendar)}"
    elif is_late:
        words = _late(visit, case, until, calendar)
    else:
        words = _left(visit, case, calendar)
    span = max((max(until, case.due_at) - case.created_at).total_seconds(), 1.0)
    due = _at(case.due_at, case, span)
    here = _at(until, case, span)
    return ClockLine(
        testid=testid,
        title=visit.say(f"desk_page_clock_{name}"),
        words=words[:1].upper() + words[1:],
        is_late=is_late,
        spent=f"M0 {MIDDLE}H{min(here, due):.1f}",
        late=f"M{due:.1f} {MIDDLE}H{here:.1f}" if is_late else "",
        due=f"M{max(min(due, WIDTH - 1.0), 1.0):.1f} 1V{2 * MIDDLE - 1}",
    )


def _at(moment: datetime, case: Case, span: float) -> float:
    """Where the moment stands on the line; what was before the case came in (a clock that was set back) at its beginning."""
    return min(max((moment - case.created_at).total_seconds() / span, 0.0), 1.0) * WIDTH


def _left(visit: Visit, case: Case, calendar: WorkingCalendar) -> str:
    days = working_days_between(visit.now, case.due_at, calendar)
    if days:
        return visit.say("desk_page_clock_left", n=days)
    here = visit.now.astimezone(calendar.timezone).date(), case.due_at.astimezone(calendar.timezone).date()
    # A deadline on a day that became a day off afterwards is not today's, and no working day away either.
    return visit.say("desk_page_clock_today" if here[0] == here[1] else "desk_page_clock_soon")


def _late(visit: Visit, case: Case, until: datetime, calendar: WorkingCalendar) -> str:
    days = working_days_between(case.due_at, until, calendar)
    return visit.say("desk_page_clock_late", n=days) if days else visit.say("desk_page_clock_late_today")


def _notes(visit: Visit, case: Case, timeline: Sequence[CaseEvent]) -> list[str]:
    moves = sum(event.kind is EventKind.MOVED for event in timeline)
    reopened = sum(
        event.kind in (EventKind.ADDED, EventKind.EDITED) and bool((event.details or {}).get("reopened"))
        for event in timeline
    )
    counted = (("disputed", case.disputes), ("reopened", reopened), ("moved", moves))
    return [visit.say(f"desk_page_clock_{name}", n=count) for name, count in counted if count]
