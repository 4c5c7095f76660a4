"""What staff have at the desk beside the cases: absences, exclusions, drafts, saved views, templates, presence, chats.

Plain values and the rules about them. Which case somebody sees through an absent colleague is `storage.visible_cases`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case import CaseId
from bot.domain.people import WARD_ROLES, Channel, Language, Role, StaffId, StaffMember, Unit
from bot.domain.ward import WardCode

PRESENCE_LASTS = timedelta(seconds=45)  # a page says that it is open more often than that


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A place from which cases are looked at: one's own, or that of an absent colleague."""

    staff_id: StaffId
    role: Role
    ward_code: WardCode | None
    unit: Unit = Unit.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """While `staff_id` is away, `deputy_id` may do what they may: from `from_at` until just before `until_at`."""

    id: int
    staff_id: StaffId
    deputy_id: StaffId
    from_at: datetime
    until_at: datetime
    made_by: StaffId
    made_at: datetime


def may_deputise(absent: StaffMember, deputy: StaffMember) -> bool:
    """Whether one can stand in for the other.

    Of the same ward, or both of the city and neither of them an inspector; an operator only for an operator. An inspector
    is nobody's deputy and has none: whoever reads everything must not also be able to change something.
    """
    if absent.id == deputy.id or absent.is_disabled or deputy.is_disabled:
        return False
    roles = {absent.role, deputy.role}
    if Role.OPERATOR in roles or Role.INSPECTOR in roles:
        return roles == {Role.OPERATOR}
    return absent.ward_code == deputy.ward_code and (absent.role in WARD_ROLES) == (deputy.role in WARD_ROLES)


class Why(StrEnum):
    """Why somebody is barred from a case."""

    ACCUSED = "accused"  # the case is about them
    CLOSE = "close"  # a relative or friend of somebody it is about
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Somebody who must not know of a case."""

    case_id: CaseId
    staff_id: StaffId
    why: Why


class DraftForm(StrEnum):
    """The form of a case that an unsent text was typed into."""

    REPLY = "reply"
    NOTE = "note"
    CLOSE = "close"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDraft:
    """What somebody typed and has not sent."""

    staff_id: StaffId
    case_id: CaseId
    form: DraftForm
    text: str
    updated_at: datetime
    fields: Mapping[str, str] = field(default_factory=dict)  # what else the form held


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A queue's address under a name of one's own. `query` is what stands after the "?"."""

    id: int
    staff_id: StaffId
    name: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """A ready text for answers. Without a ward it is the city's, for everybody."""

    ward_code: WardCode | None
    name: str
    language: Language
    text: str
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(NewTemplate):
    """A kept template."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody who has the case open in front of them."""

    case_id: CaseId
    staff_id: StaffId
    full_name: str
    seen_at: datetime
    is_writing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOpening:
    """Somebody asks to know who a resident is; somebody else decides; the resident can see that it happened.

    `is_granted` is None until `decided_at`; `opened_at` is when the asker first looked.
    """

    id: int
    case_id: CaseId
    asked_by: StaffId
    reason: str
    asked_at: datetime
    decided_by: StaffId | None = None
    is_granted: bool | None = None
    decided_at: datetime | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChat:
    """A chat that a staff member is pinged in, never with content.

    Until `linked_at` it only waits for its code: `code_hash` is its keyed hash (`bot.ports.Receipts.hash_of_link`), good
    until `code_until`; `external_id` is still empty.
    """

    id: int
    staff_id: StaffId
    channel: Channel
    external_id: str
    code_hash: str
    linked_at: datetime | None
    code_until: datetime | None
