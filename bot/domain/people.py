"""Who writes and who answers. A resident is known by addresses alone: no name, no phone number is kept here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.ward import WardCode

ResidentId = NewType("ResidentId", int)
StaffId = NewType("StaffId", int)


class Channel(StrEnum):
    """Where a resident writes to us, or has somebody write."""

    TELEGRAM = "telegram"
    ZALO = "zalo"
    WEBCHAT = "webchat"
    OPEN311 = "open311"  # another program sent it; nothing goes back there, its reader asks how the case stands
    COUNTER = "counter"  # told at the counter or on the phone; nothing can be sent there, staff tell the answer themselves


class Language(StrEnum):
    """What we answer in; every wording exists in each."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Address:
    """A resident on a channel. `external_id` is the channel's own id, always text: Zalo's are hexadecimal."""

    channel: Channel
    external_id: str

    def __str__(self) -> str:
        return f"{self.channel.value}:{self.external_id}"


class Role(StrEnum):
    """What a staff member may see and do; told apart in `bot.domain.rights`, and in `storage.visible_cases`."""

    WARD_OFFICER = "ward_officer"  # the general desk of one ward
    WARD_LEADER = "ward_leader"  # general and restricted desk of one ward; what is about its leaders waits at the city
    RESTRICTED_OFFICER = "restricted_officer"  # general and restricted desk of one ward, named by its leader
    CITY_COORDINATOR = "city_coordinator"  # the city's desks: unplaced, leaders; wards that disagree meet there too
    INSPECTOR = "inspector"  # reads every case and the audit; changes nothing, opens no identity
    OPERATOR = "operator"  # accounts and the health of the system; no case content


WARD_ROLES = frozenset({Role.WARD_OFFICER, Role.WARD_LEADER, Role.RESTRICTED_OFFICER})


class Unit(StrEnum):
    """Where in a ward somebody works: a report about a unit is read by nobody of that unit."""

    NONE = ""
    OFFICE = "office"
    ONE_STOP = "one_stop"
    POLICE = "police"
    ORDER_TEAM = "order_team"
    CULTURE = "culture"
    INFRASTRUCTURE = "infrastructure"
    JUSTICE = "justice"
    LEADERSHIP = "leadership"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who signs in at the desk. `ward_code` is set for exactly the roles in `WARD_ROLES`."""

    id: StaffId
    username: str
    full_name: str
    role: Role
    ward_code: WardCode | None
    language: Language
    is_disabled: bool
    must_change_password: bool
    unit: Unit = Unit.NONE
    has_code: bool = False  # signs in with a second factor, see `bot.domain.signing_in`


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. The id in the cookie is never stored, only its SHA-256, as `id_hash` (hex)."""

    id_hash: str
    staff_id: StaffId
    form_token: str  # the secret every form of this session carries back
    created_at: datetime
    seen_at: datetime
    device: str = ""  # coarsely, see `bot.domain.signing_in.device_of`
