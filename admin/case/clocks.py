"""The clocks of a case as bars with words beside them: taking it on, the first answer, the end; near the 45 days those too.

What they are and when they stand still is `bot.domain.clocks`; here they are only drawn and said. Cases of before the
clocks have one deadline, and their answer is measured against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from admin.case.parts import ClockLine, ClocksPart
from admin.guard import Visit
from admin.labels import capital
from bot.domain.case import Case, CaseStatus
from bot.domain.clocks.state import DAYS_45, Clock, Step, clock_due
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_hours import worked_between
from bot.domain.working_time import WorkingCalendar, working_days_between

WIDTH, MIDDLE = 320, 8  # of the drawing; the bars lie on one line
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHOWS_45 = timedelta(days=15)  # before they are over
_GRAVITY = (Clock.ACCEPT, Clock.ANSWER, Clock.RESOLVE, Clock.DAYS45, Clock.URGENT)  # the gravest last
MOST_HOURS = 16  # that are told as hours; later it is a matter of days
_IN_HOURS = (Clock.ACCEPT, Clock.URGENT)
_NAMES = {Clock.URGENT: "answer", Clock.RESOLVE: "close"}  # what a line is called where that is not the clock's own name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One clock of a case. `until`: when it stopped, or stands since, or now."""

    clock: Clock
    began_at: datetime
    due_at: datetime
    until: datetime
    is_reached: bool
    is_over: bool  # the case ended without it
    is_paused: bool

    @property
    def name(self) -> str:
        return _NAMES.get(self.clock, self.clock.value)

    @property
    def is_late(self) -> bool:
        return self.until > self.due_at


def clocks_part(visit: Visit, case: Case, timeline: Sequence[CaseEvent], calendar: WorkingCalendar) -> ClocksPart:
    """The clock that presses most stands first: of late ones the gravest, else the one that runs out next."""
    runs = sorted(_runs(case, visit.now), key=_urgency)
    [promised] = [run for run in runs if run.clock is Clock.RESOLVE]
    return ClocksPart(
        lines=[_line(visit, run, calendar) for run in runs],
        deadline=capital(_words(visit, replace(promised, is_paused=False), calendar)),
        warned=_warned(visit, case),
        notes=_notes(visit, case, timeline),
    )


def _urgency(run: _Run) -> tuple[bool, int, datetime]:
    is_stopped, is_late = run.is_reached or run.is_over, run.is_late
    return is_stopped, -_GRAVITY.index(run.clock) if is_late and not is_stopped else len(_GRAVITY), run.due_at


def _runs(case: Case, now: datetime) -> list[_Run]:
    clocks = case.clocks
    ended = case.closed_at if case.status is CaseStatus.CLOSED else None
    answer = clocks.answer_clock
    # What staff wrote when they closed it is an answer too; what the resident ended themselves has none.
    answered = clocks.answered_at or (ended if case.first_answer_at else None)
    wanted = [
        (Clock.ACCEPT, clocks.accept_due_at, clocks.accepted_at or ended),
        (answer, clocks.answer_due_at or case.due_at, answered),
        (Clock.RESOLVE, case.due_at, ended),
    ]
    days45 = clock_due(clocks, Clock.DAYS45) or case.created_at + DAYS_45
    if ended is None and now >= days45 - SHOWS_45:
        wanted.append((Clock.DAYS45, days45, None))
    return [
        _Run(
            clock=clock,
            began_at=case.created_at if clock is Clock.RESOLVE else clocks.began_at,
            due_at=due_at,
            until=reached or ended or clocks.waits_since or now,
            is_reached=reached is not None,
            is_over=reached is None and ended is not None,
            is_paused=reached is None and ended is None and clocks.waits_since is not None,
        )
        for clock, due_at, reached in wanted
        if due_at is not None
    ]


def _line(visit: Visit, run: _Run, calendar: WorkingCalendar) -> ClockLine:
    span = max((max(run.until, run.due_at) - run.began_at).total_seconds(), 1.0)
    due, here = _at(run.due_at, run, span), _at(run.until, run, span)
    return ClockLine(
        testid=f"clock-{run.name}",
        title=visit.say(f"desk_page_clock_{'urgent' if run.clock is Clock.URGENT else run.name}"),
        words=capital(_words(visit, run, calendar)),
        is_late=run.is_late,
        is_paused=run.is_paused,
        spent=f"M0 {MIDDLE}H{min(here, due):.1f}",
        late=f"M{due:.1f} {MIDDLE}H{here:.1f}" if run.is_late else "",
        due=f"M{max(min(due, WIDTH - 1.0), 1.0):.1f} 1V{2 * MIDDLE - 1}",
    )


