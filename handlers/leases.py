"""Frees what processes that died had claimed, so that nobody waits for their leases to run out; and counts the living."""

import asyncio
from collections.abc import Callable

import structlog

from bot.clock import steady
from bot.errors import StorageBusy
from bot.ports import Clock, Storage

log = structlog.get_logger()

LOOK_EVERY = 2.0  # seconds; a resident whose message a dead process held waits so long, and no longer

CLOCK_MAY_SLIP = 2.0  # seconds


class Watched:
    """A clock beside the loop's own, which nobody sets."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.is_told()

    def is_told(self) -> None:
        """From now on what happened so far counts no more."""
        self._apart = self.clock.now().timestamp() - steady()

    def set_back(self) -> float:
        """Seconds by which it was set back since; 0.0 for so little that nobody waits for it."""
        apart = self.clock.now().timestamp() - steady()
        if apart > self._apart:
            self._apart = apart  # set forward: what waits is due the sooner
        back = self._apart - apart
        return back if back > CLOCK_MAY_SLIP else 0.0


async def watch_leases(
    storage: Storage, stop: asyncio.Event, share: Callable[[int], None] = lambda _: None, clock: Clock | None = None
) -> None:
    """Look again and again until `stop`. What is found by nobody is freed by its lease all the same.

    Args:
        share: Told how many processes share the channels' limits, at every look.
        clock: Watched as well: where it was set back, what waits would wait for so long too.
    """
    watched = Watched(clock) if clock else None
    is_first = True  # the clock may have been set while nobody watched it
    while not stop.is_set():
        try:
            freed = await storage.free_claims_of_the_dead()
            share(await storage.company())
            if watched is not None and ((back := watched.set_back()) or is_first):
                count = await storage.wait_no_longer(watched.clock.now())
                watched.is_told()
                is_first = False
                if back:
                    log.warning("clock_was_set_back", seconds=round(back), replies_and_updates=count)
        except StorageBusy as busy:
            log.warning("leases_not_looked_at", reason=str(busy)[:200])
        else:
            if freed:
                log.warning("claims_of_a_dead_process_freed", count=freed)
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await stop.wait()
        except TimeoutError:
            continue
