"""The clocks of the cases: warnings that are due, and deadlines that a changed calendar moves."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.working_hours import last_open
from bot.ports import CalendarSource, Storage
from bot.services.deadlines import calendar_of
from bot.services.escalate import escalate
from bot.services.lay_again import lay_deadlines_again
from handlers.timekeeping.timekeeper import MOST_AT_ONCE

MOST_LAID = 100  # cases that are looked at in one transaction; few of them move


@dataclass(frozen=True, slots=True)
class DueWarnings:
    """Owner, leader and city are warned of clocks that run out. A look that finds nothing takes no lock."""

    storage: Storage
    calendar: CalendarSource
    name: str = "warnings"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            in_hours = last_open(now, await calendar_of(uow, self.calendar))
            if not await uow.cases.is_alarm_due(now=now, in_hours=in_hours):
                return 0
        async with self.storage.begin() as uow:
            await uow.notices.take_turn()
            done = await escalate(uow, calendar=self.calendar, now=now, most=MOST_AT_ONCE)
            await uow.commit()
        return done


@dataclass(frozen=True, slots=True)
class ChangedCalendar:
    """Deadlines that lie ahead move with the calendar, a portion at a time."""

    storage: Storage
    calendar: CalendarSource
    name: str = "changed_calendar"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            if not await uow.calendar.is_sweep_due():
                return 0
        async with self.storage.begin() as uow:
            done = await lay_deadlines_again(uow, calendar=self.calendar, now=now, most=MOST_LAID)
            await uow.commit()
        return done
