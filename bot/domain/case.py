"""A case: one matter, one code, at one desk. What was said about it is in `bot.domain.thread`."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.clocks.state import Clocks
from bot.domain.outcome import Outcome
from bot.domain.people import Address, ResidentId, StaffId, Unit
from bot.domain.ward import Point, WardCode

CaseId = NewType("CaseId", int)
CaseCode = NewType("CaseCode", str)

# Crockford's base 32: no I, L, O, U, so that a code survives being read out on the phone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class CaseKind(StrEnum):
    """What a message is, as `categories.json` names its kinds."""

    SUGGESTION = "suggestion"
    VIOLATION = "violation_public"
    CONDUCT = "conduct_official"
    COMMENDATION = "commendation"
    PANEL = "panel_condition"
    QUESTION = "question"
    OTHER = "other"


class Desk(StrEnum):
    """Where a case waits: inside a ward (general, restricted) or at the city (unplaced, leaders, disputed)."""

    GENERAL = "general"
    RESTRICTED = "restricted"
    UNPLACED = "unplaced"
    LEADERS = "leaders"
    DISPUTED = "disputed"  # the ward's closing was said to be untrue twice, or nobody there could look at it anew


class Accused(StrEnum):
    """Whom a report is about, as far as it was said; decides who may read it."""

    NOBODY = ""
    OFFICIAL = "official"  # somebody who works for the ward, or a unit of it
    LEADER = "leader"  # the ward's own leadership: nobody of that ward reads it


WARD_DESKS = frozenset({Desk.GENERAL, Desk.RESTRICTED})
CITY_DESKS = frozenset(Desk) - WARD_DESKS


class CaseStatus(StrEnum):
    """Open cases are in a queue; closed ones are not."""

    OPEN = "open"
    CLOSED = "closed"


def new_code() -> CaseCode:
    """A code like "7K3M-9QX2": random (40 bits), so it tells nothing and cannot be counted up. It opens nothing either."""
    number = int.from_bytes(secrets.token_bytes(5))  # five bits a letter
    letters = "".join(_ALPHABET[number >> bits & 31] for bits in range(0, 40, 5))
    return CaseCode(f"{letters[:4]}-{letters[4:]}")


def read_code(text: str) -> CaseCode | None:
    """The code as someone typed it (any case, spaces or dashes anywhere, O for 0, I or L for 1), or None if it is none."""
    plain = "".join(text.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))
    if len(plain) != 8 or any(letter not in _ALPHABET for letter in plain):
        return None
    return CaseCode(f"{plain[:4]}-{plain[4:]}")


def choose_desk(
    kind: CaseKind, ward_code: WardCode | None, *, is_sensitive: bool = False, accused: Accused = Accused.NOBODY
) -> Desk:
    """The desk a case waits at. A report about an official never reaches the general desk, whatever kind it was given.

    Args:
        is_sensitive: The words are about an identifiable official or unit, even if the resident calls it a suggestion.
        accused: A ward's leader is never read about inside that ward.
    """
    if kind is CaseKind.CONDUCT or is_sensitive or accused is not Accused.NOBODY:
        return Desk.RESTRICTED if ward_code and accused is not Accused.LEADER else Desk.LEADERS
    return Desk.GENERAL if ward_code else Desk.UNPLACED


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter of one resident. `version` rises by one with every change; a form that carries an older one is stale."""

    id: CaseId
    code: CaseCode
    kind: CaseKind
    category: str  # an id of `categories.json`, empty until staff or understanding chose one
    ward_code: WardCode | None
    desk: Desk
    resident_id: ResidentId
    address: Address  # where it was written and where answers go
    source_id: str  # the channel's id of the message that opened it; unique per address
    status: CaseStatus
    outcome: Outcome | None
    text: str  # the resident's words, as filed
    point: Point | None
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None
    clocks: Clocks  # what it is due by, and what of that was reached
    version: int
    is_sensitive: bool = False
    is_anonymous: bool = False  # the resident asked for it: there is no identity to be opened
    is_emergency: bool = False
    accused: Accused = Accused.NOBODY
    draft_serial: str = ""  # of the draft it was filed from: a second tap on "Send" finds it
    main_case_id: CaseId | None = None  # it joined this one ("me too", or merged by staff) and waits in no queue itself
    joined_count: int = 0  # cases that joined this one
    place_key: str = ""  # the street or spot it is about, folded; empty when the words name none
    disputes: int = 0  # times the resident said that its closing is not true
    accused_unit: Unit = Unit.NONE  # nobody of this unit of the ward reads it
    owner_id: StaffId | None = None  # who took it; nobody: it waits for whoever comes
    owner_until: datetime | None = None  # an owner who does nothing until then gives it back to the queue
    hops: int = 0  # how often it was moved from ward to ward
    erased_at: datetime | None = None  # its words are gone at the resident's wish; what is left only counts
    first_answer_at: datetime | None = None  # when staff first wrote to the resident, as far as it reached them
    reach_since: datetime | None = None  # staff's words have not reached the resident: somebody has to, by other means
    heard_at: datetime | None = None  # when the resident came to know of words that had not reached them
    routing_trace: tuple[str, ...] = ()  # why it came to its ward, in the words of `bot.routing`


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case about to be added; its id and version are storage's to give."""

    code: CaseCode
    kind: CaseKind
    category: str
    ward_code: WardCode | None
    desk: Desk
    resident_id: ResidentId
    address: Address
    source_id: str
    text: str
    point: Point | None
    created_at: datetime
    due_at: datetime
    routing_trace: tuple[str, ...] = ()
    is_sensitive: bool = False
    is_anonymous: bool = False
    is_emergency: bool = False
    accused: Accused = Accused.NOBODY
    draft_serial: str = ""
    main_case_id: CaseId | None = None
    place_key: str = ""
    accused_unit: Unit = Unit.NONE
    clocks: Clocks | None = None  # as the event of its filing sets them; without, they are written when that is recorded
