"""The dashboard's figures: what waits now, and what became of the cases of a period. Counting is `storage.figures`.

They are meant to resist gaming. A refusal is never counted as done; a case that was closed twice has two closings, and an
objection to the first stays counted; what was closed without proof, within minutes, or past the gate is said beside what
was closed; an open case that is late counts against the deadlines as a late closing does.

Times are counted in whole hours: a median of "26 hours" is as exact as anybody needs it, and hours can be counted by the
database for a million cases.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, Self

from bot.domain.outcome import Outcome
from bot.domain.people import StaffId

USUAL, LONGEST = 30, 366  # days of a period
QUICK_MINUTES = 10  # a closing sooner than that after the filing, or the last reopening, was quick
SMALL = 5  # below it a figure says little, and may point at somebody: it is marked, and no share is reckoned


class By(StrEnum):
    """What the figures are broken down by."""

    WARD = "ward"
    DESK = "desk"
    CATEGORY = "category"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Period:
    """Cases accepted from the first day to the last, both included, in the city's time."""

    first: date
    last: date

    @classmethod
    def read(cls, first: date | None, last: date | None, today: date) -> Self:
        """What was asked for, made sensible: the last thirty days, nothing to come, at most a year, in order."""
        end = min(last or today, today)
        begin = min(first or end - timedelta(days=USUAL - 1), end)
        return cls(max(begin, end - timedelta(days=LONGEST - 1)), end)

    @property
    def before(self) -> "Period":
        """The one just before, as long."""
        length = self.last - self.first + timedelta(days=1)
        return Period(self.first - length, self.last - length)


@dataclass(frozen=True, slots=True)
class Hours:
    """How many cases took how many hours: hours (rounded down) to their number."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(Counter(self.counts) + Counter(other.counts))

    def within(self, share: float) -> int | None:
        """The hours within which this share of the cases was done, nearest rank; None without a case.

        `share` is above 0 and at most 1: 0.5 is the median.
        """
        wanted, seen = ceil(share * self.number), 0
        for hours in sorted(self.counts):
            seen += self.counts[hours]
            if seen >= wanted:
                return hours
        return None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How the closed cases ended: outcome to their number. Each stands by itself; nobody adds refused to done."""

    counts: Mapping[Outcome, int] = field(default_factory=dict)

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(Counter(self.counts) + Counter(other.counts))

    def of(self, outcome: Outcome) -> int:
        return self.counts.get(outcome, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one group, or of all. The first two are of now, the others of the cases accepted in the period."""

    waiting: int = 0
    overdue: int = 0
    accepted: int = 0
    closed: int = 0  # and not opened again
    outcomes: Outcomes = field(default_factory=Outcomes)  # of these
    kept: int = 0  # closed by their deadline
    missed: int = 0  # closed after it, or open although it is over
    disputed: int = 0  # cases whose closing was disputed at least once
    reopened: int = 0  # of these, those that are open again
    moved: int = 0  # from ward to ward, at least once
    postponed: int = 0  # a new day was promised, at least once
    escalated: int = 0  # somebody above was warned, at least once
    undelivered: int = 0  # something never reached the resident
    closings: int = 0  # two of a case that was closed twice
    objections: int = 0  # closings that were disputed
    reopenings: int = 0  # closings after which the resident wrote more
    bare: int = 0  # closings as done, with nothing to prove it
    quick: int = 0  # closings within minutes
    overrides: int = 0  # closings although something was missing
    untold: int = 0  # closings from before the gate: of the last three nobody knows anything
    to_answer: Hours = field(default_factory=Hours)
    to_close: Hours = field(default_factory=Hours)

    def __add__(self, other: "Figures") -> "Figures":
        """Of both groups together."""
        both: dict[str, Any] = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        return Figures(**both)

    @property
    def told(self) -> int:
        """Closings of which it is known whether they were bare, quick or overridden."""
        return max(self.closings - self.untold, 0)

    @property
    def is_small(self) -> bool:
        return 0 < self.accepted < SMALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """What somebody's closings came to. For those who lead them, and for nobody else."""

    staff_id: StaffId
    name: str
    closings: int
    objections: int
    bare: int
    quick: int
    overrides: int

    @property
    def is_small(self) -> bool:
        return self.closings < SMALL


def share_of(part: int, whole: int) -> int | None:
    """Percent, rounded half up; None where the whole is too small for it to say anything."""
    return None if whole < SMALL else (200 * part + whole) // (2 * whole)
