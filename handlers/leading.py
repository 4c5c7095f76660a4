"""Runs a loop in one process only: whoever leads runs it, the others stand by and take over when that one is gone.

For what would be done twice (timers) or may not be done twice (polling Telegram). Who leads is the storage's to say; here it
is asked again and again. A leader that lost its session goes on for one look at most: what is done twice then is passed over
by the rows' own locks.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import StorageBusy
from bot.ports import Storage
from handlers.faults import described

log = structlog.get_logger()

LOOK_EVERY = 2.0  # seconds; so long nobody does it after a leader died

Loop = Callable[[asyncio.Event], Awaitable[None]]


def led(name: str, storage: Storage, loop: Loop, *, look_every: float = LOOK_EVERY) -> Loop:
    """The same loop, run while this process leads `name`. It may be started and stopped many times."""

    async def run(stop: asyncio.Event) -> None:
        while not stop.is_set():
            if await _leads(storage, name):
                log.debug("leading", name=name)
                await _run_while_leading(storage, name, loop, stop, look_every)
            await _sleep(stop, look_every)

    return run


async def _run_while_leading(storage: Storage, name: str, loop: Loop, stop: asyncio.Event, look_every: float) -> None:
    ended = asyncio.Event()
    running = asyncio.ensure_future(loop(ended))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while not running.done() and not stop.is_set() and await _leads(storage, name):
            await asyncio.wait((running, stopping), timeout=look_every, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        ended.set()
        if not stop.is_set() and not running.done():
            log.warning("no_longer_leading", name=name)
        await running


async def _leads(storage: Storage, name: str) -> bool:
    try:
        return await storage.lead(name)
    except StorageBusy as busy:
        log.warning("nobody_to_ask_who_leads", name=name, reason=described(busy))
        return False


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
