"""Answers updates in the very transaction that keeps them: one commit where there were two, and nothing is read back.

Only where nothing speaks against it: the update can be read and waits for no file, nothing of its address waits already, and
it was in no process's hand when that one died. Whatever else comes is kept as ever, and `handlers.intake` comes to it. If a
turn raises, nothing of the transaction stays, and keeping begins again without answering.

An update that kills its process was not kept by then, so that nothing in the database counts its attempts. It is in the
process's hand (`bot.ports.Hand`), which outlives it: the next process keeps it first, and from there on it is counted.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.clock import steady
from bot.domain.incoming import Incoming
from bot.domain.people import Channel
from bot.ports import ChannelPort, Clock, Hand, KeptUpdate, RawUpdate, UnitOfWork
from handlers.faults import described
from handlers.turns import Turns

log = structlog.get_logger()

MOST_BUSY = 200  # addresses of whom something waits; with more of them, those who wait come first
ANSWER_WITHIN = 0.1  # seconds in one transaction; whoever brought the updates waits so long, and everybody who writes

_Chosen = list[tuple[RawUpdate, Incoming]]


class AtOnce:
    """Keeps, answers, commits.

    Args:
        commit: Commits a unit of work with answers in it.
        most: Turns in one transaction.
    """

    def __init__(
        self,
        channels: Mapping[Channel, ChannelPort],
        turns: Turns,
        clock: Clock,
        hand: Hand,
        commit: Callable[[UnitOfWork], Awaitable[None]],
        *,
        most: int,
    ) -> None:
        self._channels = channels
        self._turns = turns
        self._clock = clock
        self._hand = hand
        self._commit = commit
        self._most = most

    async def keep(self, uow: UnitOfWork, updates: Sequence[RawUpdate]) -> bool:
        """Keep them all in this unit of work, answer those that can be, and commit it.

        Returns:
            Whether some of them wait for `handlers.intake`.

        Raises:
            Whatever a turn or storage raises: then nothing may be committed.
        """
        now = self._clock.now()
        busy = await uow.inbox.waiting_addresses(most=MOST_BUSY)
        chosen = self._choose(updates, set(busy), now) if busy is not None else []
        done = 0
        if chosen and self._hand.hold([update for update, _ in chosen]):
            try:
                done = await self._answer(uow, chosen, now)
            finally:
                self._hand.let_go()
        answered = {id(update) for update, _ in chosen[:done]}
        left = [update for update in updates if id(update) not in answered]
        await uow.inbox.keep(left, now)
        await self._commit(uow)
        return bool(left)

    async def _answer(self, uow: UnitOfWork, chosen: _Chosen, now: datetime) -> int:
        """How many of them were come to in time, from the first on."""
        until = steady() + ANSWER_WITHIN
        for position, (update, incoming) in enumerate(chosen):
            if position and steady() > until:
                return position
            if await uow.inbox.keep_handled(update, now):
                await self._turns.converse_in(uow, incoming, now)
        return len(chosen)

    def _choose(self, updates: Iterable[RawUpdate], busy: set[tuple[Channel, str]], now: datetime) -> _Chosen:
        """An address whose one update cannot be answered at once has its later ones wait behind it."""
        chosen: _Chosen = []
        for update in updates:
            if update.unreadable:
                continue
            whose = (update.channel, update.address_id)
            incoming = self._read(update, now) if len(chosen) < self._most and whose not in busy else None
            if incoming is not None:
                chosen.append((update, incoming))
            elif update.address_id:
                busy.add(whose)
        return chosen

    def _read(self, update: RawUpdate, now: datetime) -> Incoming | None:
        """What it says, if that can be answered without anything else."""
        channel = self._channels.get(update.channel)
        if channel is None or self._hand.was_dropped(update):
            return None
        kept = KeptUpdate(
            id=0,
            channel=update.channel,
            external_id=update.external_id,
            address_id=update.address_id,
            body=update.body,
            received_at=now,
            attempts=0,
            value=update.value,
        )
        try:
            incoming = channel.read(kept)
        except Exception as error:  # a reader promises not to; `handlers.intake` puts such an update aside
            log.warning("not_read_at_once", channel=update.channel.value, reason=described(error))
            return None
        return None if incoming.remote_files else incoming
