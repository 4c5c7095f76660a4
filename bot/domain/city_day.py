"""Days of the city: its date at a moment, the moment of a time of day there, and how a day is written.

One function writes every deadline: chat, desk, receipt and public page show the same day of the same case. Working days are
`bot.domain.working_time`.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

EARLIEST, LATEST = 1900, 2200  # years; what lies outside is a slip of somebody's hand


def city_day(moment: datetime, zone: tzinfo) -> date:
    """The date in the city at that moment."""
    return moment.astimezone(zone).date()


def city_moment(day: date, at: time, zone: tzinfo) -> datetime:
    """That time of that day in the city, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def city_span(first: date | None, last: date | None, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From the first moment of these days until just after their last; None: no bound, as of a day beyond all calendars."""
    start = city_moment(first, time(), zone) if first and first.year >= EARLIEST else None
    end = city_moment(last + timedelta(days=1), time(), zone) if last and last.year < LATEST else None
    return start, end


@lru_cache(maxsize=1024)  # a register has a year of days, and writes each a thousand times
def shown_date(day: date | None) -> str:
    """As people here write it, dd/mm/yyyy; empty for none."""
    return f"{day:%d/%m/%Y}" if day else ""


def shown_day(moment: datetime, zone: tzinfo) -> str:
    """The date in the city at that moment, as `shown_date` writes it."""
    return shown_date(city_day(moment, zone))
