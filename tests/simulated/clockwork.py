"""What happens by itself: replies are delivered or not, and the timekeeper does what is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incoming import Incoming, RemoteFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.errors import FileNotFetched, NeverDeliverable
from bot.ports import KeptUpdate
from handlers.sending import Lane, send
from handlers.timekeeping import (
    MOST_ROUNDS,
    ChangedCalendar,
    DueDigests,
    DueErasures,
    DueNotices,
    DuePlans,
    DueWarnings,
    DueWork,
    IdleOwners,
    LaterQuestions,
)
from tests.simulated.town import BEGINS, ENDS, Town

_AT_ONCE = 200  # replies


@dataclass
class Post:
    """Every channel: what is sent arrives, unless the resident stopped the bot."""

    town: Town
    channel: Channel

    def read(self, update: KeptUpdate) -> Incoming:
        return Incoming.unsupported(Address(self.channel, update.address_id), update.external_id, update.received_at)

    async def fetch(self, file: RemoteFile) -> bytes:
        raise FileNotFetched(kind=file.kind.value)

    async def send(self, address: Address, reply: Reply) -> str:
        if address.external_id in self.town.blocked:
            raise NeverDeliverable(blocked=True)
        return "1"


@dataclass(frozen=True)
class Now:
    """The town's time as a clock."""

    town: Town

    def now(self) -> datetime:
        return self.town.now


async def delivers(town: Town) -> None:
    """Everything that waits, one reply of an address after the other, through the real sending and recording."""
    lanes = {channel: Lane(Post(town, channel), None, _AT_ONCE) for channel in Channel}
    async with town.database.reading() as uow:
        due = await uow.outbox.next_due()
    if due is None or due > town.now:
        return
    async with town.database.begin() as uow:
        while claimed := await uow.outbox.claim(
            owner="post", channels=list(Channel), now=town.now, lease=timedelta(minutes=1), most=_AT_ONCE
        ):
            await uow.outbox.record([await send(lanes[one.address.channel], one, Now(town)) for one in claimed])
        await uow.commit()


def works_of(town: Town) -> Sequence[DueWork]:
    """What `bot.app` gives its timekeeper, but for files and raw updates: none are here."""
    calendar = town.city.calendar
    return (
        DueErasures(town.database),
        LaterQuestions(town.database, calendar),
        DuePlans(town.database, town.city),
        IdleOwners(town.database, calendar),
        ChangedCalendar(town.database, calendar),
        DueWarnings(town.database, calendar),
        DueNotices(town.database, calendar),
        DueDigests(town.database, calendar),
    )


async def looks(works: Sequence[DueWork], town: Town) -> None:
    """As `handlers.timekeeping.Timekeeper` does, only that a fault is not swallowed."""
    for work in works:
        for _ in range(MOST_ROUNDS):
            if not await work.do(town.now):
                break


async def lives_a_year(town: Town, tell: Callable[[datetime], None]) -> None:
    """From the first look to the last; in between, whatever is planned. `tell` hears how far it is after each."""
    works, at = works_of(town), BEGINS + timedelta(hours=10)  # by day, however seldom it looks
    while at < ENDS:
        at = min(at + town.look_every, ENDS)
        await town.happens_until(at)
        await looks(works, town)
        await delivers(town)
        tell(at)
    await looks(works, town)  # what did not arrive is told as well
