"""Delivers what is waiting in the outbox, one reply at a time per address.

A reply is claimed in one transaction, sent with none open, recorded in another: what came of the last replies is written in
the same transaction that claims the next (`handlers.exchange`; what needs no network is sent in it). A crash in between can
send a reply twice; it is never lost. One sending is in `handlers.sending`, when to try again in `bot.domain.retry`, how fast
in `handlers.pacing`; how a channel is spoken to, in `handlers.channels`.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.bell import Bell
from bot.clock import steady
from bot.domain.people import Channel
from bot.domain.reply import DeliveryResult, DeliveryState, QueuedReply
from bot.errors import StorageBusy
from bot.ports import ChannelPort, Clock, Receipts, Storage, UnitOfWork
from bot.services.move_answers import moved_on
from bot.services.receipt import with_secret
from handlers.exchange import Done, Exchange
from handlers.faults import described
from handlers.pacing import Pace, Pacer
from handlers.sending import HOLD_MOST, Lane, hand_back, send, wait_for_place

log = structlog.get_logger()

LEASE = timedelta(seconds=45)  # longer than the longest hold and the longest send together
LOOK_EVERY = 1.0  # seconds
LONGEST_PAUSE = 2.0  # seconds between two looks while storage is out of reach
MOST_IN_HAND = 256  # replies of one channel: where a call takes 50 ms, 64 let no more than a thousand a second through
SECONDS_IN_HAND = 3.0  # and no more than its pace lets go in so long
STOP_WITHIN = 4.0  # seconds for replies on their way once asked to stop
RECORD_WITHIN = 3.0  # seconds for writing down what came of them
COMPANY = 0.02  # seconds that a result waits for others, or for the next claim, to share its commit
MUCH_COMPANY = 16  # results that wait no longer


class Delivery:
    """One road out, for every channel.

    Args:
        bell: Rung when replies were queued.
        paces: How fast each channel may be spoken to; a channel that is absent or None sends over no network.
        has_one_writer: Nobody commits to the database while we do.
        receipts: Puts the secret into a receipt on its way out; without it a receipt goes out with the place left empty.
        lease: How long a claimed reply is ours.
        monotonic: The clock of the paces, in seconds.
        count: Told what came of each try.
    """

    def __init__(
        self,
        storage: Storage,
        channels: Mapping[Channel, ChannelPort],
        bell: Bell,
        clock: Clock,
        paces: Mapping[Channel, Pace | None],
        *,
        has_one_writer: bool = True,
        receipts: Receipts | None = None,
        lease: timedelta = LEASE,
        monotonic: Callable[[], float] = steady,
        count: Callable[[Channel, DeliveryState], None] = lambda _channel, _state: None,
    ) -> None:
        self._count = count
        self._storage = storage
        self._bell = bell
        self._clock = clock
        self._has_one_writer = has_one_writer
        self._receipts = receipts
        self._lease = lease
        self._owner = f"{storage.owner}/delivery-{secrets.token_hex(4)}"
        self._lanes = {name: _lane(port, paces.get(name), monotonic) for name, port in channels.items()}
        self._wake = asyncio.Event()
        self._is_running = False
        self._soon: asyncio.TimerHandle | None = None  # when the loop is woken to write down results
        self._done: list[Done] = []
        self._in_hand: set[int] = set()  # replies that are on their way
        self._sends_apart = False  # over no network too: a transaction that did both came to nothing
        self._may_have_more = False  # than we know of: a claim was perhaps committed, and nobody told us
        self._tasks: set[asyncio.Task[None]] = set()
        self._holding: set[asyncio.Task[None]] = set()  # of these, those that only wait for their place

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then finish what is on its way, at most some seconds, and give back the rest."""
        with self._bell.listen() as self._wake:
            watcher = asyncio.create_task(self._wake_at(stop))
            self._is_running = True
            try:
                await self._deliver(stop)
            finally:
                self._is_running = False
                watcher.cancel()
                await self._end()

    def share(self, company: int) -> None:
        """So many processes share each channel's limits."""
        for lane in self._lanes.values():
            if lane.pacer is not None and lane.most:
                lane.pacer.share(company)
                lane.most = _most_in_hand(lane.pacer)

    async def _deliver(self, stop: asyncio.Event) -> None:
        pause = 0.0
        while not stop.is_set():
            self._wake.clear()
            try:
                await self._free_unknown_claims()
                there_may_be_more = await self._exchange()
            except Exception as error:
                log.warning("outbox_out_of_reach", reason=described(error))
                pause = min(pause * 2 or 0.2, LONGEST_PAUSE)
                await asyncio.sleep(pause)
                continue
            pause = 0.0
            if not there_may_be_more:
                await self._rest()

    async def _rest(self) -> None:
        """Until somebody rings, or a look is due anyway.

        Who waits for an event is woken even where it is cleared again in the same breath, as whoever claimed in their own
        transaction what they rang for does. That look would find nothing, and it costs a transaction.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                while not self._wake.is_set():
                    await self._wake.wait()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _exchange(self) -> bool:
        """Write down what came of the last replies and claim the next. True when more may be due at once."""
        if not self._done and not any(lane.is_open for lane in self._lanes.values()):
            return False
        exchange: Exchange | None = None
        try:
            async with self._storage.begin() as uow:
                exchange = self._begin_exchange()  # only now: another one may have been going on while we waited
                if exchange is None:
                    return False
                await exchange.write(uow)
                if exchange.done or exchange.claimed or exchange.sent:
                    await uow.commit()
        except Exception as error:
            if exchange is None:
                raise
            if isinstance(error, StorageBusy) or exchange.sent or not exchange.done:
                exchange.undo()
                raise
            await self._record_each(exchange.done, error)
            return True
        except asyncio.CancelledError:
            if exchange is not None:
                exchange.undo()
            raise
        exchange.go()
        return exchange.may_be_more

    async def exchange_in(self, uow: UnitOfWork) -> Exchange | None:
        """The same inside somebody else's transaction, so that what was just answered goes out with no commit of its own.

        Returns:
            What to `go` on with once it is committed, or to `undo` when it is not; None when there is nothing to do.

        Raises:
            Whatever storage raises: then nothing may be committed; what was to be written down is not lost.
        """
        exchange = self._begin_exchange() if self._is_running else None
        if exchange is not None:
            try:
                await exchange.write(uow)
            except BaseException:
                exchange.undo()
                raise
        return exchange

    def _begin_exchange(self) -> Exchange | None:
        rooms = {name: lane.room for name, lane in self._lanes.items() if lane.is_open}
        if not rooms and not self._done:
            return None
        done, self._done = self._done, []
        return Exchange(self, done, list(rooms), min(rooms.values(), default=0))

    async def claim_in(self, uow: UnitOfWork, channels: Sequence[Channel], most: int) -> list[QueuedReply]:
        """Claim what may go out on these channels. For `Exchange`."""
        now = self._clock.now()
        return await uow.outbox.claim(owner=self._owner, channels=channels, now=now, lease=self._lease, most=most)

    async def results_in(self, uow: UnitOfWork, done: Sequence[Done]) -> list[DeliveryResult]:
        """What is written down of these tries: what can never arrive may go to another chat. For `Exchange`."""
        if all(result.state is not DeliveryState.FAILED for _, result in done):
            return [result for _, result in done]
        return [await moved_on(uow, queued, result, channels=self._lanes.keys()) for queued, result in done]

    def needs_no_network(self, queued: QueuedReply) -> bool:
        """It can be sent inside a transaction: there is nothing to wait for. For `Exchange`."""
        return not self._sends_apart and self._lanes[queued.address.channel].pacer is None

    async def send_here(self, replies: Sequence[QueuedReply]) -> list[Done]:
        """Send them inside the transaction that claimed them. For `Exchange`."""
        return [
            (queued, await send(self._lanes[queued.address.channel], self._whole(queued), self._clock)) for queued in replies
        ]

    def has_sent_here(self, done: Sequence[Done], *, may_be_more: bool) -> None:
        """And that is committed. For `Exchange`."""
        self._sends_apart = False
        for queued, result in done:
            self._count(queued.address.channel, result.state)
        if may_be_more:
            self._wake.set()

    def take_back_done(self, done: list[Done], *, sends_apart: bool) -> None:
        """These results are still to be written down, and what was claimed may be ours. For `Exchange`.

        Args:
            sends_apart: One of those that it sent may be what the database refuses: the next time each comes alone.
        """
        self._done = done + self._done
        self._may_have_more = True
        self._sends_apart = sends_apart

    async def _free_unknown_claims(self) -> None:
        if self._may_have_more:
            await self._storage.free_claims(self._owner, self._known)
            self._may_have_more = False

    def _known(self) -> set[int]:
        return self._in_hand | {queued.id for queued, _ in self._done}

    async def _record_each(self, done: Sequence[Done], cause: Exception) -> None:
        """One result that the database refuses must not keep the others from being written down."""
        log.error("recording_failed", reason=described(cause))
        for position, (queued, result) in enumerate(done):
            for form in (result, replace(result, provider_id="", error="", details={})):
                try:
                    async with self._storage.begin() as uow:
                        await uow.outbox.record([form])
                        await uow.commit()
                except StorageBusy:
                    self._done = [*done[position:], *self._done]
                    raise
                except Exception as error:
                    log.error("result_not_recorded", reply=queued.id, reason=described(error))
                else:
                    break

    def has_claimed_all(self, channels: Sequence[Channel]) -> None:
        """Nothing more is due on these: whoever rang for it rang in vain, unless there is something to write down.

        Where others commit while we do, one of them may have rung for what we did not see.
        """
        if self._has_one_writer and len(channels) == len(self._lanes) and not self._done:
            self._wake.clear()

    def begin_sending(self, claimed: Sequence[QueuedReply]) -> None:
        """What was claimed is ours, and committed: send it. For `Exchange`.

        Not when we were asked to stop during that commit: nobody would write down what came of it, so the next process
        sends it.
        """
        if not self._is_running:
            return
        unpaced: list[QueuedReply] = []
        for kept in claimed:
            queued = self._whole(kept)
            lane = self._lanes[queued.address.channel]
            lane.in_hand += 1
            self._in_hand.add(kept.id)
            if lane.pacer is None:
                unpaced.append(queued)
            else:
                self._start(self._send_paced(lane, lane.pacer, queued))
        if unpaced:
            self._start(self._send_in_turn(unpaced))

    def _whole(self, kept: QueuedReply) -> QueuedReply:
        """With its secret, which is nowhere in the database: it is put in here, and forgotten when the reply was sent."""
        if self._receipts is None or not kept.reply.receipt_of:
            return kept
        return replace(kept, reply=with_secret(kept.reply, self._receipts))

    def _start(self, sending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._holding.discard)

    async def _send_paced(self, lane: Lane, pacer: Pacer, queued: QueuedReply) -> None:
        result: DeliveryResult | None = None
        task = asyncio.current_task()
        try:
            if task is not None:
                self._holding.add(task)
                after = await wait_for_place(pacer, queued)
                self._holding.discard(task)
                result = hand_back(queued, self._clock.now(), after) if after else await send(lane, queued, self._clock)
        finally:  # cancelled on the way: sent or not, it is tried again
            self._finish(lane, queued, result)
            self._wake_soon()

    def _wake_soon(self) -> None:
        """A commit for each result would cost as much as the sending: one that comes alone waits a moment for another."""
        if len(self._done) >= MUCH_COMPANY:
            self._wake.set()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(COMPANY, self._wake_now)

    def _wake_now(self) -> None:
        self._soon = None
        if self._done:  # else they were written down in somebody else's company
            self._wake.set()

    async def _send_in_turn(self, replies: Sequence[QueuedReply]) -> None:
        """Over no network a loop is enough; what it does not come to in time goes back."""
        until = steady() + HOLD_MOST
        for position, queued in enumerate(replies):
            lane = self._lanes[queued.address.channel]
            result: DeliveryResult | None = None
            try:
                if steady() < until:
                    result = await send(lane, queued, self._clock)
            except asyncio.CancelledError:
                for left in replies[position + 1 :]:
                    self._finish(self._lanes[left.address.channel], left, None)
                raise
            finally:
                self._finish(lane, queued, result)
        self._wake.set()

    def _finish(self, lane: Lane, queued: QueuedReply, result: DeliveryResult | None) -> None:
        lane.in_hand -= 1
        self._in_hand.discard(queued.id)
        result = result or hand_back(queued, self._clock.now())
        self._count(queued.address.channel, result.state)
        self._done.append((queued, result))

    async def _end(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
        for task in list(self._holding):
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            async with asyncio.timeout(RECORD_WITHIN):
                await self._record_the_rest()
        except TimeoutError:
            log.warning("results_left_unrecorded", count=len(self._done))  # their leases run out: sent once more

    async def _record_the_rest(self) -> None:
        for lane in self._lanes.values():
            lane.most = 0  # claim no more
        while self._done:
            try:
                await self._exchange()
            except Exception as error:
                log.warning("outbox_out_of_reach", reason=described(error))
                await asyncio.sleep(0.2)


def _lane(port: ChannelPort, pace: Pace | None, monotonic: Callable[[], float]) -> Lane:
    if pace is None:
        return Lane(port, None, MOST_IN_HAND)
    pacer = Pacer(pace, monotonic)
    return Lane(port, pacer, _most_in_hand(pacer))


def _most_in_hand(pacer: Pacer) -> int:
    return max(2, min(MOST_IN_HAND, int(pacer.per_second * SECONDS_IN_HAND)))
