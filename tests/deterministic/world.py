"""One seed, from the first message until nothing waits any more: processes, people, faults, and what came of them."""

import asyncio
import logging
import secrets
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch

import structlog

from bot.domain.reply import Reply
from handlers.delivery import Delivery
from handlers.dialogue import Dialogue
from handlers.intake import Intake
from handlers.timekeeping import Timekeeper
from tests.bot_api.rules import Refused
from tests.deterministic import process as processes
from tests.deterministic.disk import Disk
from tests.deterministic.faults import KINDS, Plan
from tests.deterministic.loop import Life, SimulatedLoop, Stuck
from tests.deterministic.oracle import Ledger, broken
from tests.deterministic.process import MachineClock, Process
from tests.deterministic.pushing import Pusher
from tests.deterministic.residents import MATTERS, Resident
from tests.deterministic.store import Company, SimulatedDatabase
from tests.deterministic.telegram import Telegram
from tests.deterministic.trace import Trace

STARTS_AGAIN_AFTER = (0.2, 2.0)  # seconds until whoever supervises a process starts it anew
SHARED, PUSHED, ABANDONED = 0.25, 0.35, 0.08  # of all seeds, of all seeds, of all residents
RESIDENTS, MATTERS_EACH = (1, 1, 1, 2, 2, 3), (1, 1, 1, 1, 2)  # as often as they stand there
TIMEKEEPING_WITHIN = 7.0  # seconds: a look, and what a killed process did not come to
DIES_AGAIN, DIES_WITHIN = 0.4, 120  # how likely, and within how many steps
FAULTS_FOR = 25.0  # seconds; after it everything is healed
DRY_WITHIN = 400.0  # seconds after it, at most
LONGEST_BUSY, LONGEST_OUTAGE = 6.0, 6.0  # seconds
JUMPS_ON, JUMPS_BACK = timedelta(hours=3), timedelta(minutes=4)
STOPS_AFTER = 0.2  # seconds, at most, once a process has given up writing
LOOKS_EVERY = 0.5  # seconds between two looks whether all is done


@dataclass(frozen=True)
class Lived:
    """What came of a seed. `broken`: rule and detail. `faults`: how often each kind happened."""

    seed: int
    broken: list[tuple[str, str]]
    faults: "Counter[str]"
    trace: Trace
    seconds: float
    steps: int

    @property
    def line(self) -> str:
        """The seed and what its whole trace comes to."""
        return f"seed {self.seed}: {self.trace.digest}, {self.steps} steps, {self.seconds:.1f} s"

    @property
    def rules(self) -> set[str]:
        return {rule for rule, _ in self.broken}


