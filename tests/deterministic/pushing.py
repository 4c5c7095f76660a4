"""The webhook's side: every update is brought to some process until one says that it has it.

Updates of one chat come one after the other, as Telegram does, unless a fault lets one overtake; different chats come side
by side. What was taken, and whose "taken" got lost, is brought again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Protocol

from bot.ports import RawUpdate
from handlers.channels.telegram_updates import raw_update
from tests.deterministic.loop import Life
from tests.deterministic.telegram import Telegram
from tests.deterministic.trace import Trace

ANSWER_WITHIN = 10.0  # seconds
AGAIN_AFTER = (0.5, 3.0)  # seconds
OVERTAKES_BY = 1.5  # seconds


class Receiver(Protocol):
    """A process, as its web server is seen. `gone` is over when it is."""

    life: Life
    gone: "asyncio.Future[None]"

    async def keep(self, updates: Sequence[RawUpdate]) -> None: ...


@dataclass
class Pusher:
    """Brings what `Telegram` was fed."""

    telegram: Telegram
    chance: Random
    trace: Trace
    receivers: Callable[[], Sequence[Receiver]]
    outside: Context
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _last_of: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def fed(self, number: int, chat: str) -> None:
        """There is a new one."""
        make = partial(asyncio.get_running_loop().create_task, self._brings(number, self._last_of.get(chat)))
        task = self._last_of[chat] = self.outside.copy().run(make)
        self.tasks.append(task)

    async def _brings(self, number: int, before: "asyncio.Task[None] | None") -> None:
        waiting, faults = self.telegram.updates.waiting, self.telegram.faults
        fault = faults.push()
        if before is not None and fault != "overtakes":
            await asyncio.wait({before})
        if fault == "late":
            await asyncio.sleep(OVERTAKES_BY)
        while number in waiting:
            await asyncio.sleep(faults.delay())
            is_taken = await self._is_taken(waiting[number].json)
            if is_taken and fault != "again":
                self.trace("telegram", f"{number} is taken")
                self.telegram.updates.confirm(number)
                return
            self.trace("telegram", f"{number} is brought again: {fault or 'refused'}")
            fault = ""
            await asyncio.sleep(self.chance.uniform(*AGAIN_AFTER))

    async def _is_taken(self, body: str) -> bool:
        receivers = self.receivers()
        if not receivers or self.telegram.faults.call("webhook") in ("429", "500", "cut before", "slow"):
            return False
        receiver = self.chance.choice(receivers)
        keeping = receiver.life.start(receiver.keep([raw_update(body.encode())]))
        await asyncio.wait({keeping, receiver.gone}, timeout=ANSWER_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        return keeping.done() and not keeping.cancelled() and keeping.exception() is None
