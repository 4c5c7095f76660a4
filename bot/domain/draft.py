"""What is understood of a matter before it is filed, and where the conversation about it stands.

`understand` and `next_question` (in `handlers.dialogue`) make the next draft and the next question of these values alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.case import Accused, CaseCode, CaseKind
from bot.domain.changing import replace
from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.people import Address, Language, ResidentId
from bot.domain.reply import Choice
from bot.domain.ward import Point, WardCode


class Question(StrEnum):
    """What a draft can still lack, most useful first."""

    MATTER = "matter"  # there are files, a place or a ward, but no words
    WARD = "ward"  # no ward, or several that it may be
    KIND = "kind"  # the resident wants to say what kind it is
    CONFIRM = "confirm"  # nothing is missing: is this right?


class Awaited(StrEnum):
    """What the next words may answer, outside of any draft."""

    CODE = "code"  # of a case to look up
    RECEIPT = "receipt"  # its second part, for an anonymous case
    CONTACT = "contact"  # how to reach the resident, after consent
    DISPUTE = "dispute"  # what is not true about a closing
    CORRECTION = "correction"  # what is wrong in the data we keep
    CONSENT = "consent"  # to how the resident may be reached
    FORGET = "forget"  # whether everything shall really go
    PERSON = "person"  # of which ward somebody is to be met
    BOND = "bond"  # whether this chat and another are one person's


@dataclass(frozen=True, slots=True)
class Awaits:
    """A question outside of any draft; `about` is the case's code or empty."""

    what: Awaited
    about: str = ""


class WardSource(StrEnum):
    """How the draft came to its ward; shown to the resident and kept for staff."""

    NAMED = "named"  # in the resident's words
    POINT = "point"  # a shared location
    PRESET = "preset"  # a QR code or a deep link
    CHOSEN = "chosen"  # a button


@dataclass(frozen=True, kw_only=True)  # no slots: see `bot.domain.changing`
class DraftPart:
    """One message of the draft. An album is one part: its items share `group_id`.

    `sequence` is the message's place in what was sent (`Incoming.sequence`; 0: unknown), an album's that of its first item;
    `file_sequences` are its files' own, in their order. `repeats` is how often the same words came again.
    """

    source_id: str
    text: str
    files: tuple[StoredFile, ...] = ()
    group_id: str = ""
    sequence: int = 0
    file_sequences: tuple[int, ...] = ()
    repeats: int = 0


