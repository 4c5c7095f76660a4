"""How much one browser, and all of them together, may ask of the web chat. In memory; no machine's address is known.

The figures are generous: a resident never meets them, and a flood costs the flooder more than the city.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from bot.domain.people import Address

POSTS = RateLimitItemPerMinute(30)  # of one address
NEW_ADDRESSES = RateLimitItemPerMinute(300)  # of the whole city; a browser without cookies costs one a message
STREAMS_OF_ADDRESS = 6  # open pages of one browser
STREAMS = 2_000  # open pages of everybody; each holds a socket


class TooMany(Exception):
    """The limit is reached; `after` is in how many seconds it will not be."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.after = after


class Limits:
    """The web chat's counters of one process."""

    def __init__(self) -> None:
        # A fixed window: the moving one of this library hops through a thread for every known key at every hit.
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._streams: Counter[Address] = Counter()
        self._open = 0

    async def count_post(self, address: Address) -> None:
        """Raises TooMany."""
        await self._count(POSTS, address.external_id)

    async def count_new_address(self) -> None:
        """Raises TooMany."""
        await self._count(NEW_ADDRESSES, "new")

    @contextmanager
    def stream(self, address: Address) -> Iterator[None]:
        """Hold a place among the open pages. Raises TooMany."""
        if self._streams[address] >= STREAMS_OF_ADDRESS or self._open >= STREAMS:
            raise TooMany(30)
        self._streams[address] += 1
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            self._streams[address] -= 1
            if not self._streams[address]:
                del self._streams[address]

    async def _count(self, limit: RateLimitItem, name: str) -> None:
        if await self._limiter.hit(limit, name):
            return
        window = await self._limiter.get_window_stats(limit, name)
        raise TooMany(max(1, ceil(window.reset_time - time.time())))
