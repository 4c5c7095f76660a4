"""The later questions about closings."""

from dataclasses import dataclass
from datetime import datetime

from bot.ports import CalendarSource, Storage
from bot.services.ask_later import ask_later
from handlers.timekeeping.timekeeper import MOST_AT_ONCE


@dataclass(frozen=True, slots=True)
class LaterQuestions:
    """Is it still so? Two days and four weeks after a closing."""

    storage: Storage
    calendar: CalendarSource
    name: str = "later_questions"

    async def do(self, now: datetime) -> int:
        zone = self.calendar.current().timezone
        async with self.storage.begin() as uow:
            done = await ask_later(uow, now=now, most=MOST_AT_ONCE, zone=zone)
            if done:
                await uow.commit()
        return done
