"""How often something may be tried. Counts live in memory only: no address of a resident or of staff is kept."""

import math
import time

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter


class Throttle:
    """At most `times` in any `minutes` minutes, for each name. One minute later the oldest try is forgotten again."""

    def __init__(self, times: int, minutes: int = 1) -> None:
        self._item = RateLimitItemPerMinute(times, minutes)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def wait_for(self, *names: str) -> int:
        """Count one try. 0: go on; otherwise the seconds until the next one may be made, and nothing was counted."""
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
