"""What the core needs from the outside: storage, a file store, a clock, the channels. Each is a Protocol.

Storage works in units of work: one transaction each, committed once and explicitly; every other way out changes nothing.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from bot.domain.case import Case, CaseCode, CaseId, CaseStatus, Desk, NewCase
from bot.domain.correction import Correction
from bot.domain.draft import Conversation
from bot.domain.incoming import Incoming, RemoteFile, StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Language, ResidentId, Role, Session, StaffId, StaffMember
from bot.domain.reply import DeliveryResult, NewReply, QueuedReply, Reply
from bot.domain.thread import Attachment, CaseEvent, NewMessage, ThreadMessage
from bot.domain.ward import WardCode
from bot.domain.working_time import WorkingCalendar


class Clock(Protocol):
    """The present moment."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedUpdate:
    """A kept update that could not be handled, as operators see it."""

    id: int
    channel: Channel
    external_id: str
    received_at: datetime
    reason: str


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

    async def claim(self, *, owner: str, now: datetime, lease: timedelta, most: int) -> list[KeptUpdate]:
        """Take the oldest waiting updates, at most one per address and none of an address that is being worked on."""
        ...

    async def mark_handled(self, update_id: int, *, owner: str, now: datetime) -> bool:
        """Finish it. False when it is no longer this owner's (its lease ran out): then the transaction must not commit."""
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

    async def backlog(self) -> Backlog: ...

    async def last_external_id(self, channel: Channel) -> str | None:
        """The channel's id of the update kept last."""
        ...


class Outbox(Protocol):
    """Every reply, until the channel took it or it never can be delivered."""

    async def add(self, replies: Sequence[NewReply], now: datetime) -> list[int]:
        """Queue them in this order; ids rise."""
        ...

    async def claim(
        self, *, owner: str, channels: Sequence[Channel], now: datetime, lease: timedelta, most: int
    ) -> list[QueuedReply]:
        """Take the oldest due replies, at most one per address, none of an address that has an earlier one unfinished."""
        ...

    async def record(self, results: Sequence[DeliveryResult]) -> None:
        """Write down what came of sending them. A final failure of a staff answer is shown on its case."""
        ...

    async def next_due(self, channels: Sequence[Channel] | None = None) -> datetime | None:
        """When a reply (of these channels) can be claimed next; in the past when one can be now, None when none waits."""
        ...

    async def backlog(self, now: datetime) -> Backlog:
        """Replies that are due at `now`; one that waits as its channel told it to does not count. `oldest` is a due time."""
        ...

    async def replay(self, reply_ids: Sequence[int], now: datetime) -> int:
        """Make failed replies wait again. Returns how many did."""
        ...


