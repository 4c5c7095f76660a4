"""Planned cases whose day is over come back to their queues."""

from dataclasses import dataclass
from datetime import datetime

from bot.ports import Storage
from bot.services.city import City
from bot.services.come_back import bring_back

MOST_AT_ONCE = 20  # in one transaction: nobody else waits long behind it


@dataclass(frozen=True, slots=True)
class DuePlans:
    """What was planned for a day that is over; see `bot.services.come_back`."""

    storage: Storage
    city: City
    name: str = "plans"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            done = await bring_back(uow, now=now, city=self.city, most=MOST_AT_ONCE)
            if done:
                await uow.commit()
        return done
