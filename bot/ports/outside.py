"""What is neither storage nor ours to decide: the clock, the calendar, files, the channels."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from bot.domain.case import CaseCode
from bot.domain.evidence import Comparison, Taken
from bot.domain.incoming import Incoming, RemoteFile, StoredFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.domain.working_time import CalendarDay, CalendarSweep, WorkingCalendar
from bot.ports.mail import KeptUpdate


class Clock(Protocol):
    """The present moment."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...


class CalendarSource(Protocol):
    """Hands out the working calendar of the day."""

    def current(self) -> WorkingCalendar: ...


class Calendar(Protocol):
    """The days that differ from the yearly rule, as kept in the table."""

    async def changes(self) -> Mapping[date, bool]:
        """Date to "is worked"."""
        ...

    async def days(self) -> list[CalendarDay]:
        """The same with their notes, in order."""
        ...

    async def put(self, day: date, *, is_worked: bool, note: str) -> None:
        """Decide about a day, in place of what was decided before."""
        ...

    async def remove(self, day: date) -> bool:
        """Leave it to the yearly rule again. False when nothing was decided."""
        ...

    async def sweep(self, day: date, now: datetime) -> None:
        """That day changed: the deadlines of all open cases are to be laid again."""
        ...

    async def next_sweep(self) -> CalendarSweep | None:
        """The oldest one; the other processes wait until this transaction ends."""
        ...

    async def is_sweep_due(self) -> bool: ...

    async def swept(self, sweep: CalendarSweep, after_id: int | None) -> None:
        """So far; None: it is done."""
        ...


class Deadlines(Protocol):
    """The working days that a category may take, where the city decided otherwise than `categories.json`."""

    async def days_of(self, category: str) -> int | None: ...

    async def all(self) -> Mapping[str, int]: ...

    async def put(self, category: str, working_days: int, now: datetime) -> None: ...

    async def remove(self, category: str) -> bool:
        """Leave it to `categories.json` again. False when nothing was decided."""
        ...


class Sealer(Protocol):
    """Encrypts what staff do not read by default."""

    def seal(self, text: str) -> str: ...

    def open(self, sealed: str) -> str:
        """Raises NotOurSeal: Sealed with another secret key, or changed."""
        ...


class Receipts(Protocol):
    """What a resident holds of a case beside its code. Nothing of it is stored. Also the key of codes that link chats."""

    def secret(self, code: CaseCode) -> str:
        """Twelve digits in groups of four: with the code they open the case to whoever holds them."""
        ...

    def is_secret(self, code: CaseCode, typed: str) -> bool:
        """Whether these are the digits, however they were spaced. In constant time."""
        ...

    def signature(self, code: CaseCode) -> str:
        """Sixteen letters and digits that prove that we gave this code out; they open nothing."""
        ...

    def is_genuine(self, code: CaseCode, signature: str) -> bool:
        """In constant time; case and spaces do not matter."""
        ...

    def hash_of_link(self, code: str) -> str:
        """What is kept of a code that links a staff member's chat: 64 letters that nobody makes without the key."""
        ...

    def hash_of(self, purpose: str, words: str) -> str:
        """What follows from these words for that purpose: 64 hexadecimal digits that nobody makes without the key."""
        ...

    def proof(self, code: CaseCode, holder: Address) -> str:
        """Ten letters and digits for a button: this address has shown the case's secret. Worth nothing from another one."""
        ...

    def is_proof(self, code: CaseCode, holder: Address, given: str) -> bool:
        """In constant time."""
        ...


class FileStore(Protocol):
    """Content-addressed bytes."""

    async def put(self, data: bytes) -> str:
        """Store and return the SHA-256 in hex. Storing the same bytes twice is one object."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        ...

    async def remove(self, key: str) -> None:
        """Forget these bytes; nothing happens where there are none."""
        ...


class Scanner(Protocol):
    """Knows malicious files."""

    async def is_clean(self, data: bytes) -> bool:
        """Raises ScannerAway: It cannot say."""
        ...


class FileKeeper(Protocol):
    """Turns bytes that came from a resident into a stored file: type by content, images re-encoded."""

    async def keep(self, data: bytes, remote: RemoteFile) -> StoredFile: ...


class PictureKeeper(FileKeeper, Protocol):
    """One that also makes small copies, for pages with many pictures."""

    async def small(self, shown: bytes) -> bytes:
        """A small copy of a picture's copy that may be shown; empty when none could be made."""
        ...


class Imager(Protocol):
    """Compares pictures, apart from this process. What cannot be read has no words and is like nothing."""

    async def words(self, shown: bytes) -> list[int]:
        """What a stored picture is found by again; of the copy that may be shown."""
        ...

    async def asked_words(self, shown: bytes) -> list[int]:
        """What to look for, to find pictures of which this one may be a changed copy, or they of it."""
        ...

    async def compare(self, one: bytes, other: bytes) -> Comparison:
        """Whether two shown copies are of the same photo."""
        ...

    async def taken(self, original: bytes, media_type: str) -> Taken:
        """When and where the camera says that it was."""
        ...


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