@dataclass
class World:
    """Everything of one seed. Its `make_…` are the seams at which a test may plant a bug."""

    seed: int
    chance: Random
    kinds: Collection[str]  # of faults
    plan: Plan
    trace: Trace
    is_shared: bool  # several processes over one storage, as on PostgreSQL
    is_pushed: bool  # updates come by a webhook; else they are asked for
    clock: MachineClock = field(default_factory=MachineClock)
    residents: list[Resident] = field(default_factory=list)
    running: list[Process] = field(default_factory=list)
    company: Company = field(default_factory=Company)
    hand: processes.Hand = field(default_factory=processes.Hand)
    pusher: Pusher | None = None
    kills: int = 0
    unwritten: int = 0  # processes that stopped while somebody else held the database
    broken: list[tuple[str, str]] = field(default_factory=list)
    is_a_week_later: bool = False
    ledger: Ledger = field(init=False)
    telegram: Telegram = field(init=False)
    disk: Disk = field(init=False)
    _numbers: int = 0
    _outside: Context | None = None
    _rivals: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.breaks, self._repeats_allowed)
        self.telegram = Telegram(self.plan, self.trace, self._arrives)
        self.disk = Disk(self.plan, self._committed)

    def _repeats_allowed(self, chat: str) -> int:
        """One for each end that could not write down what was sent (a kill, or a stop while the database is out of reach)
        and each lost answer; and where a clock jumps past the lease of another process's claim."""
        jumps = self.plan.done["jump"] if self.is_shared else 0
        return self.kills + self.unwritten + self.telegram.lost[chat] + jumps

    def breaks(self, rule: str, detail: str) -> None:
        self.trace("BROKEN", f"{rule}: {detail}")
        self.broken.append((rule, detail))

    def notices(self, _: asyncio.AbstractEventLoop, what: dict[str, Any]) -> None:
        """The loop's way of saying that something went wrong that nobody waits for; of the dead nobody expects to."""
        if Life.is_burying:
            return
        self.breaks("nothing goes wrong unseen", f"{what.get('message')} {what.get('exception')!r}")

    async def live(self) -> None:
        """With faults, then healed, until nothing waits."""
        loop, outside = asyncio.get_running_loop(), copy_context()  # what people do dies with no process
        self._outside = outside
        if self.is_pushed:
            self.pusher = Pusher(self.telegram, self.chance, self.trace, lambda: self.running, outside)
            self.telegram.fed = self.pusher.fed
        self._people_come(outside)
        for _ in range(2 if self.is_shared else 1):
            self._start()
        for at, kind, share in self.plan.timed:
            loop.call_later(at, self._happens, kind, share)
        begun = max((at for at, _, _ in self.plan.timed), default=0.0)
        await self._goes_on(FAULTS_FOR, lambda: loop.time() > begun and self._has_run_dry())
        self._heal()
        if not await self._goes_on(DRY_WITHIN, self._has_run_dry) and not self.broken:
            self.breaks("everything comes to an end", f"it is {loop.time():.0f}, and there is still work")
        if not self.broken and any(resident.abandons for resident in self.residents):
            await self._time_goes_by()
        for process in list(self.running):
            process.ends()
        for rule, detail in () if self.broken else broken(self):
            self.breaks(rule, detail)

    async def _goes_on(self, most: float, is_done: Callable[[], bool]) -> bool:
        """Until it is done, a rule is broken, or so many seconds are over. Whether it was done."""
        loop = asyncio.get_running_loop()
        until = loop.time() + most
        while not is_done():
            if loop.time() > until or self.broken:
                return False
            await asyncio.sleep(LOOKS_EVERY)
        return True

    async def _time_goes_by(self) -> None:
        """A day, and a week: who left a draft lying is reminded of it once, and told once that it is dropped."""
        for days in (1, 7):
            before = {resident.chat: self.ledger.count(resident.chat) for resident in self.residents}
            self.trace("world", f"{days} days later")
            self.clock.ahead += timedelta(days=days, hours=1)
            self._may_die_again()
            await asyncio.sleep(TIMEKEEPING_WITHIN)
            await self._goes_on(DRY_WITHIN, self._has_run_dry)
            for resident in self.residents:
                told = self.ledger.count(resident.chat) - before[resident.chat]
                if told != resident.abandons:
                    self.breaks("what is due is done once", f"chat {resident.chat}, after {days} days: {told} times")
        self.is_a_week_later = True

    def _may_die_again(self) -> None:
        for process in self.running:
            if "kill" in self.kinds and self.chance.random() < DIES_AGAIN:
                process.life.dies_at = process.life.steps + self.chance.randint(1, DIES_WITHIN)

    def _people_come(self, outside: Context) -> None:
        chance = self.chance
        matters = deque(chance.sample(MATTERS, len(MATTERS)))
        loop = asyncio.get_running_loop()
        for number in range(chance.choice(RESIDENTS)):
            own = deque(matters.popleft() for _ in range(chance.choice(MATTERS_EACH)))
            resident = Resident(7001 + number, self.telegram, chance, self.trace, own, loop, outside)
            resident.abandons = chance.random() < ABANDONED
            self.residents.append(resident)
            resident.later(chance.uniform(0.0, 1.5), resident.begins)

    def _start(self) -> None:
        self._numbers += 1
        process = Process(self, self._numbers)
        self.running.append(process)
        process.start()

    def has_died(self, process: Process) -> None:
        """Killed; somebody starts it again."""
        self.trace(process.life.name, f"is killed before step {process.life.steps}")
        self.plan.done["kill"] += 1
        self.kills += 1
        self._is_gone(process)

    def _is_gone(self, process: Process) -> None:
        self.company.dead.append(process.number)
        self.running.remove(process)
        loop = asyncio.get_running_loop()
        # By somebody else: what a process that stopped still had planned can die with it.
        loop.call_later(self.chance.uniform(*STARTS_AGAIN_AFTER), self._start, context=self._outside)

    def has_stopped(self, process: Process) -> None:
        """Asked to, or by itself, which is a fault; either way it is started again."""
        self.trace(process.life.name, "has stopped")
        if asyncio.get_running_loop().time() < self.disk.locked_until + STOPS_AFTER:
            self.unwritten += 1  # it waits for the database no longer than whoever stops it waits
        self._is_gone(process)

    def _happens(self, kind: str, share: float) -> None:
        """A fault that hangs on time begins; `share` of the most that it may be."""
        loop = asyncio.get_running_loop()
        self.trace("world", f"{kind} {share:.2f}")
        self.plan.done[kind] += 1
        if kind == "second poller":
            self._rivals.append(loop.create_task(_polls_too(self.telegram)))
        elif kind == "busy":
            self.disk.locked_until = loop.time() + share * LONGEST_BUSY
        elif kind == "jump":
            self.clock.ahead += share * JUMPS_ON if share > 0.3 else -share * JUMPS_BACK
        elif kind == "outage":
            self.plan.is_out = True
            loop.call_later(share * LONGEST_OUTAGE, partial(setattr, self.plan, "is_out", False))
        elif kind == "stop":
            for process in self.running[int(share * len(self.running)) :][:1]:
                process.stop.set()

    def _heal(self) -> None:
        self.trace("world", "is healed")
        self.plan.is_over, self.plan.is_out, self.disk.locked_until = True, False, 0.0
        for process in self.running:
            process.life.dies_at = 0

    def _has_run_dry(self) -> bool:
        if any(not resident.is_done for resident in self.residents):
            return False
        if self.telegram.updates.waiting or self.disk.holder is not None:
            return False
        return not any(
            self.disk.rows(f"SELECT 1 FROM {mail} WHERE state = 'waiting' LIMIT 1") for mail in ("inbox", "outbox")
        )

    def ends(self) -> None:
        """Nothing runs any more; what was to be seen was seen."""
        for rival in (*self._rivals, *(self.pusher.tasks if self.pusher else ())):
            rival._log_destroy_pending = False  # it may still ask
        for process in list(self.running):
            process.ends()
        self.disk.end()

    def _committed(self, disk: Disk) -> None:
        self.ledger.committed(disk)

    def _arrives(self, chat: str, message_id: int, reply: Reply) -> None:
        row = self.ledger.arrives(chat, reply)
        self.trace("telegram", f"takes {message_id} for {chat}, row {row}: {reply.text[:70]!r}")
        for resident in self.residents:
            if resident.chat == chat:
                resident.hears(message_id, reply)

    def make_database(self, process: Process) -> SimulatedDatabase:
        return SimulatedDatabase(
            self.disk, processes.new_bell(), number=process.number, company=self.company if self.is_shared else None
        )

    def make_intake(self, process: Process, database: SimulatedDatabase, channels: Any, dialogue: Dialogue) -> Intake:
        return processes.make_intake(process, database, channels, dialogue)

    def make_delivery(self, process: Process, database: SimulatedDatabase, channels: Any) -> Delivery:
        return processes.make_delivery(process, database, channels)

    def make_timekeeper(self, database: SimulatedDatabase, dialogue: Dialogue) -> Timekeeper:
        return processes.make_timekeeper(database, dialogue, self.clock)


