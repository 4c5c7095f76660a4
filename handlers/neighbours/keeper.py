"""Walks what happened to cases, and tells each neighbour one thing after the other; none waits for another.

It is run by one process of all (`handlers.leading`). A turn is claimed in one transaction, told with none open, recorded in
another: a process that dies in between has the event told once more, never lost. Without a subscription a look is one read.
"""

import asyncio
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.domain.neighbours import DISABLED_AFTER, KEPT_FOR, Telling, Tried, next_try, next_turn
from bot.ports import Clock, Storage
from bot.services.neighbours import disable_failing
from handlers.faults import described
from handlers.neighbours.telling import Teller

log = structlog.get_logger()

LOOK_EVERY = 2.0  # seconds
LEASE = timedelta(seconds=60)  # longer than the longest telling
MOST_WALKED = 500  # events in one transaction
MOST_ROUNDS = 20
MOST_IN_TURN = 200  # events of one neighbour before the timelines are looked at for it again
FORGET_EVERY = timedelta(hours=1)
MOST_FORGOTTEN = 500
STOP_WITHIN = 3.0  # seconds


class Neighbourhood:
    """Everybody who is told anything."""

    def __init__(self, storage: Storage, teller: Teller, clock: Clock, *, look_every: float = LOOK_EVERY) -> None:
        self._storage = storage
        self._teller = teller
        self._clock = clock
        self._look_every = look_every
        self._owner = f"{storage.owner}/neighbours-{secrets.token_hex(4)}"
        self._turns: dict[int, asyncio.Task[None]] = {}
        self._forget_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is on its way then has a moment to end."""
        try:
            while not stop.is_set():
                try:
                    await self.look(stop)
                except Exception as error:  # storage away, or a mistake of ours: the loop goes on
                    log.warning("neighbours_not_looked_at", reason=described(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._look_every):
                        await stop.wait()
        finally:
            await self._end()

    async def look(self, stop: asyncio.Event) -> None:
        """Find what is new, and begin a turn for each neighbour that has something due and no turn."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            standings = await uow.neighbours.standings(now)
        if not standings:
            return
        if any(one.is_behind for one in standings):
            await self._walk(stop)
            async with self._storage.reading() as uow:
                standings = await uow.neighbours.standings(now)
        for one in standings:
            if one.is_due and one.subscription_id not in self._turns:
                self._turns[one.subscription_id] = asyncio.create_task(self._turn(one.subscription_id, stop))
        if self._forget_at is None or now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY
            await self._forget(now)

    async def _walk(self, stop: asyncio.Event) -> None:
        for _ in range(MOST_ROUNDS):
            async with self._storage.begin() as uow:
                walked = await uow.neighbours.collect(self._clock.now(), MOST_WALKED)
                await uow.commit()
            if not walked or stop.is_set():
                return

    async def _turn(self, subscription_id: int, stop: asyncio.Event) -> None:
        try:
            for _ in range(MOST_IN_TURN):
                if stop.is_set() or not await self._tell_next(subscription_id):
                    return
        except Exception as error:  # the lease runs out, and a later look tries again
            log.warning("neighbour_not_told", subscription=subscription_id, reason=described(error))
        finally:
            self._turns.pop(subscription_id, None)

    async def _tell_next(self, subscription_id: int) -> bool:
        """False: nothing is due, or it did not take it."""
        async with self._storage.begin() as uow:
            found = await uow.neighbours.claim(subscription_id, owner=self._owner, now=self._clock.now(), lease=LEASE)
            await uow.commit()
        if found is None:
            return False
        subscription, telling = found
        tried = await self._teller.tell(subscription, telling)
        await self._record(subscription_id, telling, tried, failures=subscription.failures + 1)
        return tried.is_taken

    async def _record(self, subscription_id: int, telling: Telling, tried: Tried, *, failures: int) -> None:
        due_at = None
        if not tried.is_taken:
            first = telling.first_tried_at or tried.at
            due_at = next_try(attempts=telling.attempts + 1, first_tried_at=first, now=tried.at)
        pause = next_turn(failures=failures, now=tried.at)
        async with self._storage.begin() as uow:
            left = await uow.neighbours.record(
                subscription_id, telling, tried, owner=self._owner, due_at=due_at, pause=pause
            )
            if left is not None and left.failing_since and tried.at - left.failing_since >= DISABLED_AFTER:
                await disable_failing(uow, subscription_id, now=tried.at)
                log.error("neighbour_disabled", subscription=subscription_id)
            await uow.commit()
        if not tried.is_taken:
            log.info("neighbour_did_not_take", subscription=subscription_id, why=tried.error, status=tried.status)

    async def _forget(self, now: datetime) -> None:
        for _ in range(MOST_ROUNDS):
            async with self._storage.begin() as uow:
                gone = await uow.neighbours.forget(now - KEPT_FOR, MOST_FORGOTTEN)
                if gone:
                    await uow.commit()
            if gone < MOST_FORGOTTEN:
                return

    async def _end(self) -> None:
        turns = list(self._turns.values())
        if turns:
            _, late = await asyncio.wait(turns, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
