"""What a resident agreed to, how they may be reached, when they were paused, and what staff call them instead of a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case import CaseCode
from bot.domain.people import Channel, Language

# The wording that a resident agrees to is `person_consent_<purpose>_<version>`. Whoever changes what it promises adds a
# version and keeps the old one: what was agreed to must stay readable for as long as it is in force (L-40).
CONSENT_VERSION = "1"

ANSWER_WITHIN = 2  # working days for a data request (L-43)

ERASE_AFTER = timedelta(days=7)  # from a case's closing: time to read the answer and to object to it


class Purpose(StrEnum):
    """What data is kept for; each needs a consent of its own."""

    CONTACT = "contact"  # staff may call or write to the resident about a case


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """A resident's own tap on "I agree", about to be kept as proof."""

    purpose: Purpose
    text_version: str
    language: Language  # the text was read in
    channel: Channel
    at: datetime
    case_code: CaseCode | None = None  # the case it was given for, if any


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A kept proof. In force until `withdrawn_at`."""

    id: int
    purpose: Purpose
    text_version: str
    language: Language
    channel: Channel
    at: datetime
    withdrawn_at: datetime | None = None

    @property
    def is_in_force(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How a resident may be reached, encrypted; there is none without a consent in force."""

    sealed: str
    consent_id: int
    updated_at: datetime


class PauseReason(StrEnum):
    """Why staff paused an address; each has its own wording for the resident (`person_pause_<value>`)."""

    ABUSE = "abuse"
    SPAM = "spam"
    THREATS = "threats"
    OTHER = "other"


# How long staff may pause somebody: the desk offers these and takes no other.
PAUSES: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


def pseudonym(code: CaseCode) -> str:
    """What staff call the resident of a case: the code's first half.

    It follows from the code alone, so two cases of one resident tell nothing of each other.
    """
    return code.partition("-")[0]
