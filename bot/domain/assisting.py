"""What somebody tells an officer who writes it down for them, and what the officer may be told of it before it is filed.

People who cannot read or write, or have no phone that can, report this way (L-34). Filing it is `bot.services.assist`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.incoming import StoredFile
from bot.domain.people import Language
from bot.domain.ward import WardCode


class Way(StrEnum):
    """How the resident and the officer speak to each other."""

    COUNTER = "counter"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReport:
    """A report as the resident told it and confirmed it when it was read back.

    `ticket` names this one visit: the same report with the same ticket is filed once, however often it is sent.
    """

    ticket: str
    way: Way
    language: Language  # what the resident reads: the receipt and every answer
    text: str
    ward_code: WardCode | None  # None: nobody can tell, the city finds out
    category: str  # an id of `categories.json`
    files: tuple[StoredFile, ...] = ()
    is_about_leader: bool = False  # the resident says so; the words may say it too
    is_anonymous: bool = False
    contact: str = ""  # name and number, only with a consent
    consent_version: str = ""  # of the text that was read out and agreed to


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the words seem to be; a person decides."""

    categories: tuple[str, ...]  # the likeliest first; none that is no matter
    ward_codes: tuple[WardCode, ...]  # those that the words name, the likeliest first
    is_about_official: bool = False
    is_about_leader: bool = False
    is_emergency: bool = False
    has_personal_data: bool = False  # it will be masked
