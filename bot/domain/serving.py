"""Cases as the public sees them through Open311, and the keys of the programs that may send some in.

Only what may be shown to everybody is in these values: whoever holds one holds nothing that has to be hidden. Which cases
there are is decided in one place, `storage.served`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.case import CaseCode, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.ward import WardCode

LONGEST_SPAN = timedelta(days=90)  # GeoReport v2: of one question, also when it names no dates
MOST_SERVED = 1000  # GeoReport v2: rows of one answer
USUAL_RATE, HIGHEST_RATE = 60, 6000  # requests a minute with one key
LONGEST_KEY_NAME = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedCase:
    """A case as everybody may see it. `lat` and `lon` are rounded to some hundred metres, or None."""

    code: CaseCode
    category: str
    ward_code: WardCode | None
    status: CaseStatus
    outcome: Outcome | None
    requested_at: datetime
    updated_at: datetime  # when it was closed; of an open one, when it came in or was opened again
    due_at: datetime
    lat: float | None
    lon: float | None
    text: str = ""  # as it was published; empty: nobody agreed to that yet
    answer: str = ""  # likewise
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which cases; every bound of time includes `since` and not `until`."""

    categories: Sequence[str]
    statuses: Sequence[CaseStatus]
    since: datetime
    until: datetime
    updated_since: datetime
    updated_until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stopped: right behind that case."""

    at: datetime
    code: CaseCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program that may send cases in. The secret itself is nowhere: only what follows from it."""

    id: int
    name: str  # as the operator calls whoever has it
    per_minute: int
    made_at: datetime
    revoked_at: datetime | None
    used_on: date | None  # the last day it was used, in UTC

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None
