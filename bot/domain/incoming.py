"""One thing a resident sent, the same for every channel. What it means is decided in `bot.domain.draft` and the dialogue."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.domain.changing import replace
from bot.domain.people import Address, Language
from bot.domain.ward import Point

LARGEST_FILE = 20 * 1024 * 1024  # bytes; Telegram's getFile hands out no more, so no channel promises more


class IncomingKind(StrEnum):
    """What was sent. A photo with a caption is a PHOTO with text."""

    TEXT = "text"
    COMMAND = "command"  # "/start ward_00091": `command` and `argument` are set
    CHOICE = "choice"  # a button or chip: `choice` is the data we gave it
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    BLOCKED = "blocked"  # the resident stopped the bot: nothing can be delivered
    UNBLOCKED = "unblocked"
    UNSUPPORTED = "unsupported"  # understood as coming from this resident, but not as anything we can use
    IGNORED = "ignored"  # not from a resident at all (a channel post, a bot): kept, never answered


class FileKind(StrEnum):
    """How a file was sent, which is how staff are shown it."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file the channel still holds. `size` is in bytes, None where the channel does not say."""

    remote_id: str
    kind: FileKind
    name: str | None = None
    media_type: str | None = None
    size: int | None = None


class FileTrouble(StrEnum):
    """Why a file that was sent is not in the store."""

    TOO_LARGE = "too_large"
    GONE = "gone"  # the channel no longer has it, or did not hand it out after every retry
    REFUSED = "refused"  # not a type we keep
    INFECTED = "infected"  # the scanner knows it


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the file store, or the record of why it is not there (`trouble` set, `key` empty).

    `key` is the SHA-256 of the original's bytes, in hex. `shown_key` is the re-encoded copy that may be shown (images
    only; empty otherwise): the original keeps its metadata and is sealed.
    """

    key: str
    kind: FileKind
    name: str | None
    media_type: str
    size: int
    shown_key: str = ""
    trouble: FileTrouble | None = None


@dataclass(frozen=True, kw_only=True)  # no slots: see `bot.domain.changing`
class Incoming:
    """What a resident sent, read from one raw update.

    `source_id` is the channel's id of the message (an edit has the id of what it edits); `group_id` joins the parts of an
    album; `choice_id` is what the channel wants answered when a button was pressed. `sequence` is the channel's own rising
    number of the message within the address (0: unknown): what was sent first, when it did not arrive first.
    """

    address: Address
    kind: IncomingKind
    source_id: str
    sent_at: datetime
    text: str = ""
    command: str = ""
    argument: str = ""
    choice: str = ""
    choice_id: str = ""
    point: Point | None = None
    remote_files: tuple[RemoteFile, ...] = ()
    files: tuple[StoredFile, ...] = ()
    group_id: str = ""
    is_edit: bool = False
    is_forwarded: bool = False
    sequence: int = 0
    language_hint: Language | None = None

    def with_files(self, files: tuple[StoredFile, ...]) -> Self:
        """The same, after its files were fetched."""
        return replace(self, files=files)

    @classmethod
    def unsupported(cls, address: Address, source_id: str, sent_at: datetime) -> Self:
        """Something of this resident's that no channel reader could make sense of; answered kindly, never dropped."""
        return cls(address=address, kind=IncomingKind.UNSUPPORTED, source_id=source_id, sent_at=sent_at)
