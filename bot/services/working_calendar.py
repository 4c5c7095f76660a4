"""The city's working days: Vietnam's public holidays, corrected by the days that staff keep in the table.

The library knows the yearly rule and misses single swaps that the government decides (2 and 10 January 2026 were
swapped), so the table always wins. How working days are counted is `bot.domain.working_time`.
"""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

from bot.domain.working_time import WorkingCalendar, with_changes

if TYPE_CHECKING:
    from holidays import HolidayBase


def load_calendar(changes: Mapping[date, bool], zone: tzinfo, years: Iterable[int]) -> WorkingCalendar:
    """The calendar of these years.

    Args:
        changes: Date to "is worked", as the table `calendar_days` keeps them.
        zone: The city's time zone.
        years: A deadline that leaves them sees Monday to Friday only, so name one more than is needed.
    """
    return with_changes(WorkingCalendar(frozenset(_public_holidays(years)), frozenset(), zone), changes)


def _public_holidays(years: Iterable[int]) -> Iterable[date]:
    """Vietnam's, by the library, and of the library nothing else.

    Its package of countries imports all 250 of them, 9 MB and a tenth of a second for one that is needed: an empty package
    stands in its place for a moment.
    """
    name = "holidays.countries"
    if name not in sys.modules:
        spec = find_spec(name)
        package = ModuleType(name)
        package.__path__ = list(spec.submodule_search_locations or ()) if spec else []
        sys.modules[name] = package
        try:
            found: type[HolidayBase] = import_module(f"{name}.vietnam").Vietnam
        finally:
            del sys.modules[name]
    else:
        found = import_module(f"{name}.vietnam").Vietnam
    return found(years=list(years))


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
