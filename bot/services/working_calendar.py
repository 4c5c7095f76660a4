"""The city's working days: Vietnam's public holidays, corrected by the days that staff keep in the table.

The library knows the yearly rule and misses single swaps that the government decides (2 and 10 January 2026 were
swapped), so the table always wins. How working days are counted is `bot.domain.working_time`.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo

from bot.domain.working_time import WorkingCalendar, with_changes


def load_calendar(changes: Mapping[date, bool], zone: tzinfo, years: Iterable[int]) -> WorkingCalendar:
    """The calendar of these years.

    Args:
        changes: Date to "is worked", as the table `calendar_days` keeps them.
        zone: The city's time zone.
        years: A deadline that leaves them sees Monday to Friday only, so name one more than is needed.
    """
    # The library takes a tenth of a second to load; commands that know no deadline must not wait for it.
    import holidays

    days_off = frozenset(holidays.country_holidays("VN", years=list(years)))
    return with_changes(WorkingCalendar(days_off, frozenset(), zone), changes)


class CityCalendar:
    """The calendar of the day (a `bot.ports.CalendarSource`): loaded with its first use, and again when the year turns."""

    def __init__(self, zone: tzinfo, *, changes: Mapping[date, bool], now: datetime) -> None:
        self._zone = zone
        self._changes = dict(changes)
        self._began = now.astimezone(zone).year
        self._year = 0
        self._calendar = WorkingCalendar(frozenset(), frozenset(), zone)

    def current(self) -> WorkingCalendar:
        """From the year before the start to two years ahead: a late deadline lies behind, a new one days away."""
        year = datetime.now(UTC).astimezone(self._zone).year
        if year != self._year:
            years = range(min(year, self._began) - 1, max(year, self._began) + 3)
            self._calendar = load_calendar(self._changes, self._zone, years)
            self._year = year
        return self._calendar
