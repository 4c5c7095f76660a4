"""Sends one reply and says what came of it. Waits its turn first, where the channel has a pace; opens no transaction."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.reply import DeliveryResult, DeliveryState, QueuedReply, Reply
from bot.domain.retry import next_try
from bot.errors import NeverDeliverable, TryLater
from bot.ports import ChannelPort, Clock
from handlers.faults import described, told
from handlers.pacing import Pacer

log = structlog.get_logger()

HOLD_MOST = 8.0  # seconds a claimed reply is held for its place; longer, and it goes back to the outbox
SEND_WITHIN = 30.0  # seconds for one send, files included


@dataclass(slots=True)
class Lane:
    """A channel's way out: how it is spoken to, how fast, and how many replies are in our hand (`most` at once)."""

    port: ChannelPort
    pacer: Pacer | None
    most: int
    in_hand: int = 0

    @property
    def room(self) -> int:
        return self.most - self.in_hand

    @property
    def is_open(self) -> bool:
        """Half empty and not told to wait: so replies are claimed by handfuls, and a slow channel starves no other."""
        return self.most > 0 and self.in_hand <= self.most // 2 and (self.pacer is None or not self.pacer.pause())


def messages_in(reply: Reply) -> int:
    """How many messages a channel will count; 0 for a bare acknowledgement of a button."""
    return len(reply.files) + bool(reply.text)


async def wait_for_place(pacer: Pacer, queued: QueuedReply) -> float:
    """Wait until this reply may go. Returns 0.0, or the seconds after which to ask again when the wait is too long."""
    messages = messages_in(queued.reply)
    if not messages:
        return 0.0
    wait = pacer.chat_wait(queued.address.external_id, messages)
    if wait > HOLD_MOST:
        return wait
    if wait:
        await asyncio.sleep(wait)
    if (pause := pacer.pause()) > HOLD_MOST:
        return pause
    wait = pacer.channel_wait(messages)
    if wait > HOLD_MOST:
        return wait
    if wait:
        await asyncio.sleep(wait)
    return pacer.pause()  # told meanwhile


async def send(lane: Lane, queued: QueuedReply, clock: Clock) -> DeliveryResult:
    """Send it now; whatever happens becomes a result. Only a cancellation is raised."""
    try:
        async with asyncio.timeout(SEND_WITHIN):
            provider_id = await lane.port.send(queued.address, queued.reply)
    except TryLater as later:
        if later.after is not None and lane.pacer is not None:
            lane.pacer.told_to_wait(queued.address.external_id, later.after)
        return _again(queued, told(later), clock.now(), later.after)
    except NeverDeliverable as never:
        return _failed(queued, told(never), clock.now(), blocks_address=never.blocked)
    except Exception as error:
        log.error("sending_broke", reply=queued.id, channel=queued.address.channel.value, reason=described(error))
        return _again(queued, described(error), clock.now(), None)
    return DeliveryResult(reply_id=queued.id, state=DeliveryState.SENT, at=clock.now(), provider_id=_storable(provider_id))


def hand_back(queued: QueuedReply, now: datetime, after: float = 0.0) -> DeliveryResult:
    """Not sent by us, or nobody knows: let it wait again."""
    due_at = now + timedelta(seconds=after)
    return DeliveryResult(reply_id=queued.id, state=DeliveryState.WAITING, at=now, due_at=due_at)


def _again(queued: QueuedReply, error: str, now: datetime, after: timedelta | None) -> DeliveryResult:
    try:
        due_at = next_try(attempts=queued.attempts + 1, queued_at=queued.created_at, now=now, told=after)
    except OverflowError:  # told to wait for centuries
        due_at = next_try(attempts=queued.attempts + 1, queued_at=queued.created_at, now=now)
    if due_at is None:
        return _failed(queued, error, now)
    return DeliveryResult(reply_id=queued.id, state=DeliveryState.WAITING, at=now, due_at=due_at, error=error)


def _failed(queued: QueuedReply, error: str, now: datetime, *, blocks_address: bool = False) -> DeliveryResult:
    log.warning("reply_not_delivered", reply=queued.id, channel=queued.address.channel.value, blocked=blocks_address)
    return DeliveryResult(reply_id=queued.id, state=DeliveryState.FAILED, at=now, error=error, blocks_address=blocks_address)


def _storable(provider_id: str) -> str:
    return "".join(letter for letter in provider_id if letter.isprintable())[:200]
