"""What a case's clocks show: due times, what has been reached, whether they stand still, and which warning comes next.

Five clocks run from the filing, and from the beginning again after a dispute or when a resident's words open a closed case:

- accept: 8 working hours until somebody of the staff takes the case on. Taking it, being given it, answering, telling a new
  date or closing is that; moving it on, with whatever reason, is not, and whoever gives it back has not.
- answer: the first answer to the resident. In an emergency it is `urgent`: 4 working hours, and there is no `accept`.
- resolve: the deadline the resident is told, in the category's working days.
- days45: 45 calendar days without an end can cost a leading officer the post (Decree 154/2026, art. 41(3)(b)).

All stand still while staff wait for the resident, and stop when the case is closed. Moving a case changes none of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DAYS_45 = timedelta(days=45)


class Clock(StrEnum):
    """In the order in which they run out."""

    ACCEPT = "accept"
    URGENT = "urgent"
    ANSWER = "answer"
    RESOLVE = "resolve"
    DAYS45 = "days45"


class Step(StrEnum):
    """Who is warned, one after the other, once each."""

    OWNER = "owner"  # or, where nobody has the case, the people of its desk
    LEADER = "leader"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A warning that is due at that moment."""

    at: datetime
    clock: Clock
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Everything the clocks know of one case, since it was filed or last opened again.

    The deadline is `counted_days` working days after `counted_from`'s day and `counted_more` of working time on top, for
    which the clocks stood still; without days it is a date that was promised as such.
    """

    began_at: datetime
    due_at: datetime
    counted_from: datetime
    counted_days: int = 0
    counted_more: timedelta = timedelta()
    answer_days: int = 0  # working days for the first answer, where it is counted in days
    is_urgent: bool = False
    accept_due_at: datetime | None = None
    answer_due_at: datetime | None = None  # of the urgent clock, in an emergency
    accepted_at: datetime | None = None
    answered_at: datetime | None = None
    waits_since: datetime | None = None  # staff asked the resident something
    closed_at: datetime | None = None
    stood: timedelta = timedelta()  # how long staff waited for the resident, by the wall clock
    told: frozenset[tuple[Clock, Step]] = frozenset()  # warnings that were given

    @property
    def is_running(self) -> bool:
        return self.closed_at is None and self.waits_since is None

    @property
    def answer_clock(self) -> Clock:
        return Clock.URGENT if self.is_urgent else Clock.ANSWER


# How long before a clock runs out the first warning comes: so long, or half of the whole time where that is less. How long
# afterwards the city hears of it. By the wall clock: warnings wait for working hours anyway (`bot.services.escalate`).
_BEFORE = {
    Clock.ACCEPT: timedelta(hours=4),
    Clock.URGENT: timedelta(hours=2),
    Clock.ANSWER: timedelta(days=2),
    Clock.RESOLVE: timedelta(days=3),
    Clock.DAYS45: timedelta(days=15),
}
_AFTER = {
    Clock.ACCEPT: timedelta(days=1),
    Clock.URGENT: timedelta(hours=4),
    Clock.ANSWER: timedelta(days=2),
    Clock.RESOLVE: timedelta(days=3),
}
# After 45 days it is too late: the leader and the city hear of it well before.
_DAYS45_AT = {Step.OWNER: timedelta(days=15), Step.LEADER: timedelta(days=7), Step.CITY: timedelta(days=3)}


def clocks_of(clocks: Clocks) -> tuple[Clock, ...]:
    """The clocks this case has, in the order in which they run out."""
    wanted = (Clock.ACCEPT, clocks.answer_clock, Clock.RESOLVE, Clock.DAYS45)
    return tuple(clock for clock in wanted if clock_due(clocks, clock) is not None)


def clock_due(clocks: Clocks, clock: Clock) -> datetime | None:
    """When it runs out; None where the case has no such clock."""
    if clock is Clock.ACCEPT:
        return clocks.accept_due_at
    if clock is clocks.answer_clock:
        return clocks.answer_due_at
    if clock is Clock.RESOLVE:
        return clocks.due_at
    return clocks.began_at + DAYS_45 + clocks.stood if clock is Clock.DAYS45 else None


def clock_reached(clocks: Clocks, clock: Clock) -> datetime | None:
    """When what it waits for happened. What ends a case ends them all."""
    if clock is Clock.ACCEPT:
        return clocks.accepted_at or clocks.closed_at
    if clock is clocks.answer_clock:
        return clocks.answered_at or clocks.closed_at
    return clocks.closed_at


def next_alarm(clocks: Clocks) -> Alarm | None:
    """The next warning; None while the clocks stand, after the end, and when everybody was warned."""
    if not clocks.is_running:
        return None
    found = [
        alarm
        for clock in clocks_of(clocks)
        if clock_reached(clocks, clock) is None and (alarm := _next_of(clocks, clock)) is not None
    ]
    return min(found, key=lambda alarm: alarm.at, default=None)


def _next_of(clocks: Clocks, clock: Clock) -> Alarm | None:
    due = clock_due(clocks, clock)
    step = next((step for step in Step if (clock, step) not in clocks.told), None)
    if due is None or step is None:
        return None
    return Alarm(_at(clocks, clock, step, due), clock, step)


def _at(clocks: Clocks, clock: Clock, step: Step, due: datetime) -> datetime:
    if clock is Clock.DAYS45:
        return due - _DAYS45_AT[step]
    if step is Step.OWNER:
        return due - min(_BEFORE[clock], max(due - clocks.began_at, timedelta()) / 2)
    return due if step is Step.LEADER else due + _AFTER[clock]
