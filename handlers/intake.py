"""Keeps every raw update once, and works through them in order, never two of one address at a time.

Read `handlers.keeping` (kept before acknowledged), `handlers.fetching` (files first), `handlers.turns` (one transaction
each). Here is the loop between them: claim what waits, hand each update its turn, look again. It is woken by `keep`,
here or in another process, and looks by itself every second.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.bell import Bell, heard
from bot.domain.people import Channel
from bot.errors import StorageBusy
from bot.ports import ChannelPort, Clock, FileKeeper, Hand, KeptUpdate, RawUpdate, Storage, UnitOfWork
from handlers.at_once import AtOnce
from handlers.delivery import Delivery
from handlers.faults import described
from handlers.fetching import NotNow, fetch_files
from handlers.keeping import Keeper
from handlers.turns import Apologise, Converse, Turn, Turns

log = structlog.get_logger()

LEASE = timedelta(seconds=60)  # a killed process's updates are taken up by another one after this
LOOK_EVERY = 1.0  # seconds
LONGEST_PAUSE = 2.0  # seconds between two claims while storage is out of reach
MOST_A_CLAIM = 64  # updates
MOST_WITH_FILES = 48  # turns that wait for files, of which
FILES_AT_ONCE = 4  # fetch; each may hold a file of 20 MB in memory
LAST_CLAIM_FOR_FILES = 3  # from this claim on (counted from 0) a file out of reach no longer holds up the words
MOST_CLAIMS = 25  # an update that so many claims did not finish kills its process: it is put aside
STOP_WITHIN = 5.0  # seconds for turns in hand once asked to stop
GIVE_BACK_WITHIN = 2.0  # seconds for those that were not finished by then
CHANNEL_ABSENT = timedelta(minutes=1)  # until an update of a channel that is not set up here is looked at again


class NeverFinished(Exception):
    """The update was claimed again and again, and no claim came to an end."""


class Intake:
    """One road in, for every channel.

    Args:
        at_once: Transactions side by side; SQLite takes them one after the other, PostgreSQL together.
        together: Turns of different addresses that share a transaction when so many wait. Measured with 64 residents who
            write at the same moment: 16 halve the processor time of one, on either engine (a commit costs as much as a
            turn). If one of them fails, all are rolled back and each is taken alone.
        answered: Turns that share the transaction which keeps their updates: more, because there is nothing to claim, and
            whoever comes to a turn too late is left to the worker (`handlers.at_once`). Measured with 64 residents who
            write at the same moment: 64 take a tenth less processor time than 16, of which the others are kept, claimed,
            read a second time and marked as handled.
        claims_in_turn: Claim and answer in one transaction where nothing has to be fetched. Saves one of the commits that an
            update costs when few write; for SQLite, where no other process waits for the claim to be over.
        hand: With it, updates are also kept in that transaction where they can be answered at once (`handlers.at_once`).
        lease: How long a claimed update is ours.
        bell: Rung when another process kept updates.
    """

    def __init__(
        self,
        storage: Storage,
        channels: Mapping[Channel, ChannelPort],
        converse: Converse,
        apologise: Apologise,
        files: FileKeeper,
        clock: Clock,
        *,
        at_once: int = 4,
        together: int = 16,
        answered: int = 64,
        claims_in_turn: bool = False,
        hand: Hand | None = None,
        delivery: Delivery | None = None,
        lease: timedelta = LEASE,
        bell: Bell | None = None,
    ) -> None:
        self._bell = bell or Bell()
        self._storage = storage
        self._channels = channels
        self._files = files
        self._clock = clock
        self._at_once = at_once
        self._together = together
        self._claims_in_turn = claims_in_turn
        self._delivery = delivery
        self._began = clock.now()
        self._lease = lease
        self._owner = f"{storage.owner}/intake-{secrets.token_hex(4)}"
        self._wake = asyncio.Event()
        self._turns = Turns(storage, converse, apologise, clock, owner=self._owner, lease=lease)
        at_once_kept = (
            AtOnce(channels, self._turns, clock, hand, self._commit_and_hand_over, most=answered)
            if hand is not None
            else None
        )
        self._keeper = Keeper(storage, clock, self._wake.set, at_once_kept)
        self._with_files: dict[asyncio.Task[None], int] = {}  # and their updates
        self._may_have_more = False  # than we know of: a claim was perhaps committed, and nobody told us
        self._fetching = asyncio.Semaphore(FILES_AT_ONCE)

    async def keep(self, channel: Channel, updates: Sequence[RawUpdate]) -> None:
        """Return once they are on disk; only then may the channel acknowledge them. Known ones are passed over.

        Raises:
            StorageBusy: They are not kept: the channel must hold on to them.
        """
        if any(update.channel is not channel for update in updates):
            raise ValueError(f"an update of another channel than {channel.value}")
        await self._keeper.keep(updates)

    async def work(self, stop: asyncio.Event) -> None:
        """Handle kept updates until `stop`; then finish the turns in hand, a few seconds at most, and give back the rest."""
        watcher = asyncio.create_task(self._wake_at(stop))
        try:
            with self._bell.listen_mail(self._wake):
                await self._work(stop)
        finally:
            watcher.cancel()
            await self._end_fetching()

    async def _work(self, stop: asyncio.Event) -> None:
        pause = 0.0
        while not stop.is_set():
            self._wake.clear()
            try:
                await self._free_unknown_claims()
                claimed = await self._claim()
            except Exception as error:
                self._may_have_more = True
                log.warning("claiming_failed", reason=described(error))
                pause = min(pause * 2 or 0.2, LONGEST_PAUSE)
                await heard(self._wake, pause)
                continue
            pause = 0.0
            if claimed:
                await self._handle(claimed, stop)
            else:
                await heard(self._wake, LOOK_EVERY)

    async def _free_unknown_claims(self) -> None:
        if self._may_have_more:
            await self._storage.free_claims(self._owner, self._with_files.values)
            self._may_have_more = False

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _claim(self) -> list[KeptUpdate]:
        most = min(MOST_A_CLAIM, MOST_WITH_FILES - len(self._with_files))
        if most <= 0:
            return []  # every finished fetch wakes us
        if self._claims_in_turn:
            try:
                return await self._claim_and_answer(most)
            except StorageBusy:
                raise
            except Exception as error:  # rolled back with the claims: below each is taken alone
                log.warning("turns_taken_apart", reason=described(error))
        async with self._storage.begin() as uow:
            claimed = await self._claim_in(uow, most)
            if claimed:
                await uow.commit()
        return claimed

    async def _claim_and_answer(self, most: int) -> list[KeptUpdate]:
        """Answer what waits in the transaction that claims it; returns, claimed, what needs more than that."""
        async with self._storage.begin() as uow:
            answered = 0
            while answered < self._together:
                claimed = await self._claim_in(uow, min(most, self._together - answered))
                turns = self._turns_at_once(claimed)
                if not turns:
                    break
                await self._turns.answer_in(uow, turns)
                answered += len(turns)
            else:
                claimed = []
                self._wake.set()  # there may be more
            if answered or claimed:
                await self._commit_and_hand_over(uow)
        return claimed

    async def _commit_and_hand_over(self, uow: UnitOfWork) -> None:
        exchange = await self._delivery.exchange_in(uow) if self._delivery is not None else None
        try:
            await uow.commit()
        except BaseException:
            if exchange is not None:
                exchange.undo()
            raise
        if exchange is not None:
            exchange.go()

    async def _claim_in(self, uow: UnitOfWork, most: int) -> list[KeptUpdate]:
        return await uow.inbox.claim(owner=self._owner, now=self._clock.now(), lease=self._lease, most=most)

    def _turns_at_once(self, claimed: Sequence[KeptUpdate]) -> list[Turn]:
        """Their turns, if all can be taken without fetching anything; else none.

        Not what was kept before this process began: it may be what ended the last one, and only a claim that was
        committed counts the attempts that put such an update aside.
        """
        turns = []
        for update in claimed:
            channel = self._channels.get(update.channel)
            if channel is None or update.received_at < self._began:
                return []
            turn = _read(channel, update)
            if turn.failure is not None or turn.incoming is None or turn.incoming.remote_files:
                return []
            turns.append(turn)
        return turns

    async def _handle(self, claimed: Sequence[KeptUpdate], stop: asyncio.Event) -> None:
        ready: deque[Turn] = deque()
        homeless: list[KeptUpdate] = []
        for update in claimed:
            channel = self._channels.get(update.channel)
            if channel is None:
                homeless.append(update)
                continue
            turn = _read(channel, update)
            if turn.incoming is not None and turn.incoming.remote_files and turn.failure is None:
                self._fetch_aside(channel, turn, stop)
            else:
                ready.append(turn)
        if homeless:
            log.warning("channel_not_set_up", channels=sorted({update.channel.value for update in homeless}))
            await self._turns.release(homeless, after=CHANNEL_ABSENT)
        lanes = min(self._at_once, -(-len(ready) // self._together))
        if lanes <= 1:
            await self._work_off(ready, stop)
        else:
            await asyncio.gather(*(self._work_off(ready, stop) for _ in range(lanes)))
        await self._turns.release([turn.update for turn in ready])  # stopped half-way

    async def _work_off(self, ready: deque[Turn], stop: asyncio.Event) -> None:
        while ready and not stop.is_set():
            if self._together == 1 or len(ready) == 1:
                await self._turns.take(ready.popleft(), stop)
            else:
                share = [ready.popleft() for _ in range(min(self._together, len(ready)))]
                await self._turns.take_together(share, stop)

    def _fetch_aside(self, channel: ChannelPort, turn: Turn, stop: asyncio.Event) -> None:
        """Words never wait for somebody else's photos: a turn with files goes its own way."""
        task = asyncio.create_task(self._fetch_and_take(channel, turn, stop))
        self._with_files[task] = turn.update.id
        task.add_done_callback(self._fetched)

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._with_files.pop(task, None)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("turn_with_files_broke", reason=described(error))  # its lease runs out, and it is tried again

    async def _fetch_and_take(self, channel: ChannelPort, turn: Turn, stop: asyncio.Event) -> None:
        incoming = turn.incoming
        if incoming is None:
            return
        try:
            async with self._fetching:
                within = self._lease.total_seconds() * 0.6 - turn.age
                if within <= 0 or stop.is_set():
                    await self._turns.release([turn.update])
                    return
                files = await fetch_files(
                    channel,
                    incoming.remote_files,
                    self._files,
                    is_last_chance=turn.update.attempts >= LAST_CLAIM_FOR_FILES,
                    within=within,
                )
            turn.incoming = incoming.with_files(incoming.files + files)
            await self._turns.take(turn, stop)
        except NotNow:
            await self._turns.release([turn.update], after=timedelta(seconds=5 << min(turn.update.attempts, 4)))
        except asyncio.CancelledError:
            await self._turns.release([turn.update])
            raise

    async def _end_fetching(self) -> None:
        if not self._with_files:
            return
        _, late = await asyncio.wait(self._with_files, timeout=STOP_WITHIN)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=GIVE_BACK_WITHIN)


def _read(channel: ChannelPort, update: KeptUpdate) -> Turn:
    turn = Turn(update=update)
    if update.attempts >= MOST_CLAIMS:
        turn.failure = NeverFinished()
        return turn
    try:
        turn.incoming = channel.read(update)
    except Exception as error:  # a reader promises not to; one that breaks its promise must not stop everybody
        turn.failure = error
    return turn
