"""How often something may be tried. Counts live in memory only: no address of a resident or of staff is kept."""

import math
import time

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

MOST_NAMES = 20_000  # counted at a time, a few MB; whoever can try under more names in a window is not held up by counting


class Throttle:
    """At most `times` for each name in a window of `minutes`; the window begins with the name's first try.

    A fixed window: the moving one of this library hops through a thread for every known name at every try. In bad luck
    twice as many tries fall together, at the seam of two windows.
    """

    def __init__(self, times: int, minutes: int = 1, *, most_names: int = MOST_NAMES) -> None:
        self._item = RateLimitItemPerMinute(times, minutes)
        self._counts = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._counts)
        self._most_names = most_names

    async def wait_for(self, *names: str) -> int:
        """Count one try. 0: go on; otherwise the seconds until the next one may be made."""
        if len(self._counts.storage) > self._most_names:
            await self._counts.reset()
        if await self._limiter.hit(self._item, *names):
            return 0
        stats = await self._limiter.get_window_stats(self._item, *names)
        return max(1, math.ceil(stats.reset_time - time.time()))

    async def forget(self, *names: str) -> None:
        """Start counting anew for this name."""
        await self._limiter.clear(self._item, *names)


def peer(request: web.Request) -> str:
    """Who is at the other end, for counting only: never stored, never logged.

    `X-Forwarded-For` is believed only from this machine itself (our own proxy), and only its last entry, which that
    proxy wrote; everything before it is the sender's own claim.
    """
    remote = request.remote or ""
    if remote in ("127.0.0.1", "::1") and (forwarded := request.headers.getall("X-Forwarded-For", [])):
        return forwarded[-1].rsplit(",", 1)[-1].strip()[:64]
    return remote
