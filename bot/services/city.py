"""The city as services and the dialogue know it: its wards, their names on the map, its calendar, how it reads a text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Self

from bot.domain.city_day import city_day
from bot.domain.working_time import due_after, with_changes
from bot.ports import CalendarSource, Receipts, Sealer
from bot.routing import Router, load_router
from bot.routing.wards import DATA, Wards, load_wards
from bot.services.working_calendar import CityCalendar
from bot.understanding import Understanding, understand_text


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is the same for every resident; made once, at start."""

    wards: Wards
    calendar: CalendarSource
    places: Router
    sealer: Sealer
    receipts: Receipts
    public_url: str = ""  # where residents find our pages; no trailing slash, empty when nobody set one
    understand: Callable[[str], Understanding] = understand_text

    def due_after(self, start: datetime, working_days: int, changes: Mapping[date, bool]) -> datetime:
        """When that many working days are over, in UTC; `changes` are those of the table at present."""
        return due_after(start, working_days, with_changes(self.calendar.current(), changes))

    @property
    def zone(self) -> tzinfo:
        """Where its days are told."""
        return self.calendar.current().timezone

    def day_of(self, moment: datetime) -> date:
        """The city's date at that moment."""
        return city_day(moment, self.zone)

    @classmethod
    def load(
        cls,
        zone: tzinfo,
        changes: Mapping[date, bool],
        now: datetime,
        folder: Path = DATA,
        *,
        sealer: Sealer,
        receipts: Receipts,
        public_url: str = "",
    ) -> Self:
        """The city of a folder of tables (`bot.routing.wards.city_folder`).

        Args:
            zone: The city's time zone.
            changes: The days that differ from the yearly rule. A service asks the table again for what changed since.
            now: Aware; the calendar covers its year and the present one.
            folder: Where the tables are.
        """
        wards = load_wards(folder)
        calendar = CityCalendar(zone, changes=changes, now=now)
        return cls(wards, calendar, load_router(wards, folder), sealer, receipts, public_url.rstrip("/"))
