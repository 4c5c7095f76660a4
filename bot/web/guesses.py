"""Counts guesses of passwords and codes, for all processes together; how long one has to wait is `bot.domain.guessing`.

What is counted is named by an HMAC: no address and no name that was tried is ever stored, and an hour after the last try
nothing is. Who has to wait costs a look, no write: a flood of guesses does not hold up those who write.
"""

import ipaddress
import math
import time
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.domain import guessing
from bot.domain.guessing import FORGOTTEN_AFTER, Count, Counted
from bot.ports import Storage, UnitOfWork
from bot.web.throttle import peer
from bot.web.tokens import sign


class Guesses:
    """The counts of one installation.

    Args:
        key: What names are signed with.
        now: Seconds, of a clock that every process reads alike.
    """

    def __init__(self, storage: Storage, key: str, now: Callable[[], float] = time.time) -> None:
        self._storage = storage
        self._key = key
        self._now = now

    async def take(self, *counts: Count) -> int:
        """0: it may be judged, and is counted as wrong until `succeeded`. Otherwise the seconds until it may be."""
        now = self._now()
        async with self._storage.reading() as uow:
            if wait := await self._wait(uow, counts, now):
                return wait
        async with self._storage.begin() as uow:
            await uow.guesses.hold(self._names(counts))
            if wait := await self._wait(uow, counts, now):  # somebody else was quicker
                return wait
            await self._change(uow, counts, lambda known: guessing.judged(known, now))
            await uow.guesses.forget(now - FORGOTTEN_AFTER)
            await uow.commit()
        return 0

    async def undo(self, *counts: Count) -> None:
        """It was no guess after all."""
        await self._take_back(counts, guessing.undone)

    async def succeeded(self, *counts: Count) -> None:
        """It was right: it does not count, and the wait grows anew."""
        await self._take_back(counts, guessing.succeeded)

    async def _take_back(self, counts: Sequence[Count], change: Callable[[Counted], Counted]) -> None:
        async with self._storage.begin() as uow:
            await uow.guesses.hold(self._names(counts))
            await self._change(uow, counts, change)
            await uow.commit()

    async def _wait(self, uow: UnitOfWork, counts: Sequence[Count], now: float) -> int:
        known = await uow.guesses.get(self._names(counts))
        waits = [guessing.wait_of(count, known.get(self._name(count), Counted()), now) for count in counts]
        return math.ceil(max(waits, default=0.0))

    async def _change(self, uow: UnitOfWork, counts: Sequence[Count], change: Callable[[Counted], Counted]) -> None:
        known = await uow.guesses.get(self._names(counts))
        await uow.guesses.put({name: change(known.get(name, Counted())) for name in self._names(counts)})

    def _names(self, counts: Sequence[Count]) -> list[str]:
        return sorted({self._name(count) for count in counts})

    def _name(self, count: Count) -> str:
        return sign(self._key, "guess", "\n".join(count.name))


def network_of(request: web.Request) -> str:
    """The address a request comes from, as far as one person can choose it: of IPv6, the half that a line is given."""
    address = peer(request)
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.IPv6Network((known, 64), strict=False))
    return str(known)
