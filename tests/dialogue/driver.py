"""Residents who talk to the real dialogue over a real database, and hear what the outbox holds for them.

    lan = Resident(database, make_dialogue(city), "Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    assert "Mã hồ sơ" in lan.hears[-1]

Each message is one unit of work, committed, as intake does it; then every waiting reply is claimed and recorded as sent.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.case import Case, CaseCode
from bot.domain.draft import Conversation
from bot.domain.incoming import FileKind, FileTrouble, Incoming, IncomingKind, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Choice, DeliveryResult, DeliveryState, Reply
from bot.domain.thread import CaseEvent, ThreadMessage
from bot.domain.ward import Point
from bot.ports import Storage
from bot.receipts import KeyedReceipts
from bot.sealing import SecretKeySealer
from bot.services.city import City
from bot.services.move_answers import moved_on
from bot.services.receipt import with_secret
from bot.services.tie_chats import CHANNELS
from handlers.dialogue import Dialogue
from handlers.dialogue.turn import BURST_HOLD

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 9 o'clock in Hanoi
SECRET = "a key of the tests, thirty-two letters"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CODE = re.compile(r"(?:Mã hồ sơ|Case code): ([0-9A-Z-]+)")


def hanoi() -> City:
    """The shipped city, without a change to its calendar."""
    return City.load(ZONE, {}, MONDAY, sealer=SecretKeySealer(SECRET), receipts=KeyedReceipts(SECRET))


def stored(number: int = 1, kind: FileKind = FileKind.PHOTO, trouble: FileTrouble | None = None) -> StoredFile:
    """A file as intake hands it over; `number` makes it another one."""
    if trouble is not None:
        return StoredFile("", kind, "to.mp4", "video/mp4", 90_000_000, "", trouble)
    return StoredFile(f"{number:064x}", kind, f"{number}.jpg", "image/jpeg", 1000, f"{number + 1:064x}")


@dataclass
class Resident:
    """One address. `hears` are the texts of all replies in order, `replies` the replies themselves."""

    storage: Storage
    dialogue: Dialogue
    name: str = "Lan"
    language: Language | None = None
    channel: Channel = Channel.WEBCHAT
    now: datetime = MONDAY
    hears: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    heard_now: list[Reply] = field(default_factory=list)  # in answer to the last message only
    sent: int = 0
    fails: bool = False  # the channel takes nothing more, without saying that they left

    @property
    def address(self) -> Address:
        return Address(self.channel, self.name)

    @property
    def last_source_id(self) -> str:
        return f"{self.name}-{self.sent}"

    def incoming(self, kind: IncomingKind, **values: object) -> Incoming:
        """The resident's next message, not yet taken."""
        self.sent += 1
        given: dict[str, object] = {
            "address": self.address,
            "kind": kind,
            "source_id": self.last_source_id,
            "sent_at": self.now,
            "language_hint": self.language,
        }
        return Incoming(**(given | values))  # type: ignore[arg-type]  # a test names the fields it needs

    async def gives(self, incoming: Incoming) -> list[Reply]:
        """Take one turn and deliver what waits; returns the replies to it."""
        return await self.gives_at_once(incoming)

    async def gives_at_once(self, *burst: Incoming) -> list[Reply]:
        """Take these turns within a moment, and deliver what waits only then."""
        self.now += timedelta(seconds=1)
        for incoming in burst:
            async with self.storage.begin() as uow:
                await self.dialogue.converse(uow, incoming, self.now)
                await uow.commit()
        self.heard_now = await self._deliver()
        return self.heard_now

    async def says(self, *texts: str) -> list[Reply]:
        for text in texts:
            await self.gives(self.incoming(IncomingKind.TEXT, text=text))
        return self.heard_now

    async def commands(self, command: str, argument: str = "") -> list[Reply]:
        return await self.gives(
            self.incoming(IncomingKind.COMMAND, text=f"/{command} {argument}".strip(), command=command, argument=argument)
        )

    async def presses(self, label: str) -> list[Reply]:
        """Press the newest button with this label, or else the newest whose label contains it."""
        return await self.presses_data(self.button(label).data)

    async def presses_data(self, data: str) -> list[Reply]:
        self.sent += 1
        return await self.gives(self.incoming(IncomingKind.CHOICE, choice=data, choice_id=f"callback-{self.sent}"))

    async def sends_photo(self, text: str = "", *, group: str = "", trouble: FileTrouble | None = None) -> list[Reply]:
        files = (stored(self.sent * 2 + 10, trouble=trouble),)
        return await self.gives(self.incoming(IncomingKind.PHOTO, text=text, files=files, group_id=group))

    async def sends_album(self, *captions: str, group: str) -> list[Reply]:
        """So many photos at once."""
        made = [stored(self.sent * 2 + 10 + at) for at in range(0, 2 * len(captions), 2)]
        photos = zip(captions, made, strict=True)
        kind = IncomingKind.PHOTO
        return await self.gives_at_once(
            *(self.incoming(kind, text=text, files=(file,), group_id=group) for text, file in photos)
        )

    async def forwards(self, *texts: str) -> list[Reply]:
        """Pass on what somebody else wrote, all at once."""
        kind = IncomingKind.TEXT
        return await self.gives_at_once(*(self.incoming(kind, text=text, is_forwarded=True) for text in texts))

    async def shares_location(self, lat: float, lon: float, accuracy: float | None = None) -> list[Reply]:
        return await self.gives(self.incoming(IncomingKind.LOCATION, point=Point(lat, lon, accuracy)))

    async def edits(self, source_id: str, text: str) -> list[Reply]:
        incoming = self.incoming(IncomingKind.TEXT, text=text, is_edit=True)
        self.sent -= 1
        return await self.gives(
            Incoming(
                address=incoming.address,
                kind=incoming.kind,
                source_id=source_id,
                sent_at=incoming.sent_at,
                text=text,
                is_edit=True,
            )
        )

    def button(self, label: str) -> Choice:
        shown = [choice for reply in reversed(self.replies) for row in reply.choices for choice in row]
        fits = [choice for choice in shown if choice.label == label] or [choice for choice in shown if label in choice.label]
        assert fits, f"{self.name} sees no button {label!r}; last heard: {self.hears[-1:]}"
        return fits[0]

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons of the last reply."""
        return [choice.label for row in self.replies[-1].choices for choice in row]

    @property
    def code(self) -> CaseCode:
        """The code that was told last."""
        found = [match[1] for text in self.hears for match in CODE.finditer(text)]
        assert found, f"{self.name} was told no code: {self.hears}"
        return CaseCode(found[-1])

    async def conversation(self) -> Conversation:
        async with self.storage.reading() as uow:
            return await uow.conversations.get(self.address)

    async def cases(self) -> list[Case]:
        """This resident's cases, oldest first."""
        conversation = await self.conversation()
        if conversation.resident_id is None:
            return []
        async with self.storage.reading() as uow:
            return (await uow.cases.of_resident(conversation.resident_id, most=50))[::-1]

    async def thread(self, case: Case) -> list[ThreadMessage]:
        async with self.storage.reading() as uow:
            return await uow.cases.thread(case.id)

    async def timeline(self, case: Case) -> list[CaseEvent]:
        async with self.storage.reading() as uow:
            return await uow.cases.timeline(case.id)

    async def _deliver(self) -> list[Reply]:
        arrived: list[Reply] = []
        for _ in range(20):  # a turn says a few things; each claim hands out one reply an address
            async with self.storage.begin() as uow:
                claimed = await uow.outbox.claim(
                    owner="driver",
                    channels=[self.channel],
                    now=self.now + BURST_HOLD,  # patient: also what waits for more of a burst is heard
                    lease=timedelta(minutes=1),
                    most=50,
                )
                sent = DeliveryState.FAILED if self.fails else DeliveryState.SENT
                came = [(one, DeliveryResult(reply_id=one.id, state=sent, at=self.now)) for one in claimed]
                await uow.outbox.record([await moved_on(uow, one, result, channels=CHANNELS) for one, result in came])
                await uow.commit()
            if not claimed:
                break
            receipts = self.dialogue.city.receipts
            arrived += [with_secret(one.reply, receipts) for one in claimed if one.address == self.address]
        self.replies += arrived
        self.hears += [reply.text for reply in arrived]
        return arrived
