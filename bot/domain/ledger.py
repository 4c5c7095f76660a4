"""What the campaign ledger keeps: boards and the looks at them, what was done for the codes, and who is to be praised.

Plain values, no rule of who may enter them. When a number is doubted is `bot.domain.plausible`; the figures made of all
this, `bot.domain.campaign`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.case import CaseId
from bot.domain.people import StaffId
from bot.domain.ward import Point, WardCode

USUAL_MONTHS = 3  # between two looks at a board, where the ward decided nothing
LONGEST_PLACE, LONGEST_WORDS, LONGEST_NAME = 200, 2000, 120  # characters


class CodeOf(StrEnum):
    """Which of the two codes of conduct."""

    PUBLIC = "public"
    OFFICIALS = "officials"
    BOTH = "both"


class Condition(StrEnum):
    """How a board was found. The best first."""

    GOOD = "good"
    WORN = "worn"
    TORN = "torn"
    MISSING = "missing"


class Look(StrEnum):
    """Why there is a line in a board's history."""

    POSTED = "posted"
    LOOKED = "looked"
    REPAIRED = "repaired"


_START = re.compile(r"ward_(\d{5})(?:_b([1-9]\d{0,8}))?", re.ASCII)


def start_word(ward_code: WardCode, board_id: int | None = None) -> str:
    """What a poster's QR code says to a channel: "ward_00091", of a board "ward_00091_b17"."""
    return f"ward_{ward_code}" + (f"_b{board_id}" if board_id else "")


def read_start(word: str) -> tuple[str, int | None]:
    """The ward's code and the board's id of such a word; an empty code for any other."""
    found = _START.fullmatch(word)
    return (found[1], int(found[2]) if found[2] else None) if found else ("", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture in the file store: its sealed original and the copy that is shown."""

    key: str
    shown_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board or poster of a code. `checked_on` is the last look, `due_on` when the next one is due."""

    id: int
    ward_code: WardCode
    code: CodeOf
    place: str
    point: Point | None
    condition: Condition
    posted_on: date
    checked_on: date
    due_on: date
    removed_on: date | None = None
    version: int = 1
    photo_of: int | None = None  # the newest look that has a photo
    reports: int = 0  # cases that came through its QR code, among those that the viewer may see


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBoard:
    """A board about to be entered, as it was put up."""

    ward_code: WardCode
    code: CodeOf
    place: str
    point: Point | None
    posted_on: date
    due_on: date
    photo: Photo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCheck:
    """A line of a board's history. `due_on` is when the next look was due from then on."""

    id: int
    day: date
    look: Look
    condition: Condition
    due_on: date
    note: str
    staff_name: str
    has_photo: bool


class EntryKind(StrEnum):
    """What was done. `number` of an entry counts: boards inspected, people, leaflets, slots, meetings, panels."""

    INSPECTION = "inspection"
    SEMINAR = "seminar"
    LEAFLETS = "leaflets"
    RADIO = "radio"
    MEETING = "meeting"  # of a unit, once a month, where the codes were gone through
    PANELS = "panels"  # put up without being entered one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """Something done on a day. Inspections alone have what stands below `number`, seminars alone groups."""

    ward_code: WardCode
    kind: EntryKind
    day: date
    code: CodeOf
    number: int
    is_planned: bool = True
    found: int = 0
    reminded: int = 0
    criticised: int = 0
    disciplined: int = 0
    words: str = ""
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the ledger. `doubts` are wording keys; `sure_by` said that it is right all the same."""

    id: int
    new: NewEntry
    doubts: tuple[str, ...]
    sure_by: str  # a name, empty where nothing was doubted
    sure_at: datetime | None
    made_by: str
    group_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentialGroup:
    """A *tổ dân phố* or *thôn*. `reached_on` is the last seminar held for it in the time that was asked about."""

    id: int
    name: str
    reached_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSetting:
    """What a ward decided for its ledger. No inhabitants: nobody entered how many there are."""

    check_months: int = USUAL_MONTHS
    inhabitants: int | None = None


class EssayState(StrEnum):
    """How far a submission has come."""

    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    COMMENDED = "commended"
    DECLINED = "declined"


class Consent(StrEnum):
    """Whether the praised person agrees to be named. Nothing but GIVEN lets the name out."""

    UNASKED = "unasked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """How a submission came."""

    CHAT = "chat"
    COUNTER = "counter"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPraise:
    """Somebody to be commended, and why. `case_id`: the message it came with, whose words are the essay."""

    ward_code: WardCode | None
    name: str
    is_group: bool
    deed: str
    source: Source
    day: date
    case_id: CaseId | None = None
    is_essay: bool = True  # for the contest *người tốt, việc tốt*
    submitter: str = ""  # how the one who told it is reached, where no chat leads there
    agreed_at: datetime | None = None  # when the one who told it agreed, in the chat, that it is entered
    praised_id: StaffId | None = None  # a colleague


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """A submission and what became of it. `name` is empty once it may not be known any more."""

    id: int
    new: NewPraise
    state: EssayState
    consent: Consent
    consent_how: str
    consent_on: date | None
    shortlisted_on: date | None
    decided_on: date | None
    decided_by: str
    reason: str
    answered_at: datetime | None
    is_faded: bool
    version: int

    @property
    def may_be_named(self) -> bool:
        return self.consent is Consent.GIVEN and bool(self.new.name) and not self.is_faded


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDue:
    """What waits to be done in a ward, or in all that a viewer sees."""

    boards_due: int = 0
    boards_broken: int = 0
    boards: int = 0
    groups: int = 0
    groups_reached: int = 0
    essays_open: int = 0
    months_met: frozenset[int] = frozenset()  # of the year that was asked about
    counts: Mapping[EntryKind, int] | None = None  # of the year, as a review counts them
