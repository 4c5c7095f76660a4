"""Frees what processes that died had claimed, so that nobody waits for their leases to run out."""

import asyncio

import structlog

from bot.errors import StorageBusy
from bot.ports import Storage

log = structlog.get_logger()

LOOK_EVERY = 2.0  # seconds; a resident whose message a dead process held waits so long, and no longer


async def watch_leases(storage: Storage, stop: asyncio.Event) -> None:
    """Look again and again until `stop`. What is found by nobody is freed by its lease all the same."""
    while not stop.is_set():
        try:
            freed = await storage.free_claims_of_the_dead()
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