def _words(visit: Visit, run: _Run, calendar: WorkingCalendar) -> str:
    if run.is_reached or run.is_over:
        words = _done(visit, run, calendar)
        return f"{words}, {_late(visit, run, calendar)}" if run.is_reached and run.is_late else words
    words = _late(visit, run, calendar) if run.is_late else _left(visit, run, calendar)
    return visit.say("desk_page_clock_waits", left=words) if run.is_paused else words


def _done(visit: Visit, run: _Run, calendar: WorkingCalendar) -> str:
    if run.is_over:
        return visit.say("desk_page_clock_answer_never", n=working_days_between(run.began_at, run.until, calendar))
    if run.clock is Clock.ACCEPT:
        hours = worked_between(run.began_at, run.until, calendar) // HOUR
        if hours > MOST_HOURS:
            days = working_days_between(run.began_at, run.until, calendar)
            return visit.say("desk_page_clock_accept_done_days", n=days)
        return visit.say("desk_page_clock_accept_done", n=hours) if hours else visit.say("desk_page_clock_accept_at_once")
    days = working_days_between(run.began_at, run.until, calendar)
    return visit.say(f"desk_page_clock_{run.name}_done" if days else f"desk_page_clock_{run.name}_at_once", n=days)


def _at(moment: datetime, run: _Run, span: float) -> float:
    """Where the moment stands on the line; what was before the case came in (a clock that was set back) at its beginning."""
    return min(max((moment - run.began_at).total_seconds() / span, 0.0), 1.0) * WIDTH


def _left(visit: Visit, run: _Run, calendar: WorkingCalendar) -> str:
    if run.clock is Clock.DAYS45:
        return visit.say("desk_page_clock_left_45", n=-((run.until - run.due_at) // DAY))
    if run.clock in _IN_HOURS:
        hours = worked_between(run.until, run.due_at, calendar) // HOUR
        return visit.say("desk_page_clock_left_hours", n=hours) if hours else visit.say("desk_page_clock_left_hour")
    days = working_days_between(run.until, run.due_at, calendar)
    if days:
        return visit.say("desk_page_clock_left", n=days)
    here = run.until.astimezone(calendar.timezone).date(), run.due_at.astimezone(calendar.timezone).date()
    # A deadline on a day that became a day off afterwards is not today's, and no working day away either.
    return visit.say("desk_page_clock_today" if here[0] == here[1] else "desk_page_clock_soon")


def _late(visit: Visit, run: _Run, calendar: WorkingCalendar) -> str:
    hours = worked_between(run.due_at, run.until, calendar) // HOUR
    if run.clock in _IN_HOURS and hours <= MOST_HOURS:
        return visit.say("desk_page_clock_late_hours", n=hours) if hours else visit.say("desk_page_clock_late_hour")
    days = working_days_between(run.due_at, run.until, calendar)
    return visit.say("desk_page_clock_late", n=days) if days else visit.say("desk_page_clock_late_today")


def _warned(visit: Visit, case: Case) -> str:
    """Who was warned since the case was last opened; empty: nobody. Of what, and when, is in the timeline."""
    warned = {step for _, step in case.clocks.told}
    told = [visit.say(f"desk_page_clock_step_{step.value}") for step in Step if step in warned]
    return visit.say("desk_page_clock_warned", who=", ".join(told)) if told else ""


def _notes(visit: Visit, case: Case, timeline: Sequence[CaseEvent]) -> list[str]:
    moves = sum(event.kind is EventKind.MOVED for event in timeline)
    reopened = sum(
        event.kind in (EventKind.ADDED, EventKind.EDITED) and bool((event.details or {}).get("reopened"))
        for event in timeline
    )
    laid = sum(event.kind is EventKind.DEADLINE_MOVED for event in timeline)
    counted = (("disputed", case.disputes), ("reopened", reopened), ("moved", moves), ("calendar", laid))
    return [visit.say(f"desk_page_clock_{name}", n=count) for name, count in counted if count]
