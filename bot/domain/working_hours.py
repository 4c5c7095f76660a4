"""Working hours: the moments at which a ward's office is open, for limits that are counted in hours.

Which days are worked is `bot.domain.working_time`; a working day has the hours named here. Everything takes aware moments
and gives UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.working_time import DAY_ENDS, WorkingCalendar

# The office's hours in the city's time. The last one ends where a deadline falls.
WORKING_HOURS = ((time(8), time(12)), (time(13), DAY_ENDS))
FARTHEST_DAYS = 3_660  # calendar days that are walked; ten years
NOTHING = timedelta()


def is_open(moment: datetime, calendar: WorkingCalendar) -> bool:
    """Whether somebody is at the office at that moment."""
    day = moment.astimezone(calendar.timezone).date()
    return any(opens <= moment < shuts for opens, shuts in _hours_of(day, calendar))


def last_open(moment: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment itself while the office is open, else when it last shut."""
    day = moment.astimezone(calendar.timezone).date()
    for back in range(FARTHEST_DAYS):
        begun = [span for span in _hours_of(day - timedelta(days=back), calendar) if span[0] <= moment]
        if begun:
            return min(moment, begun[-1][1])
    return moment


def worked_between(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """The working time from `start` to `end`, never negative: zero where `end` is not later."""
    if end <= start:
        return NOTHING
    days = (_day(end, calendar) - _day(start, calendar)).days
    found = NOTHING
    for opens, shuts in _spans(start, min(days, FARTHEST_DAYS), calendar):
        found += max(min(shuts, end) - max(opens, start), NOTHING)
    return found


def after_worked(start: datetime, wanted: timedelta, calendar: WorkingCalendar) -> datetime:
    """The first moment at which so much working time has passed since `start`; `start` itself where that is none."""
    if wanted <= NOTHING:
        return start.astimezone(UTC)
    left = wanted
    for opens, shuts in _spans(start, FARTHEST_DAYS, calendar):
        begins = max(opens, start)
        if shuts - begins >= left:
            return begins + left
        left -= max(shuts - begins, NOTHING)
    return start.astimezone(UTC) + timedelta(days=FARTHEST_DAYS)  # nobody works any more: a calendar of holidays alone


def _day(moment: datetime, calendar: WorkingCalendar) -> date:
    return moment.astimezone(calendar.timezone).date()


def _spans(start: datetime, days: int, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """The open hours of `start`'s day and of so many days after it."""
    first = _day(start, calendar)
    for ahead in range(days + 1):
        yield from _hours_of(first + timedelta(days=ahead), calendar)


def _hours_of(day: date, calendar: WorkingCalendar) -> list[tuple[datetime, datetime]]:
    if not calendar.is_working(day):
        return []
    zone = calendar.timezone
    return [
        (datetime.combine(day, opens, zone).astimezone(UTC), datetime.combine(day, shuts, zone).astimezone(UTC))
        for opens, shuts in WORKING_HOURS
    ]
