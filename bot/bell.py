"""Wakes whoever waits for new replies, or for news of cases, so that nobody has to ask the database again and again.

A bell is a hint, never a promise: every listener also looks by itself now and then, because a process may die between its
commit and the ring, and what another process tells (`storage.wire`) may be lost on the way.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TypeVar

from bot.domain.people import Address
from bot.domain.reply import QueuedReply

Heard = TypeVar("Heard", bound=asyncio.Event)
Shown = Mapping[Address, Sequence[QueuedReply | None]]


class Ear(asyncio.Event):
    """What a page of a web chat hears with: the ring, and with it the very lines, where whoever rings has them in hand.

    Then nobody has to read back from the database what was written there a moment before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[QueuedReply] = []
        self._knows_all = True

    def tell(self, lines: Sequence[QueuedReply | None]) -> None:
        """Ring. `lines` are all that the commit showed, None for one that only the database has; none: nobody knows."""
        known = [line for line in lines if line is not None]
        self._knows_all = self._knows_all and 0 < len(lines) == len(known)
        self._lines += known
        self.set()

    def take(self) -> Sequence[QueuedReply]:
        """What was shown since this was asked last; empty when the database must be asked, or nobody rang."""
        lines, self._lines = self._lines, []
        knows_all, self._knows_all = self._knows_all, True
        return lines if knows_all else ()


class Bell:
    """Rung by storage after a commit that queued replies."""

    def __init__(self) -> None:
        self._listeners: dict[Address | None, set[asyncio.Event]] = {}
        self._desk: set[asyncio.Event] = set()
        self._mail: set[asyncio.Event] = set()

    def ring(self, addresses: Iterable[Address], shown: Shown = MappingProxyType({})) -> None:
        """Wake the listeners of these addresses, and those who listen to all.

        Args:
            shown: Every line of a web chat that this commit showed; see `Ear.tell`.
        """
        for address in (*addresses, None):
            for event in self._listeners.get(address, ()):
                if isinstance(event, Ear) and address is not None:
                    event.tell(shown.get(address, ()))
                else:
                    event.set()

    @contextmanager
    def listen(self, address: Address | None = None) -> Iterator[asyncio.Event]:
        """An event that is set at every ring for this address (None: for any); the listener clears it."""
        with self._listen(address, asyncio.Event()) as event:
            yield event

    @contextmanager
    def follow(self, address: Address) -> Iterator[Ear]:
        """The same for whoever wants to hear the lines as well."""
        with self._listen(address, Ear()) as ear:
            yield ear

    @contextmanager
    def _listen(self, address: Address | None, event: Heard) -> Iterator[Heard]:
        self._listeners.setdefault(address, set()).add(event)
        try:
            yield event
        finally:
            self._listeners[address].discard(event)
            if not self._listeners[address]:
                del self._listeners[address]

    def followed(self) -> list[Address]:
        """The addresses that somebody listens to."""
        return [address for address in self._listeners if address is not None]

    def ring_mail(self) -> None:
        """Another process kept updates: there may be some that it does not come to."""
        for event in self._mail:
            event.set()

    @contextmanager
    def listen_mail(self, event: asyncio.Event) -> Iterator[None]:
        """Set this event at every ring of the mail, until the block ends."""
        self._mail.add(event)
        try:
            yield
        finally:
            self._mail.discard(event)

    def ring_desk(self) -> None:
        """Something happened to a case: rung by storage after a commit that recorded it."""
        for event in self._desk:
            event.set()

    @contextmanager
    def listen_desk(self) -> Iterator[asyncio.Event]:
        """An event that is set at every ring of the desk; the listener clears it."""
        event = asyncio.Event()
        self._desk.add(event)
        try:
            yield event
        finally:
            self._desk.discard(event)


async def heard(event: asyncio.Event, timeout: float) -> bool:
    """Wait for a ring, at most `timeout` seconds; clears the event. False when it stayed quiet."""
    try:
        async with asyncio.timeout(timeout):
            await event.wait()
    except TimeoutError:
        return False
    event.clear()
    return True
