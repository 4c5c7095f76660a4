"""Frees what processes that died had claimed, so that nobody waits for their leases to run out; and counts the living."""

import asyncio
from collections.abc import Callable

import structlog

from bot.errors import StorageBusy
from bot.ports import Storage

log = structlog.get_logger()

LOOK_EVERY = 2.0  # seconds; a resident whose message a dead process held waits so long, and no longer


async def watch_leases(storage: Storage, stop: asyncio.Event, share: Callable[[int], None] = lambda _: None) -> None:
    """Look again and again until `stop`. What is found by nobody is freed by its lease all the same.

    Args:
        share: Told how many processes share the channels' limits, at every look.
    """
    while not stop.is_set():
        try:
            freed = await storage.free_claims_of_the_dead()
            share(await storage.company())
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