class Conversations(Protocol):
    """Where we stand with each address."""

    async def get(self, address: Address) -> Conversation:
        """The stored one, or a fresh one for an address never seen."""
        ...

    async def put(self, conversation: Conversation, now: datetime) -> Conversation:
        """Store it; gives a first-time address its resident. Returns it with `resident_id` set."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whose eyes a question about cases is asked for. Every read of cases by staff takes one."""

    staff_id: StaffId
    role: Role
    ward_code: WardCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A case as a row of the queue."""

    code: CaseCode
    kind: str
    ward_code: WardCode | None
    desk: Desk
    channel: Channel
    excerpt: str
    created_at: datetime
    due_at: datetime
    has_files: bool
    undelivered: int  # replies that never reached the resident


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueKey:
    """Where a page of the queue ended: the next begins after it (keyset paging)."""

    due_at: datetime
    case_id: int


class Cases(Protocol):
    """The cases, their threads and timelines. What staff may see is one query, used by every read that takes a Viewer."""

    async def add(self, case: NewCase) -> Case: ...

    async def by_source(self, address: Address, source_id: str) -> Case | None:
        """The case that this message opened, if any: filing twice must find the first."""
        ...

    async def of_resident(self, resident_id: ResidentId, *, most: int = 10) -> list[Case]:
        """The resident's own cases, newest first."""
        ...

    async def by_code(self, code: CaseCode) -> Case | None:
        """For the resident's side only: no viewer is asked."""
        ...

    async def visible(self, viewer: Viewer, code: CaseCode, *, for_update: bool = False) -> Case | None:
        """The case, if this viewer may see it."""
        ...

    async def queue(
        self, viewer: Viewer, *, status: CaseStatus, after: QueueKey | None = None, most: int = 50
    ) -> tuple[list[QueueLine], QueueKey | None]:
        """A page of the viewer's cases, nearest deadline first, and where the next one begins (None: no more)."""
        ...

    async def count(self, viewer: Viewer, *, status: CaseStatus) -> int: ...

    async def change(
        self,
        case: Case,
        *,
        ward_code: WardCode | None = None,
        desk: Desk | None = None,
        status: CaseStatus | None = None,
        outcome: Outcome | None = None,
        closed_at: datetime | None = None,
    ) -> Case:
        """Write what is given and raise the version by one. A desk of the city takes the case's ward away.

        Raises:
            StaleVersion: Somebody changed the case since it was read.
        """
        ...

    async def add_message(self, message: NewMessage) -> int:
        """Add it with its files; returns its id. Raises the case's version."""
        ...

    async def message_by_source(self, case_id: CaseId, source_id: str) -> int | None: ...

    async def message_by_group(self, case_id: CaseId, group_id: str) -> int | None: ...

    async def edit_message(self, message_id: int, text: str, at: datetime) -> None:
        """Replace its words; the earlier ones stay as a revision. Raises the case's version."""
        ...

    async def add_files(self, message_id: int, files: Sequence[StoredFile]) -> None:
        """An album's later parts. Raises the case's version."""
        ...

    async def thread(self, case_id: CaseId) -> list[ThreadMessage]:
        """Oldest first."""
        ...

    async def attachment(self, viewer: Viewer, code: CaseCode, attachment_id: int) -> Attachment | None:
        """A file of a case this viewer may see."""
        ...

    async def record(self, event: CaseEvent) -> None: ...

    async def timeline(self, case_id: CaseId) -> list[CaseEvent]:
        """Oldest first."""
        ...

    async def export(self, *, after_id: int = 0, most: int = 500) -> list[tuple[Case, list[ThreadMessage]]]:
        """Every case in order of acceptance, a page at a time; for `homthu export`, never for a page."""
        ...


class StaffMembers(Protocol):
    """Accounts of the desk."""

    async def add(
        self,
        *,
        username: str,
        full_name: str,
        role: Role,
        ward_code: WardCode | None,
        password_hash: str,
        must_change_password: bool,
        now: datetime,
    ) -> StaffMember: ...

    async def by_username(self, username: str) -> tuple[StaffMember, str] | None:
        """The member and the password's hash; names are compared without case."""
        ...

    async def get(self, staff_id: StaffId) -> StaffMember | None: ...

    async def everyone(self) -> list[StaffMember]: ...

    async def set_password(self, staff_id: StaffId, password_hash: str, *, must_change: bool) -> None:
        """Also ends every session of this member."""
        ...

    async def set_disabled(self, staff_id: StaffId, disabled: bool) -> None:
        """Disabling also ends every session of this member."""
        ...

    async def set_language(self, staff_id: StaffId, language: Language) -> None: ...


class Sessions(Protocol):
    """Signed-in browsers."""

    async def add(self, session: Session) -> None: ...

    async def get(self, id_hash: str) -> tuple[Session, StaffMember] | None: ...

    async def touch(self, id_hash: str, now: datetime) -> None: ...

    async def end(self, id_hash: str) -> None: ...


