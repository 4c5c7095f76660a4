"""One process: what `run` starts, as far as residents are concerned, with a bell, a database and a life of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.bell import Bell
from bot.domain.incoming import Incoming, RemoteFile, StoredFile
from bot.domain.people import Channel
from bot.errors import FileNotFetched, StorageBusy
from bot.ports import RawUpdate, UnitOfWork
from bot.receipts import KeyedReceipts
from bot.sealing import SecretKeySealer
from bot.services.city import City
from handlers.channels.telegram_intake import TelegramPolling
from handlers.delivery import Delivery
from handlers.dialogue import Dialogue, make_dialogue
from handlers.intake import Intake
from handlers.leading import led
from handlers.leases import watch_leases
from handlers.pacing import Pace
from handlers.timekeeping import DueDrafts, Timekeeper
from tests.deterministic.loop import Life
from tests.deterministic.store import SimulatedDatabase
from tests.deterministic.telegram import Calls, Telephone

if TYPE_CHECKING:
    from tests.deterministic.world import World

Loop = Callable[[asyncio.Event], Awaitable[None]]

BEGINS = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # a Monday, 9 o'clock in Hanoi
TIMEKEEPER_LOOKS_EVERY = 3.0  # seconds
OPENS_AGAIN_AFTER = 1.0  # seconds, when the database was out of reach at the start
_SECRET = "a key of the tests, thirty-two letters"


@cache
def hanoi() -> City:
    """The shipped city. What a text means is found out once: the same few are sent again and again."""
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    city = City.load(zone, {}, BEGINS, sealer=SecretKeySealer(_SECRET), receipts=KeyedReceipts(_SECRET))
    object.__setattr__(city, "understand", cache(city.understand))
    return city


@dataclass
class MachineClock:
    """The machine's: it follows the loop's time, and can be set."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return BEGINS + timedelta(seconds=asyncio.get_running_loop().time()) + self.ahead


class NoFiles:
    """`bot.ports.FileKeeper` where no file is ever sent."""

    async def keep(self, data: bytes, remote: RemoteFile) -> StoredFile:
        raise FileNotFetched(kind=remote.kind.value)


@dataclass
class Hand:
    """`bot.ports.Hand`: what `storage.hand` leaves on the machine outlives a process here as well."""

    held: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()

    def of_next_process(self) -> "Hand":
        self.dropped = self.held
        return self

    def hold(self, updates: Sequence[RawUpdate]) -> bool:
        self.held = frozenset(update.external_id for update in updates)
        return True

    def let_go(self) -> None:
        self.held = frozenset()

    def was_dropped(self, update: RawUpdate) -> bool:
        return update.external_id in self.dropped


@dataclass
class Process:
    """Begun once; it ends by being killed or asked to stop.

    Args:
        number: Unlike any other of this world.
    """

    world: "World"
    number: int
    life: Life = field(init=False)
    database: SimulatedDatabase | None = None
    intake: Intake | None = None
    delivery: Delivery | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    has_stopped: bool = False
    gone: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def __post_init__(self) -> None:
        self.life = Life(f"p{self.number}", dies_at=self.world.plan.next_death(), killed=self._killed)

    def start(self) -> None:
        self.world.trace(self.life.name, "starts")
        self.life.start(self._main())

    async def keep(self, updates: Sequence[RawUpdate]) -> None:
        if self.intake is None:
            raise StorageBusy(reason="starting")
        await self.intake.keep(Channel.TELEGRAM, updates)

    def ends(self) -> None:
        """As if killed, when everything is over."""
        if self.database is not None:
            self.database.killed()
        self.life.end()

    def _killed(self) -> None:
        self.life.is_dead = True
        if self.database is not None:
            self.database.killed()
        if self.has_stopped:
            return  # what it had left behind is gone as well
        self.gone.set_result(None)
        self.world.has_died(self)

    async def _main(self) -> None:
        try:
            await self._live(await self._open())
        except Exception as error:  # nothing that is simulated may end a process
            if self.life.is_dead:
                return
            self.world.breaks("no process comes to an end by itself", f"{self.life.name}: {_innermost(error)!r}")
            if self.database is not None:
                self.database.killed()
        self.has_stopped = True
        self.gone.set_result(None)
        self.world.has_stopped(self)

    async def _open(self) -> SimulatedDatabase:
        while True:
            made = self.database = self.world.make_database(self)
            try:
                await made.open()
                return made
            except StorageBusy:
                made.killed()
                await asyncio.sleep(OPENS_AGAIN_AFTER)

    async def _live(self, database: SimulatedDatabase) -> None:
        world = self.world
        dialogue = make_dialogue(hanoi())
        channels = {Channel.TELEGRAM: Telephone(world.telegram, self._may_leave)}
        delivery = self.delivery = world.make_delivery(self, database, channels)
        intake = self.intake = world.make_intake(self, database, channels, dialogue)
        loops: list[list[Loop]] = [
            [] if world.pusher else [led("telegram", database, TelegramPolling(Calls(world.telegram), self.keep).run)],
            [intake.work, led("timers", database, world.make_timekeeper(database, dialogue).run), self._watches],
            [delivery.run],
        ]
        await self._live_in_rows(loops)
        await database.close()

    async def _live_in_rows(self, loops: list[list[Loop]]) -> None:
        """As `bot.app.live`: on the way down each row ends before the next is asked to."""
        stops = [asyncio.Event() for _ in loops]
        async with asyncio.TaskGroup() as group:
            running = [
                [group.create_task(_whole(loop, stop)) for loop in row] for row, stop in zip(loops, stops, strict=True)
            ]
            await self.stop.wait()
            for stop, row in zip(stops, running, strict=True):
                stop.set()
                await asyncio.gather(*row)

    async def _watches(self, stop: asyncio.Event) -> None:
        assert self.database is not None
        await watch_leases(self.database, stop)

    def _may_leave(self, what: str) -> None:
        if self.database is not None and self.database.is_writing(asyncio.current_task()):
            self.world.breaks("nothing is sent or fetched inside a transaction", f"{self.life.name} {what} in one")


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _whole(work: Loop, stop: asyncio.Event) -> None:
    await work(stop)


def make_intake(process: Process, database: SimulatedDatabase, channels: Any, dialogue: Dialogue) -> Intake:
    """As `bot.app` makes it; some turns are made to fail."""
    world = process.world

    async def converse(uow: UnitOfWork, incoming: Incoming, now: datetime) -> None:
        await dialogue.converse(uow, incoming, now)
        world.plan.turn(f"{incoming.source_id} {incoming.kind} {incoming.choice_id}")

    return Intake(
        database,
        channels,
        converse,
        dialogue.apologise,
        NoFiles(),
        world.clock,
        claims_in_turn=not world.is_shared,
        delivery=process.delivery,
        hand=None if world.is_shared else world.hand.of_next_process(),
    )


def make_delivery(process: Process, database: SimulatedDatabase, channels: Any) -> Delivery:
    """As `bot.app` makes it."""
    paces = {Channel.TELEGRAM: Pace(per_second=25.0)}
    return Delivery(database, channels, database.bell, process.world.clock, paces, receipts=hanoi().receipts)


def make_timekeeper(database: SimulatedDatabase, dialogue: Dialogue, clock: MachineClock) -> Timekeeper:
    """With what concerns residents in the minutes and days of a seed."""
    return Timekeeper([DueDrafts(database, dialogue.remind)], clock, look_every=TIMEKEEPER_LOOKS_EVERY)


def new_bell() -> Bell:
    return Bell()
