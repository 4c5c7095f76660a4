"""What comes in and goes out: the inbox, the outbox, where we stand with each address, a web chat's lines."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.case import CaseId
from bot.domain.draft import Conversation
from bot.domain.people import Address, Channel
from bot.domain.reply import DeliveryResult, NewReply, QueuedReply
from bot.domain.thread import Answer
from bot.domain.ward import WardCode


@dataclass(frozen=True, slots=True, kw_only=True)
class RawUpdate:
    """What a channel handed over, before anyone read it.

    `external_id` is the channel's own id of the update: kept once under (channel, external_id). `address_id` orders
    updates: never two of one address at a time; empty when the body could not be read that far. `body` is the JSON as it
    came (NUL bytes and lone surrogates replaced). `unreadable` holds the reason when nobody can ever read it.
    """

    channel: Channel
    external_id: str
    address_id: str
    body: str
    unreadable: str = ""
    value: Any = field(default=None, compare=False, repr=False)  # what the body says, where somebody has just read it


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpdate:
    """A kept update, claimed for handling. `attempts` counts the claims before this one."""

    id: int
    channel: Channel
    external_id: str
    address_id: str
    body: str
    received_at: datetime
    attempts: int
    value: Any = field(default=None, compare=False, repr=False)  # as a RawUpdate's


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedUpdate:
    """A kept update that could not be handled, as operators see it."""

    id: int
    channel: Channel
    external_id: str
    received_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadReply:
    """A reply that was not delivered, as operators see it. `is_held`: a restore brought it back, perhaps it was sent."""

    id: int
    channel: Channel
    created_at: datetime
    error: str
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is waiting, and since when; the oldest is None when nothing waits."""

    waiting: int
    oldest: datetime | None
    failed: int


class Inbox(Protocol):
    """Every raw update, once, until it was handled."""

    async def keep(self, updates: Sequence[RawUpdate], now: datetime) -> int:
        """Store those not yet known; unreadable ones join as failed. Returns how many were new."""
        ...

    async def keep_handled(self, update: RawUpdate, now: datetime) -> bool:
        """Store it as handled, by whoever handles it in this very transaction. False when it was known: nothing to do."""
        ...

    async def waiting_addresses(self, *, most: int) -> Set[tuple[Channel, str]] | None:
        """Of whom something still waits, or is in somebody's hands; None when there are more than `most`."""
        ...

    async def claim(self, *, owner: str, now: datetime, lease: timedelta, most: int) -> list[KeptUpdate]:
        """Take the oldest waiting updates, at most one per address and none of an address that is being worked on."""
        ...

    async def mark_handled(self, update_ids: Sequence[int], *, owner: str, now: datetime) -> Set[int]:
        """Finish them. What is no longer this owner's (its lease ran out) is not among the ids that come back."""
        ...

    async def mark_failed(self, update_id: int, *, reason: str, now: datetime) -> None:
        """Put it aside, visible and replayable; later updates of the address go on."""
        ...

    async def release(self, update_id: int, *, due_at: datetime) -> None:
        """Give it back untouched, to be claimed again from `due_at` on (storage or a channel was out of reach)."""
        ...

    async def replay(self, update_ids: Sequence[int]) -> int:
        """Make failed updates wait again. Returns how many did."""
        ...

    async def failed(self, *, most: int = 100) -> list[FailedUpdate]:
        """The newest failed updates."""
        ...

    async def discard(self, update_ids: Sequence[int], now: datetime) -> int:
        """Be done with failed updates: known by their id as before, and empty. Returns how many."""
        ...

    async def backlog(self) -> Backlog: ...

    async def last_received(self) -> Mapping[Channel, datetime]:
        """When something last came over each channel, as far as the newest few thousand updates tell."""
        ...

    async def last_external_id(self, channel: Channel) -> str | None:
        """The channel's id of the update kept last."""
        ...


class Hand(Protocol):
    """Which updates a process is answering before they are kept: whoever comes after one that was killed knows them."""

    def hold(self, updates: Sequence[RawUpdate]) -> bool:
        """These are being answered now. False where that cannot be written down."""
        ...

    def let_go(self) -> None:
        """None is, any more: answered, or given up without harm."""
        ...

    def was_dropped(self, update: RawUpdate) -> bool:
        """The process before this one died with it in its hand."""
        ...