class Audit(Protocol):
    """Who did what, append-only, each row carrying the hash of the one before."""

    async def record(
        self,
        *,
        action: str,
        now: datetime,
        staff_id: StaffId | None = None,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None: ...

    async def verify(self) -> int | None:
        """Walk the chain; the id of the first row that does not fit, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """A line of a web chat: ours (a reply) or the resident's. `key` is the place of our lines in the event stream."""

    key: int
    is_ours: bool
    at: datetime
    body: str  # the resident's raw update, or the reply's JSON


class ChatLines(Protocol):
    """What a web chat's page shows: the address's own updates and our replies."""

    async def recent(self, address: Address, *, most: int = 200) -> list[ChatLine]:
        """The newest lines, oldest first."""
        ...

    async def replies_after(self, address: Address, key: int, *, most: int = 50) -> list[ChatLine]:
        """Our sent replies after that place, oldest first."""
        ...


class Calendar(Protocol):
    """The days that differ from the yearly rule, as kept in the table."""

    async def changes(self) -> Mapping[date, bool]:
        """Date to "is worked"."""
        ...


class Corrections(Protocol):
    """What staff corrected about routing; see `bot.domain.correction`."""

    async def add(self, correction: Correction) -> None:
        """Keep it. A case has one: a later one changes its `truth` and `at`, never what was guessed at first."""
        ...

    async def page(self, *, after_id: int = 0, most: int = 500) -> list[Correction]:
        """Those whose truth is known, in order of their cases' ids; for the operator's export, never for a page.

        A case that has come to a desk with fewer readers since is left out.
        """
        ...


class UnitOfWork(Protocol):
    """One open transaction. Nothing is kept without `commit`."""

    inbox: Inbox
    outbox: Outbox
    conversations: Conversations
    cases: Cases
    staff: StaffMembers
    sessions: Sessions
    audit: Audit
    chat_lines: ChatLines
    calendar: Calendar
    corrections: Corrections

    async def commit(self) -> None:
        """Keep everything, once. After it the unit of work is over."""
        ...


class Storage(Protocol):
    """The database."""

    @property
    def owner(self) -> str:
        """Begins the name of everyone who claims through it: "<owner>/<any>". Unlike any other opened database's."""
        ...

    async def free_claims_of_the_dead(self) -> int:
        """Hand back at once what processes that are gone had claimed; returns how many.

        Raises:
            StorageBusy: The database is out of reach.
        """
        ...

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that may write.

        Raises:
            StorageBusy: The database is out of reach or could not be locked in time.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that only reads, beside any writer."""
        ...

    async def ping(self) -> None:
        """Prove that a row can be committed. Raises StorageBusy."""
        ...


class FileStore(Protocol):
    """Content-addressed bytes."""

    async def put(self, data: bytes) -> str:
        """Store and return the SHA-256 in hex. Storing the same bytes twice is one object."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        ...


class FileKeeper(Protocol):
    """Turns bytes that came from a resident into a stored file: type by content, images re-encoded."""

    async def keep(self, data: bytes, remote: RemoteFile) -> StoredFile: ...


class ChannelPort(Protocol):
    """How one channel is read and spoken to. Receiving is the channel's own affair: it ends in `Intake.keep`."""

    channel: Channel

    def read(self, update: KeptUpdate) -> Incoming:
        """What the resident sent. Never raises for anything a channel could hand over: see `Incoming.unsupported`."""
        ...

    async def fetch(self, file: RemoteFile) -> bytes:
        """The file's bytes.

        Raises:
            FileTooLarge: Over what the channel hands out.
            FileNotFetched: The channel refused for good.
            TryLater: It may work later.
        """
        ...

    async def send(self, address: Address, reply: Reply) -> str:
        """Say it; returns the channel's id of the message (empty if it has none).

        Raises:
            TryLater: It may work later.
            NeverDeliverable: It never will.
        """
        ...


class CalendarSource(Protocol):
    """Hands out the working calendar of the day."""

    def current(self) -> WorkingCalendar: ...