async def _polls_too(telegram: Telegram) -> None:
    """Somebody else has the token, and asks a few times. They confirm nothing."""
    for _ in range(3):
        with suppress(Refused):
            await telegram.updates.get(None, 100, 1.0)


def lived(seed: int, *, kinds: Collection[str] = KINDS, make: type[World] = World) -> Lived:
    """Live one seed through."""
    chance = Random(seed)
    loop = SimulatedLoop(chance)
    is_shared, is_pushed = chance.random() < SHARED, chance.random() < PUSHED
    world = make(seed, chance, kinds, Plan.drawn(chance, kinds), Trace(loop.time), is_shared=is_shared, is_pushed=is_pushed)
    loop.set_exception_handler(world.notices)
    try:
        with _by_chance(chance), _logs_into(world.trace):
            try:
                loop.run_until_complete(world.live())
            except Stuck as stuck:
                world.breaks("everything comes to an end", str(stuck))
            finally:
                world.ends()
    finally:
        loop.close()
    return Lived(seed, world.broken, world.plan.done, world.trace, loop.time(), loop.steps)


@contextmanager
def _by_chance(chance: Random) -> Iterator[None]:
    """Secrets that a seed repeats."""

    def letters(size: int | None = None) -> str:
        return chance.randbytes(size or 16).hex()

    own: dict[str, Any] = {
        "token_hex": letters,
        "token_urlsafe": letters,
        "token_bytes": lambda size=None: chance.randbytes(size or 16),
        "randbelow": chance.randrange,
        "choice": chance.choice,
    }
    with patch.multiple(secrets, **own):
        yield


@contextmanager
def _logs_into(trace: Trace) -> Iterator[None]:
    """What the product logs becomes a part of the trace, and goes nowhere else."""
    before = structlog.get_config()

    def note(_: Any, level: str, event: Any) -> Any:
        name = event.pop("event")
        trace("log", f"{level} {name} " + " ".join(f"{key}={value}" for key, value in sorted(event.items())))
        raise structlog.DropEvent

    structlog.configure(processors=[note], wrapper_class=structlog.BoundLogger, cache_logger_on_first_use=False)
    pool = logging.getLogger("sqlalchemy.pool")  # wonders at connections of killed processes
    pool.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        pool.setLevel(logging.NOTSET)
        structlog.configure(**before)