@dataclass(frozen=True, kw_only=True)  # no slots: see `bot.domain.changing`
class Draft:
    """One matter, not yet filed.

    `serial` is unlike any other draft's of this address and is carried by every button about it, so that a stale button
    is known for one. `ward_codes` are the wards it may be: one is sure, several must be asked about, none is unknown.
    """

    serial: str
    started_at: datetime
    parts: tuple[DraftPart, ...] = ()
    kind: CaseKind | None = None
    kind_chosen: bool = False  # by the resident; understanding no longer changes it
    category: str = ""
    ward_codes: tuple[WardCode, ...] = ()
    ward_source: WardSource | None = None
    ward_unknown: bool = False  # the resident cannot tell: the city's unplaced desk
    ward_set_aside: WardCode | None = None  # the resident said that it is another one
    point: Point | None = None
    trace: tuple[str, ...] = ()
    is_emergency: bool = False
    is_sensitive: bool = False  # about an identifiable official or unit; stays so whatever kind the resident chooses
    accused: Accused = Accused.NOBODY
    is_unclear: bool = False  # its only words name no matter: asked about once, and sent as they are if the resident likes
    accused_chosen: bool = False  # by the resident; words that are added no longer change it
    is_anonymous: bool = False

    @property
    def is_about_official(self) -> bool:
        """Is it read only by those named for such reports? The resident may call it what they like."""
        return self.is_sensitive or self.kind is CaseKind.CONDUCT

    @property
    def text(self) -> str:
        """The resident's words in the order they were sent."""
        return "\n".join(part.text for part in self.parts if part.text)

    @property
    def files(self) -> tuple[StoredFile, ...]:
        return tuple(file for part in self.parts for file in part.files)

    @property
    def ward_code(self) -> WardCode | None:
        """The ward, once it is sure."""
        return self.ward_codes[0] if len(self.ward_codes) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the conversation's row."""
        return {
            "serial": self.serial,
            "started_at": self.started_at.isoformat(),
            "parts": [
                {
                    "source_id": p.source_id,
                    "text": p.text,
                    "group_id": p.group_id,
                    "files": [_pack(f) for f in p.files],
                    "sequence": p.sequence,
                    "file_sequences": list(p.file_sequences),
                    "repeats": p.repeats,
                }
                for p in self.parts
            ],
            "kind": self.kind,
            "kind_chosen": self.kind_chosen,
            "category": self.category,
            "ward_codes": list(self.ward_codes),
            "ward_source": self.ward_source,
            "ward_unknown": self.ward_unknown,
            "ward_set_aside": self.ward_set_aside,
            "point": [self.point.lat, self.point.lon, self.point.accuracy] if self.point else None,
            "trace": list(self.trace),
            "is_emergency": self.is_emergency,
            "is_sensitive": self.is_sensitive,
            "accused": self.accused,
            "is_unclear": self.is_unclear,
            "accused_chosen": self.accused_chosen,
            "is_anonymous": self.is_anonymous,
        }

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Self:
        """The reverse of `to_dict`."""
        return cls(
            serial=found["serial"],
            started_at=datetime.fromisoformat(found["started_at"]),
            parts=tuple(
                DraftPart(
                    source_id=p["source_id"],
                    text=p["text"],
                    group_id=p["group_id"],
                    files=tuple(_unpack(f) for f in p["files"]),
                    sequence=p.get("sequence", 0),  # not in drafts of before
                    file_sequences=tuple(p.get("file_sequences", ())),
                    repeats=p.get("repeats", 0),
                )
                for p in found["parts"]
            ),
            kind=CaseKind(found["kind"]) if found["kind"] else None,
            kind_chosen=found["kind_chosen"],
            category=found["category"],
            ward_codes=tuple(WardCode(code) for code in found["ward_codes"]),
            ward_source=WardSource(found["ward_source"]) if found["ward_source"] else None,
            ward_unknown=found["ward_unknown"],
            ward_set_aside=WardCode(code) if (code := found.get("ward_set_aside")) else None,  # not in drafts of before
            point=Point(*found["point"]) if found["point"] else None,
            trace=tuple(found["trace"]),
            is_emergency=found["is_emergency"],
            # Not in drafts of before: those are heard anew with their next message, and a conduct report was sensitive.
            is_sensitive=found.get("is_sensitive", found["kind"] == CaseKind.CONDUCT),
            accused=Accused(found.get("accused", "")),
            is_unclear=found.get("is_unclear", False),
            accused_chosen=found.get("accused_chosen", False),
            is_anonymous=found.get("is_anonymous", False),
        )


def _pack(file: StoredFile) -> list[Any]:
    return [file.key, file.kind, file.name, file.media_type, file.size, file.shown_key, file.trouble]


def _unpack(found: list[Any]) -> StoredFile:
    key, kind, name, media_type, size, shown_key, trouble = found
    return StoredFile(key, FileKind(kind), name, media_type, size, shown_key, FileTrouble(trouble) if trouble else None)


@dataclass(frozen=True, kw_only=True)  # no slots: see `bot.domain.changing`
class Conversation:
    """Where we stand with one address. `resident_id` is None until the address was first remembered.

    `case_code` is the case that further words join while no draft is open. `preset_ward` came with a deep link or a QR
    code and waits for the first draft. `last_ward` is the ward of the newest case that had one: it may be offered, and is
    never chosen silently. `last_group_id` is the album whose parts may still be arriving. `offered` are the choices under
    what was said last, in the order they are read: a number or a label's words may answer them.
    """

    address: Address
    resident_id: ResidentId | None = None
    language: Language = Language.VI
    draft: Draft | None = None
    asked: Question | None = None
    case_code: CaseCode | None = None
    preset_ward: WardCode | None = None
    preset_board: int | None = None  # the board whose QR code was read, until the first case is filed
    last_group_id: str = ""
    is_blocked: bool = False  # the resident stopped the bot
    last_ward: WardCode | None = None
    awaits: Awaits | None = None
    draft_due_at: datetime | None = None  # when an untouched draft is reminded of, or dropped
    draft_reminded: bool = False
    paused_until: datetime | None = None  # set by staff alone: storing a conversation leaves it as it is
    has_missed: bool = False  # an answer did not arrive here; storing a conversation leaves it as it is
    pause_reason: str = ""
    pause_told_at: datetime | None = None  # when the resident was last told of it
    offered: tuple[Choice, ...] = ()
    withheld_told_at: datetime | None = None  # when they were last told that the channel withholds their words

    def with_draft(self, draft: Draft | None, asked: Question | None) -> Self:
        if draft is self.draft and asked is self.asked:
            return self
        return replace(self, draft=draft, asked=asked)
