"""What staff are told in the chats they linked: what happened, and in the morning what waits for them."""

from dataclasses import dataclass
from datetime import datetime

from bot.ports import CalendarSource, Storage
from bot.services.morning import send_digests
from bot.services.staff_change import WardNames
from bot.services.tell_staff import spread_facts, tell_due
from handlers.timekeeping.timekeeper import MOST_AT_ONCE

LOOK_FOR_NOTICES_EVERY = 3.0  # seconds: an emergency is told at once
MOST_FACTS = 25  # that are spread in one transaction: each is held against everybody with a linked chat
MOST_DIGESTS = 5


@dataclass(frozen=True, slots=True)
class DueNotices:
    """What happened to cases is told to staff in the chats they linked. A look that finds nothing takes no lock."""

    storage: Storage
    calendar: CalendarSource
    public_url: str = ""
    wards: WardNames | None = None
    name: str = "notices"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            if not await uow.notices.is_anything_due(now):
                return 0
        async with self.storage.begin() as uow:
            await uow.notices.take_turn()
            done = await spread_facts(uow, now=now, most=MOST_FACTS)
            zone = self.calendar.current().timezone
            done += await tell_due(uow, now=now, zone=zone, public_url=self.public_url, most=MOST_AT_ONCE, wards=self.wards)
            await uow.commit()
        return done


@dataclass(frozen=True, slots=True)
class DueDigests:
    """The morning's digest for everybody who wants it, on days that are worked. A few at a time: each is some counting."""

    storage: Storage
    calendar: CalendarSource
    public_url: str = ""
    name: str = "digests"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            if not await uow.notices.digests_due(now, most=1):
                return 0
        async with self.storage.begin() as uow:
            await uow.notices.take_turn()
            done = await send_digests(
                uow,
                now=now,
                zone=self.calendar.current().timezone,
                calendar=self.calendar,
                public_url=self.public_url,
                most=MOST_DIGESTS,
            )
            if done:
                await uow.commit()
        return done
