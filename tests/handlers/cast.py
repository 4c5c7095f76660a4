"""Who plays in the tests of intake and delivery: a channel of ours, a dialogue of a few lines, and ways to wait.

The channel is first in, first out: it remembers what it was asked, in order, and answers as it was told beforehand.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from bot.domain.incoming import FileKind, Incoming, IncomingKind, RemoteFile, StoredFile
from bot.domain.people import Address, Channel
from bot.domain.reply import DeliveryResult, DeliveryState, NewReply, Reply
from bot.ports import KeptUpdate, RawUpdate, UnitOfWork
from storage import Database

PATIENCE = 60.0  # seconds until a test that waits gives up


def update(
    number: int, chat: str, text: str, *, files: tuple[str, ...] = (), kind: IncomingKind = IncomingKind.TEXT
) -> RawUpdate:
    """What the channel hands over when the resident of this chat writes."""
    body = json.dumps({"text": text, "files": files, "kind": kind.value}, ensure_ascii=False)
    return RawUpdate(channel=Channel.TELEGRAM, external_id=str(number), address_id=chat, body=body)


def address(chat: str) -> Address:
    return Address(Channel.TELEGRAM, chat)


@dataclass
class TestClock:
    """The real time, or a moment at which it stands still, moved by hand."""

    __test__ = False
    moved: timedelta = timedelta()
    stands_at: datetime | None = None

    def now(self) -> datetime:
        return (self.stands_at or datetime.now(UTC)) + self.moved


@dataclass
class Postbox:
    """A channel whose residents are played by the test. `answers` and `downloads` are used up in their order."""

    channel: Channel = Channel.TELEGRAM
    answers: dict[str, deque[Exception | Awaitable[None]]] = field(default_factory=lambda: defaultdict(deque))
    downloads: dict[str, deque[Exception | bytes]] = field(default_factory=lambda: defaultdict(deque))
    said: list[tuple[str, str]] = field(default_factory=list)  # (chat, text) in the order of sending
    said_at: list[float] = field(default_factory=list)  # the loop's time, seconds
    before_fetching: Callable[[], Awaitable[None]] | None = None
    before_sending: Callable[[], Awaitable[None]] | None = None
    fetched: list[str] = field(default_factory=list)
    in_flight: set[str] = field(default_factory=set)
    most_in_flight: int = 0

    def read(self, update: KeptUpdate) -> Incoming:
        found = json.loads(update.body)
        if found["text"] == "unreadable to a broken reader":
            raise ValueError(found["text"])
        return Incoming(
            address=Address(self.channel, update.address_id),
            kind=IncomingKind(found["kind"]),
            source_id=update.external_id,
            sent_at=update.received_at,
            text=found["text"],
            remote_files=tuple(RemoteFile(name, FileKind.PHOTO, name) for name in found["files"]),
        )

    async def fetch(self, file: RemoteFile) -> bytes:
        if self.before_fetching:
            await self.before_fetching()
        self.fetched.append(file.remote_id)
        outcome = self.downloads[file.remote_id].popleft()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def send(self, address: Address, reply: Reply) -> str:
        chat = address.external_id
        assert chat not in self.in_flight, "two replies of one address are in flight"
        self.in_flight.add(chat)
        self.most_in_flight = max(self.most_in_flight, len(self.in_flight))
        try:
            if self.before_sending:
                await self.before_sending()
            if self.answers[chat]:
                outcome = self.answers[chat].popleft()
                if isinstance(outcome, Exception):
                    raise outcome
                await outcome
            self.said.append((chat, reply.text))
            self.said_at.append(asyncio.get_running_loop().time())
            return f"message-{len(self.said)}"
        finally:
            self.in_flight.discard(chat)

    def heard_by(self, chat: str) -> list[str]:
        return [text for whom, text in self.said if whom == chat]


@dataclass
class Dialogue:
    """Answers every message with its own words. "boom" raises, after having queued something that must not stay."""

    turns: list[tuple[str, str]] = field(default_factory=list)  # (chat, text) in the order of handling
    files: list[tuple[StoredFile, ...]] = field(default_factory=list)
    raises: deque[Exception | None] = field(default_factory=deque)  # for the next turns, whatever they say
    on_turn: Callable[[Incoming], Awaitable[None]] | None = None
    apology_raises: bool = False

    async def converse(self, uow: UnitOfWork, incoming: Incoming, now: datetime) -> None:
        self.turns.append((incoming.address.external_id, incoming.text))
        self.files.append(incoming.files)
        await uow.conversations.put(await uow.conversations.get(incoming.address), now)
        await uow.outbox.add([NewReply(address=incoming.address, reply=Reply(text=f"Bạn viết: {incoming.text}"))], now)
        if self.on_turn:
            await self.on_turn(incoming)
        failure = self.raises.popleft() if self.raises else None
        if failure is not None:
            raise failure
        if incoming.text == "boom":
            raise LookupError(f"no such thing as {incoming.text} 0912345678")

    async def apologise(self, uow: UnitOfWork, address: Address, now: datetime) -> None:
        await uow.outbox.add([NewReply(address=address, reply=Reply(text="Xin lỗi"))], now)
        if self.apology_raises:
            raise RuntimeError("even the apology fails")


@dataclass
class Shelf:
    """Keeps files in memory, first in, first out; `outcomes` are used up first."""

    outcomes: deque[Exception] = field(default_factory=deque)

    @classmethod
    def failing(cls, *outcomes: Exception) -> Self:
        return cls(deque(outcomes))

    async def keep(self, data: bytes, remote: RemoteFile) -> StoredFile:
        if self.outcomes:
            raise self.outcomes.popleft()
        return StoredFile(f"key-of-{data.decode()}", remote.kind, remote.name, "image/jpeg", len(data))


async def queued(database: Database) -> list[tuple[str, str]]:
    """Every reply that waits, oldest first; looks and leaves no trace."""
    found: list[tuple[str, str]] = []
    async with database.begin() as uow:
        while True:
            now = datetime.now(UTC) + timedelta(days=2 + len(found))
            claimed = await uow.outbox.claim(
                owner="test", channels=list(Channel), now=now, lease=timedelta(hours=1), most=1000
            )
            if not claimed:
                return sorted(found, key=lambda line: line[0])
            found += [(reply.address.external_id, reply.reply.text) for reply in claimed]
            await uow.outbox.record(
                [_sent(reply.id, now) for reply in claimed]
            )  # rolled back at the end: only to see the next of each address


def _sent(reply_id: int, now: datetime) -> DeliveryResult:
    return DeliveryResult(reply_id=reply_id, state=DeliveryState.SENT, at=now)


async def until(claim: Callable[[], bool | Awaitable[bool]], what: str = "it") -> None:
    """Wait until this is so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            holds = claim()
            if not isinstance(holds, bool):
                holds = await holds
            if holds:
                return
            await asyncio.sleep(0.005)


@asynccontextmanager
async def at_work(loop: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> AsyncIterator[asyncio.Event]:
    """Run `Intake.work` or `Delivery.run` for the length of the block; stopping must be quick."""
    stop = asyncio.Event()
    task = asyncio.create_task(loop(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await task


async def nothing_waits(database: Database) -> bool:
    async with database.reading() as uow:
        return (await uow.inbox.backlog()).waiting == 0


async def nothing_to_send(database: Database) -> bool:
    async with database.reading() as uow:
        return (await uow.outbox.backlog(datetime.now(UTC) + timedelta(days=30))).waiting == 0


def alternately(*chats: str, each: int) -> list[RawUpdate]:
    """Messages of several residents, interleaved: "1", "2", … for each."""
    numbers = [(number, chat) for number in range(1, each + 1) for chat in chats]
    return [update(position, chat, str(number)) for position, (number, chat) in enumerate(numbers, start=1)]
