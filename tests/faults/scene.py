"""The program on a database, residents who report to it, and its end: what every scenario begins and ends with."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.bot_api import BotApiServer, Resident
from tests.conftest import Place
from tests.faults.oracle import Evidence, Excuse, broken, read
from tests.faults.reporting import Told, keeps_reporting
from tests.kills.program import Program
from tests.kills.quick_start import shared

PATIENCE = 90.0  # seconds for one answer, harm and starts in between; a start takes twenty on a busy machine
STOPS_WITHIN = 10.0  # seconds
FIRST_RESIDENT = 7000
STILL = 2.5  # seconds; what was refused once is tried again after two
QUICK = {"HOMTHU_TELEGRAM_PER_SECOND": "1000"}  # no waiting for Telegram's pace, where that is not what is tried


@dataclass
class Scene:
    """One program and its residents. `excuses`: when a reply may have been sent twice; see `oracle`."""

    place: Place
    api: BotApiServer
    program: Program
    residents: list[Resident]
    told: Told = field(default_factory=Told)
    excuses: list[Excuse] = field(default_factory=list)

    @property
    def log(self) -> str:
        return self.program.log.read_text(encoding="utf-8")

    async def starts(self) -> None:
        """In moments, from a process that has read the program."""
        await asyncio.to_thread(self.program.starts_from, shared())

    async def starts_from_nothing(self) -> None:
        """As an operator starts it."""
        await asyncio.to_thread(self.program.starts)

    async def is_killed(self) -> None:
        """SIGKILL; what it was sending at that moment may be sent again."""
        began = self.now
        await asyncio.to_thread(self.program.is_killed)
        self.excuses.append(Excuse(began, self.now))

    async def stops(self) -> float:
        """SIGTERM; the seconds until it was gone, with exit code 0."""
        took = await asyncio.to_thread(self.program.is_asked_to_stop)
        assert took < STOPS_WITHIN, f"it took {took:.1f} s to stop"
        return took

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    @asynccontextmanager
    async def reporting(self, *, patience: float = PATIENCE) -> AsyncIterator[None]:
        """Everybody reports, again and again, for as long as the block lasts; then each conversation comes to its end."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for resident in self.residents:
                group.create_task(keeps_reporting(resident, self.told, lambda: not over.is_set(), patience))
            try:
                yield
            finally:
                over.set()

    async def reports(self, each: int, *, patience: float = PATIENCE) -> None:
        """Everybody reports so many times."""
        async with asyncio.TaskGroup() as group:
            for resident in self.residents:
                left = [True] * each + [False]
                group.create_task(keeps_reporting(resident, self.told, partial(left.pop, 0), patience))

    async def has_codes(self, many: int) -> None:
        """Until so many cases were acknowledged, or everybody who could get one met with silence."""
        await self.until(lambda: len(self.told.codes) >= many or len(self.told.silent) >= len(self.residents))

    async def hears_more(self, many: int = 1) -> None:
        """Until residents have heard so many replies more."""
        before = self.replies_heard
        await self.until(lambda: self.replies_heard >= before + many)

    @property
    def replies_heard(self) -> int:
        return sum(len(resident.heard) for resident in self.residents)

    async def until(self, holds: Callable[[], object], within: float = PATIENCE) -> None:
        """Look again and again until it holds."""
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(0.02)

    async def until_asked(self, holds: Callable[[], object], within: float = PATIENCE) -> None:
        """The same for what has to wait for an answer: it is asked in a thread."""
        async with asyncio.timeout(within):
            while not await asyncio.to_thread(holds):
                await asyncio.sleep(0.1)

    def figure(self, name: str) -> float:
        """Of `/metrics`; -1.0 when the page is not there or has none of that name."""
        try:
            with urllib.request.urlopen(f"{self.program.url}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return -1.0
        return next((float(line.split()[-1]) for line in lines if line.split(" ")[0] == name), -1.0)

    def readiness(self) -> list[str]:
        """Why residents are not being served, by `/health/ready`."""
        try:
            with urllib.request.urlopen(f"{self.program.url}/health/ready", timeout=30) as answer:
                found: list[str] = json.load(answer)["reasons"]
        except urllib.error.HTTPError as refused:
            with refused:
                found = json.load(refused)["reasons"]
        return found

    def nothing_waits(self) -> bool:
        """Neither at Telegram nor here; and for so long nothing was said that no first retry is on its way either."""
        waiting = ("homthu_inbox_waiting", "homthu_outbox_waiting")
        said_at = max((resident.heard[-1].at for resident in self.residents if resident.heard), default=0.0)
        return (
            time.monotonic() - said_at > STILL
            and not self.api.updates.waiting
            and all(self.figure(name) == 0 for name in waiting)
        )

    async def ends(self, *, may_fail: int = 0) -> Evidence:
        """Wait until nothing waits any more, stop it, and read what it left behind."""
        await self.until_asked(self.nothing_waits)
        await self.stops()
        return await self.evidence(may_fail=may_fail)

    async def evidence(self, *, may_fail: int = 0) -> Evidence:
        """What the stopped program left behind."""
        lost = [Excuse(*one) for one in self.api.lost]
        return Evidence(self.told, self.api, await read(self.place), [*self.excuses, *lost], may_fail)

    async def keeps_its_promises(self, *, may_fail: int = 0) -> Evidence:
        """The end of nearly every scenario: it works by itself again, and every rule of the oracle holds."""
        evidence = await self.ends(may_fail=may_fail)
        wrong = broken(evidence)
        assert not wrong, f"{wrong}\n{self.log[-3000:]}"
        return evidence


@asynccontextmanager
async def scene(
    place: Place,
    folder: Path,
    *,
    residents: int = 8,
    keeps_pace: bool = False,
    plant: str = "",
    more: Mapping[str, str] = QUICK,
) -> AsyncIterator[Scene]:
    """Not started yet; nothing of it is left afterwards. `plant`: a fault to put into it, see `quick_start`."""
    async with BotApiServer(keeps_pace=keeps_pace) as api:
        program = Program(place, api, folder / "program.log", dict(more), plant=plant)
        found = Scene(place, api, program, [api.resident(FIRST_RESIDENT + number) for number in range(residents)])
        try:
            yield found
        finally:
            await asyncio.to_thread(program.ends)
