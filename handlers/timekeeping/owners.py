"""Cases whose owners forgot them."""

from dataclasses import dataclass
from datetime import datetime

from bot.ports import CalendarSource, Storage
from bot.services.own_case import return_idle_cases
from handlers.timekeeping.timekeeper import MOST_AT_ONCE


@dataclass(frozen=True, slots=True)
class IdleOwners:
    """Cases whose owners did nothing in time go back to the queue."""

    storage: Storage
    calendar: CalendarSource
    name: str = "idle_owners"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            returned = await return_idle_cases(uow, now=now, calendar=self.calendar, most=MOST_AT_ONCE)
            await uow.commit()  # also what an owner keeps, because they did something, has a new time
        return len(returned)
