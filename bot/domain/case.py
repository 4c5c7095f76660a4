"""A case: one matter, one code, at one desk. What was said about it is in `bot.domain.thread`."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.outcome import Outcome
from bot.domain.people import Address, ResidentId
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
    """Where a case waits: inside a ward (general, restricted) or at the city (unplaced, leaders)."""

    GENERAL = "general"
    RESTRICTED = "restricted"
    UNPLACED = "unplaced"
    LEADERS = "leaders"


WARD_DESKS = frozenset({Desk.GENERAL, Desk.RESTRICTED})


class CaseStatus(StrEnum):
    """Open cases are in a queue; closed ones are not."""

    OPEN = "open"
    CLOSED = "closed"


def new_code() -> CaseCode:
    """A code like "7K3M-9QX2": random (40 bits), so it tells nothing and cannot be counted up. It opens nothing either."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return CaseCode(f"{letters[:4]}-{letters[4:]}")


def read_code(text: str) -> CaseCode | None:
    """The code as someone typed it (any case, spaces or dashes anywhere, O for 0, I or L for 1), or None if it is none."""
    plain = "".join(text.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))
    if len(plain) != 8 or any(letter not in _ALPHABET for letter in plain):
        return None
    return CaseCode(f"{plain[:4]}-{plain[4:]}")


def choose_desk(kind: CaseKind, ward_code: WardCode | None) -> Desk:
    """The desk a new case waits at. A report about an official never reaches the general desk."""
    if kind is CaseKind.CONDUCT:
        return Desk.RESTRICTED if ward_code else Desk.LEADERS
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
    version: int


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
