"""Reviews that begin by themselves, ten days before their term ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import is_quiet
from bot.domain.ward import WardCode
from bot.ports import CalendarSource, Storage
from bot.services.begin_reviews import begin_due, tell_begun

MOST_TOLD = 10  # reviews whose writers are told in one transaction


@dataclass(frozen=True, slots=True)
class DueReviews:
    """A draft for every ward and the city, once each, and a word to whoever writes it. A look without any writes nothing."""

    storage: Storage
    calendar: CalendarSource
    wards: Collection[WardCode]
    public_url: str = ""
    name: str = "reviews"

    async def do(self, now: datetime) -> int:
        zone = self.calendar.current().timezone
        if is_quiet(now, zone):  # after an outage it may be night: nobody is woken for it
            return 0
        async with self.storage.reading() as uow:
            if not await uow.reviews.is_anything_due(now):
                return 0
        async with self.storage.begin() as uow:
            begun = await begin_due(uow, wards=self.wards, now=now, zone=zone)
            told = await tell_begun(uow, now=now, public_url=self.public_url, most=MOST_TOLD)
            await uow.commit()
        return begun + told
