"""What of a case may be read by everybody: an edited text that two of staff proposed and its resident agreed to.

One `Publication` is one text that was put to a resident. Another text is another publication and needs another "yes"; a
"no", a withdrawal or silence ends it for good. Whether a case may be read at all is asked of `storage.published`, at every
look: what is restricted, erased or disputed later is gone in the same moment.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NewType, Self

from bot.domain.case import Case, CaseCode, CaseId, CaseKind
from bot.domain.city_day import city_day, city_moment
from bot.domain.people import StaffId
from bot.domain.ward import Point, WardCode

PublicationId = NewType("PublicationId", int)

# A report about an official is never public; praise names people, who are asked by `bot.services.praise`.
PUBLIC_KINDS = (CaseKind.SUGGESTION, CaseKind.VIOLATION, CaseKind.PANEL, CaseKind.QUESTION, CaseKind.OTHER)

LONGEST_TITLE, LONGEST_TEXT = 120, 1_500  # characters; what the resident is shown fits into two messages
DECIMALS = 3  # of a degree: a point is off by up to some 80 m
AFTER = timedelta(hours=24)  # from the answer or the closing at least

_SLUG = "0123456789abcdefghjkmnpqrstvwxyz"
_A_PLACE = re.compile(rf"([0-9]{{1,10}})\.([{_SLUG}]{{12}})", re.ASCII)
_A_SLUG = re.compile(rf"[{_SLUG}]{{12}}")


class Ending(StrEnum):
    """Why a text is not put to anybody any more. Its words go with it."""

    RETURNED = "returned"  # the second of staff did not want it so; the resident was never asked
    DECLINED = "declined"  # the resident said no
    WITHDRAWN = "withdrawn"  # the resident had agreed, and took it back
    TAKEN_DOWN = "taken_down"  # staff did
    REPLACED = "replaced"  # another text was proposed


class State(StrEnum):
    """Where a text stands."""

    PROPOSED = "proposed"  # waits for the second of staff
    ASKED = "asked"  # waits for the resident
    AGREED = "agreed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What would be public, to the letter. `point` is rounded already; None: no place is shown."""

    title: str
    text: str
    answer: str
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPublication:
    """A text about to be proposed. `disputes`: how often its case had been disputed then; one more, and it is void."""

    case_id: CaseId
    ward_code: WardCode
    category: str
    slug: str
    wording: Wording
    by: StaffId
    at: datetime
    disputes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One text that was put to a resident, and what became of it. The words of an ended one are empty."""

    id: PublicationId
    case_id: CaseId
    code: CaseCode
    ward_code: WardCode
    category: str
    slug: str
    wording: Wording
    proposed_by: StaffId
    proposed_at: datetime
    approved_by: StaffId | None
    asked_at: datetime | None
    agreed_at: datetime | None
    published_at: datetime | None  # from when it may be read; the first moment of a day of the city
    ended_at: datetime | None
    ending: Ending | None

    @property
    def state(self) -> State:
        if self.ended_at is not None:
            return State.ENDED
        if self.agreed_at is not None:
            return State.AGREED
        return State.PROPOSED if self.asked_at is None else State.ASKED


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ended: the next one begins after it."""

    published_at: datetime
    slug: str

    @property
    def written(self) -> str:
        """As an address carries it: "1764003600.0123456789ab"."""
        return f"{int(self.published_at.timestamp())}.{self.slug}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What was written; None for anything else."""
        found = _A_PLACE.fullmatch(text)
        return cls(datetime.fromtimestamp(int(found[1]), UTC), found[2]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What everybody may read of a case, and nothing else of it. `slug` names it in addresses: random, in no order."""

    case_id: CaseId
    code: CaseCode
    ward_code: WardCode
    category: str
    slug: str
    title: str
    text: str
    answer: str
    point: Point | None  # rounded
    published_at: datetime  # the first moment of a day of the city

    @property
    def place(self) -> Place:
        return Place(self.published_at, self.slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A publication as the desk lists it."""

    publication: Publication
    proposed_by_name: str
    is_public: bool  # at this moment; what agreed and is not public waits for its day, or its case may not be read now


def new_slug() -> str:
    """Random (60 bits): it tells neither the case nor how many there are."""
    return "".join(secrets.choice(_SLUG) for _ in range(12))


def read_slug(text: str) -> str | None:
    """The slug, or None where it is none."""
    return text if _A_SLUG.fullmatch(text) else None


def may_be_asked(history: list[Publication]) -> bool:
    """Whether this case's resident may be asked about a new text: once, and again only after they had said yes.

    A "no" is a "no", and so is silence: nobody is worn down by being asked again in other words.
    """
    return all(one.asked_at is None or (one.agreed_at is not None and one.ending is not Ending.WITHDRAWN) for one in history)


def answered_at(case: Case) -> datetime | None:
    """When staff answered it; None: there is no answer that could be public."""
    moments = (case.closed_at, case.clocks.answered_at, case.first_answer_at)
    return max((moment for moment in moments if moment is not None), default=None)


def published_from(agreed_at: datetime, answered: datetime, zone: tzinfo) -> datetime:
    """The first moment of the city's day after both: that they agreed, and that a day has passed since the answer.

    Never within a day: whoever watches the page would learn when somebody sat at their phone (S23).
    """
    latest = max(agreed_at, answered + AFTER)
    return city_moment(city_day(latest, zone) + timedelta(days=1), time(), zone)


def rounded(point: Point) -> Point:
    """Some hundred metres around it."""
    return Point(round(point.lat, DECIMALS), round(point.lon, DECIMALS))


# What stands at somebody's door leads to them, however it is rounded: a farm lies alone.
_HOME = re.compile(
    r"\b(?:nha (?:toi|em|minh|con|chau|chung toi|ba|ong|co|chu|bac|anh|chi|hang xom|rieng|ben canh)|so nha|cua nha|truoc nha"
    r"|canh nha|trong nha|san nha|gan nha|can ho|can nha|chung cu|phong tro|nha tro|phong \d|tang \d|toa [a-z0-9]"
    r"|nha so|so \d+\w? (?:ngo|ngach|hem|pho|duong)|my (?:house|home|flat|door|gate)|apartment|neighbou?r)\b"
)


def looks_like_home(text: str) -> bool:
    """Whether the words speak of somebody's home: then no place is shown."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return bool(_HOME.search("".join(letter for letter in plain if not unicodedata.combining(letter))))
