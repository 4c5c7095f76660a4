"""Hands updates out: what waits, what `getUpdates` gives, and what an offset confirms for good."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bot_api.rules import Refused

DEFAULT_EXCLUDES = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
POLL_CAP = 50  # seconds


@dataclass(frozen=True)
class Waiting:
    """An update that nobody has confirmed. `chat` orders it: one after the other in a chat, side by side among chats."""

    update_id: int
    chat: str
    json: str


class Updates:
    """The queue of one bot."""

    def __init__(self) -> None:
        self.waiting: dict[int, Waiting] = {}
        self.allowed: tuple[str, ...] = ()
        self.next_id = 700_000_001
        self.confirmed: list[int] = []
        self.ever: list[Waiting] = []  # all there have been, for whoever brings some a second time
        self.brings_twice = False  # with what is new comes what was confirmed last, once more and behind it
        self._brought_twice: set[int] = set()
        self._news = asyncio.Event()
        self._poll = 0  # the number of the poll in flight; an older one is turned away

    def allows(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in DEFAULT_EXCLUDES

    def add(self, json: str, chat: str, update_id: int | None = None) -> int:
        """Queue it; ids rise by one unless one is given."""
        number = self.next_id if update_id is None else update_id
        self.next_id = max(self.next_id, number + 1)
        self.waiting[number] = Waiting(number, chat, json)
        self.ever.append(self.waiting[number])
        self._news.set()
        return number

    def confirm(self, update_id: int) -> None:
        if self.waiting.pop(update_id, None):
            self.confirmed.append(update_id)

    def drop_all(self) -> None:
        self.waiting.clear()

    async def get(self, offset: int | None, limit: int, timeout: float) -> Sequence[Waiting]:
        """The oldest; everything below the offset is confirmed first. A second poll ends the first with 409."""
        self._poll += 1
        mine = self._poll
        self._news.set()  # let an older poll find out
        if offset is not None and offset >= 0:
            for update_id in [known for known in self.waiting if known < offset]:
                self.confirm(update_id)
        elif offset is not None:
            for update_id in sorted(self.waiting)[:offset]:
                self.confirm(update_id)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(timeout, POLL_CAP)
        while True:
            if mine != self._poll:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            if self.waiting or loop.time() >= deadline:
                return [self.waiting[known] for known in sorted(self.waiting)[: max(1, min(limit, 100))]] + self._again()
            self._news.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _again(self) -> list[Waiting]:
        if not self.brings_twice or not self.waiting:
            return []
        again = [one for one in self.ever if one.update_id not in self.waiting and one.update_id not in self._brought_twice]
        self._brought_twice |= {one.update_id for one in again}
        return again
