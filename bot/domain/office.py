"""A ward's reception: how it is reached by phone or in person, and whether somebody is likely to be there now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.ward import WardCode
from bot.domain.working_time import DAY_ENDS, WorkingCalendar

DAY_BEGINS = time(8, 0)  # local time; what a ward says of its own hours is shown as it stands and is not read by machine
_FARTHEST = 60  # days that are looked at for the next working one; no holiday is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """As the ward's staff keep it; any of it may be empty."""

    ward_code: WardCode
    phone: str = ""
    hours: str = ""
    hours_en: str = ""
    address: str = ""
    updated_at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.phone or self.hours or self.address)


def is_office_time(now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether it is a working day between morning and evening in the city. `now` is aware."""
    here = now.astimezone(calendar.timezone)
    return calendar.is_working(here.date()) and DAY_BEGINS <= here.time() < DAY_ENDS


def next_office_day(now: datetime, calendar: WorkingCalendar) -> date:
    """The next day somebody will be there: today while the office has not yet closed."""
    here = now.astimezone(calendar.timezone)
    day = here.date()
    if here.time() >= DAY_ENDS or not calendar.is_working(day):
        for _ in range(_FARTHEST):
            day += timedelta(days=1)
            if calendar.is_working(day):
                break
    return day
