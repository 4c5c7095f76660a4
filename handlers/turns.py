"""One turn: a claimed update becomes an `Incoming`, is answered, and is finished, all in one transaction.

If the dialogue raises, nothing of it stays: a second transaction apologises and puts the update aside, where operators see
it and can replay it. While storage is out of reach the turn waits in our hand as long as its lease holds. No network call
happens here: files were fetched before (`handlers.fetching`). Which turn comes next is decided in `handlers.intake`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.clock import steady
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.people import Address
from bot.errors import StaleVersion, StorageBusy
from bot.ports import Clock, KeptUpdate, Storage, UnitOfWork
from handlers.faults import described

log = structlog.get_logger()

Converse = Callable[[UnitOfWork, Incoming, datetime], Awaitable[None]]
Apologise = Callable[[UnitOfWork, Address, datetime], Awaitable[None]]

FIRST_WAIT = 0.2  # seconds until storage is tried again; then doubled
LONGEST_WAIT = 2.0  # seconds; so that work goes on soon after storage is back
MOST_RACES = 5  # times a turn is begun anew because staff changed the same case meanwhile


@dataclass(slots=True, kw_only=True)
class Turn:
    """A claimed update and what it was read as. `failure` is what went wrong before the dialogue began."""

    update: KeptUpdate
    incoming: Incoming | None = None
    failure: Exception | None = None
    claimed_at: float = field(default_factory=steady)  # seconds

    @property
    def address(self) -> Address | None:
        """Whom to apologise to; None when the update could not even be read that far."""
        if self.incoming is not None:
            return self.incoming.address
        return Address(self.update.channel, self.update.address_id) if self.update.address_id else None

    @property
    def age(self) -> float:
        """Seconds since it was claimed."""
        return steady() - self.claimed_at


class Turns:
    """Takes turns for one owner of leases. Nothing but a cancellation comes out of `take`."""

    def __init__(
        self,
        storage: Storage,
        converse: Converse,
        apologise: Apologise,
        clock: Clock,
        *,
        owner: str,
        lease: timedelta,
    ) -> None:
        self._storage = storage
        self._converse = converse
        self._apologise = apologise
        self._clock = clock
        self._owner = owner
        self._in_hand = lease.total_seconds() * 0.75  # seconds a turn is kept trying; then the lease runs out by itself

    async def take(self, turn: Turn, stop: asyncio.Event) -> None:
        """Finish the turn, or leave it waiting when storage stays away; never raises."""
        failure = turn.failure
        apologises = True
        wait, races = FIRST_WAIT, 0
        while True:
            try:
                if failure is None:
                    await self._answer([turn])
                else:
                    await self._put_aside(turn, failure, apologises=apologises)
                return
            except StorageBusy as busy:
                if stop.is_set() or turn.age > self._in_hand:
                    log.warning("turn_left_waiting", update=turn.update.id, reason=described(busy))
                    await self.release([turn.update])
                    return
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            except StaleVersion as stale:
                races += 1
                failure = stale if races > MOST_RACES else failure
            except Exception as error:
                if failure is not None and not apologises:
                    log.error("turn_not_put_aside", update=turn.update.id, reason=described(error))
                    return  # its lease runs out, and it is tried again
                apologises = failure is None
                failure = failure or error

    async def take_together(self, turns: Sequence[Turn], stop: asyncio.Event) -> None:
        """Several addresses' turns in one transaction; if any of them fails, or had failed before, each is taken alone."""
        if all(turn.failure is None for turn in turns):
            with suppress(Exception):
                await self._answer(turns)
                return
        for turn in turns:
            if stop.is_set():
                await self.release([turn.update])
            else:
                await self.take(turn, stop)

    async def release(self, updates: Sequence[KeptUpdate], *, after: timedelta = timedelta()) -> None:
        """Give them back untouched. If storage does not even take that, their leases run out."""
        if not updates:
            return
        try:
            async with self._storage.begin() as uow:
                due_at = self._clock.now() + after
                for update in updates:
                    await uow.inbox.release(update.id, due_at=due_at)
                await uow.commit()
        except Exception as error:
            log.warning("updates_not_released", count=len(updates), reason=described(error))

    async def _answer(self, turns: Sequence[Turn]) -> None:
        async with self._storage.begin() as uow:
            kept_all = await self.answer_in(uow, turns)
            if kept_all or len(turns) > 1:
                await uow.commit()

    async def answer_in(self, uow: UnitOfWork, turns: Sequence[Turn]) -> bool:
        """Finish and answer them in this unit of work. False when somebody else has taken one over: it is left out."""
        now = self._clock.now()
        ours = await uow.inbox.mark_handled([turn.update.id for turn in turns], owner=self._owner, now=now)
        for turn in turns:
            if turn.update.id in ours:
                await self.converse_in(uow, turn.incoming, now)
            else:
                log.warning("turn_taken_over", update=turn.update.id)  # its lease ran out; somebody else has it
        return len(ours) == len(turns)

    async def converse_in(self, uow: UnitOfWork, incoming: Incoming | None, now: datetime) -> None:
        """Answer what is marked as handled in this unit of work."""
        if incoming is not None and incoming.kind is not IncomingKind.IGNORED:
            await self._converse(uow, incoming, now)

    async def _put_aside(self, turn: Turn, failure: Exception, *, apologises: bool) -> None:
        reason = described(failure)
        if turn.age > self._in_hand:
            log.error("turn_failed_too_late", update=turn.update.id, reason=reason)
            return  # somebody else may have it by now
        log.error("turn_failed", update=turn.update.id, channel=turn.update.channel.value, reason=reason)
        async with self._storage.begin() as uow:
            now = self._clock.now()
            if apologises and turn.address is not None:
                await self._apologise(uow, turn.address, now)
            await uow.inbox.mark_failed(turn.update.id, reason=reason, now=now)
            await uow.commit()
