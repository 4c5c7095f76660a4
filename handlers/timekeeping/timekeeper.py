"""The loop that looks at every kind of due work in turn. What is due, and what is done, is in the files beside it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import structlog

from bot.ports import Clock
from handlers.faults import described

log = structlog.get_logger()

LOOK_EVERY = 20.0  # seconds
MOST_ROUNDS = 50  # of one kind before the others have their turn again
MOST_AT_ONCE = 20  # of one kind in one transaction: nobody else waits long behind it


class DueWork(Protocol):
    """One kind of work that is due by itself."""

    @property
    def name(self) -> str:
        """For the log."""
        ...

    async def do(self, now: datetime) -> int:
        """Do what is due, a handful at most; returns how much was done, 0 when nothing is due."""
        ...


class Timekeeper:
    """Looks at every kind of due work in turn, now and every few seconds."""

    def __init__(self, works: Sequence[DueWork], clock: Clock, *, look_every: float = LOOK_EVERY) -> None:
        self._works = tuple(works)
        self._clock = clock
        self._look_every = look_every

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Work that fails is tried again at the next look, and keeps no other from being done."""
        while not stop.is_set():
            for work in self._works:
                await self._do(work, stop)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every):
                    await stop.wait()

    async def _do(self, work: DueWork, stop: asyncio.Event) -> None:
        done = 0
        try:
            for _ in range(MOST_ROUNDS):
                found = 0 if stop.is_set() else await work.do(self._clock.now())
                done += found
                if not found:
                    break
        except Exception as error:  # storage away, a store out of reach, a mistake of ours: the loop goes on
            log.warning("due_work_failed", work=work.name, reason=described(error))
        if done:
            log.info("due_work_done", work=work.name, count=done)