class Outbox(Protocol):
    """Every reply, until the channel took it or it never can be delivered."""

    async def add(self, replies: Sequence[NewReply], now: datetime, *, keeps_offer: bool = True) -> list[int]:
        """Queue them in this order; ids rise.

        Of the address's earlier replies about the same (`NewReply.about`) those that nobody has claimed are dropped. What
        the last one offers becomes its conversation's `offered`, unless the caller stores that conversation itself.
        """
        ...

    def queued(self) -> Collection[int]:
        """The ids of what was queued in this very unit of work."""
        ...

    async def claim(
        self, *, owner: str, channels: Sequence[Channel], now: datetime, lease: timedelta, most: int
    ) -> list[QueuedReply]:
        """Take the oldest due replies, at most one per address, none of an address that has an earlier one unfinished.

        A question that was held waits some seconds more while messages of its address are still to be read.
        """
        ...

    async def is_ahead(self, address: Address, *, wrote_at: datetime, now: datetime) -> bool:
        """Whether the newest of what was said to this address had not reached it when its resident wrote something.

        A second or two is nobody's fault: messengers cut the time of a message to whole seconds, and that a reply went out
        is written down a moment later. A reply in somebody's hand counts as arrived.
        """
        ...

    async def take_back(self, address: Address, about: str, now: datetime) -> bool:
        """Drop what waits for this address about this, unless somebody has claimed it. Whether anything was dropped."""
        ...

    async def record(self, results: Sequence[DeliveryResult]) -> None:
        """Write down what came of sending them. A final failure of a staff answer is shown on its case."""
        ...

    async def next_due(self, channels: Sequence[Channel] | None = None) -> datetime | None:
        """When a reply (of these channels) can be claimed next; in the past when one can be now, None when none waits."""
        ...

    async def backlog(self, now: datetime) -> Backlog:
        """Replies that are due at `now`; one that waits as its channel told it to does not count. `oldest` is a due time.

        `failed` counts as `dead` lists.
        """
        ...

    async def failed_with(self, message_id: int) -> list[int]:
        """The failed replies that carry this message of a case's thread."""
        ...

    async def replay(self, reply_ids: Sequence[int], now: datetime) -> int:
        """Make failed replies wait again. Returns how many did."""
        ...

    async def dead(self, *, most: int = 100) -> list[DeadReply]:
        """The newest replies that can never be delivered, and those held after a restore.

        Without staff's own words that did not arrive: those are their case's affair.
        """
        ...

    async def discard(self, reply_ids: Sequence[int], now: datetime) -> int:
        """Be done with such replies. Held words of staff count as sent: they were, before the restore. How many."""
        ...

    async def missed(self, case_id: CaseId) -> list[Answer]:
        """Staff's words of this case that did not reach its resident, oldest first."""
        ...

    async def reached(self, case_id: CaseId, at: datetime) -> bool:
        """The resident knows what had not reached them. Raises the case's version; False where nothing was missing."""
        ...

    async def send_missed(self, address: Address, now: datetime) -> int:
        """Make staff's words that did not arrive there wait again; returns how many do."""
        ...


class Conversations(Protocol):
    """Where we stand with each address."""

    async def get(self, address: Address) -> Conversation:
        """The stored one, or a fresh one for an address never seen."""
        ...

    async def put(self, conversation: Conversation, now: datetime) -> Conversation:
        """Store it; gives a first-time address its resident. Returns it with `resident_id` set."""
        ...

    async def pause(self, address: Address, *, until: datetime | None, reason: str) -> bool:
        """Hear nothing of it until then; None ends that. False for an address that was never met."""
        ...

    async def settle(self, address: Address, ward_code: WardCode) -> None:
        """Its newest case is of this ward after all; nothing else of the conversation is touched."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """A line of a web chat: ours (a reply) or the resident's. `key` is the place of our lines in the event stream."""

    key: int
    is_ours: bool
    at: datetime
    body: str  # the resident's raw update, or the reply's JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlace:
    """How far a chat's page has come: after which of our lines, and how many of the next it takes."""

    address: Address
    after: int
    most: int


class ChatLines(Protocol):
    """What a web chat's page shows: the address's own updates and our replies."""

    async def recent(self, address: Address, *, most: int = 200) -> list[ChatLine]:
        """The newest lines, oldest first."""
        ...

    async def replies_after(
        self, address: Address, key: int, *, most: int = 50, since: datetime | None = None
    ) -> list[ChatLine]:
        """Our sent replies after that place, by their places.

        Args:
            since: Also those before it that were sent since then: where several processes write, a lower place may appear
                after a higher one. The caller knows which of them it has seen.
        """
        ...

    async def replies_after_each(
        self, places: Sequence[ChatPlace], *, since: datetime | None = None
    ) -> list[list[ChatLine]]:
        """The same for many chats, in their order: together they cost little more than one."""
        ...
