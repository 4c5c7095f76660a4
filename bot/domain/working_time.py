"""Working days: Monday to Friday, without days off, with the Saturdays that the government swaps in.

Which days those are is data (`bot.working_calendar`); how they are counted is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

FARTHEST = 999  # working days that are counted
DAY_ENDS = time(17, 0)  # local time at which a ward's office closes; a deadline falls there


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The days that differ from "Monday to Friday". `timezone` is the city's."""

    days_off: frozenset[date]
    extra_days: frozenset[date]  # worked although they fall on a weekend or a holiday
    timezone: tzinfo

    def is_working(self, day: date) -> bool:
        if day in self.extra_days:
            return True
        return day.weekday() < 5 and day not in self.days_off


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day that staff decided otherwise than the yearly rule, and why."""

    day: date
    is_worked: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSweep:
    """A changed day whose open cases are being looked through, in order of their ids; `after_id`: so far."""

    id: int
    day: date
    after_id: int


def with_changes(calendar: WorkingCalendar, changes: Mapping[date, bool]) -> WorkingCalendar:
    """The same, with single days (date to "is worked") decided otherwise."""
    if not changes:
        return calendar
    worked = {day for day, is_worked in changes.items() if is_worked}
    return WorkingCalendar(
        frozenset((calendar.days_off | changes.keys()) - worked),
        frozenset((calendar.extra_days - changes.keys()) | worked),
        calendar.timezone,
    )


def day_ends(moment: datetime, zone: tzinfo) -> datetime:
    """The midnight after it in that zone."""
    here = moment.astimezone(zone)
    return datetime.combine(here.date() + timedelta(days=1), time(), zone)


def working_days_between(start: datetime, end: datetime, calendar: WorkingCalendar) -> int:
    """The working days after `start`'s own day up to `end`'s, as `due_after` counts them; 0 where `end` is no later day.

    At most `FARTHEST`: what waits longer is counted no further.
    """
    day, last = (moment.astimezone(calendar.timezone).date() for moment in (start, end))
    found = 0
    while day < last and found < FARTHEST:
        day += timedelta(days=1)
        found += calendar.is_working(day)
    return found


def due_after(start: datetime, working_days: int, calendar: WorkingCalendar) -> datetime:
    """The end of the `working_days`-th working day after `start`'s own day, in UTC.

    Args:
        start: Aware. Its day in the city's time zone does not count, as in the Civil Code's time limits.
        working_days: 1 or more.

    Raises:
        ValueError: `working_days` is less than 1, or `start` is naive.
    """
    if working_days < 1 or start.tzinfo is None:
        raise ValueError("needs an aware moment and at least one working day")
    day = start.astimezone(calendar.timezone).date()
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day)
    return datetime.combine(day, DAY_ENDS, calendar.timezone).astimezone(UTC)
