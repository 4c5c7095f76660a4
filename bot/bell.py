"""Wakes whoever waits for new replies, or for news of cases, so that nobody has to ask the database again and again.

A bell is a hint, never a promise: every listener also looks by itself now and then, because a process may die between its
commit and the ring, and what another process tells (`storage.wire`) may be lost on the way.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.domain.people import Address


class Bell:
    """Rung by storage after a commit that queued replies."""

    def __init__(self) -> None:
        self._listeners: dict[Address | None, set[asyncio.Event]] = {}
        self._desk: set[asyncio.Event] = set()
        self._mail: set[asyncio.Event] = set()

    def ring(self, addresses: Iterable[Address]) -> None:
        """Wake the listeners of these addresses, and those who listen to all."""
        for address in (*addresses, None):
            for event in self._listeners.get(address, ()):
                event.set()

    @contextmanager
    def listen(self, address: Address | None = None) -> Iterator[asyncio.Event]:
        """An event that is set at every ring for this address (None: for any); the listener clears it."""
        event = asyncio.Event()
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
