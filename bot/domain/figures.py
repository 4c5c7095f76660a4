"""The dashboard's figures: what waits now, and what became of the cases of a period. Counting is `storage.figures`.

Times are counted in whole hours: a median of "26 hours" is as exact as anybody needs it, and hours can be counted by the
database for a million cases.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Self

USUAL, LONGEST = 30, 366  # days of a period
SMALL = 5  # below it a figure says little, and may point at somebody: it is marked


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one group, or of all. The first two are of now, the others of the cases accepted in the period."""

    waiting: int = 0
    overdue: int = 0
    accepted: int = 0
    closed: int = 0
    disputed: int = 0  # cases whose closing was disputed at least once
    reopened: int = 0  # of these, those that are open again
    moved: int = 0  # from ward to ward, at least once
    to_answer: Hours = field(default_factory=Hours)
    to_close: Hours = field(default_factory=Hours)

    def __add__(self, other: "Figures") -> "Figures":
        """Of both groups together."""
        return Figures(
            waiting=self.waiting + other.waiting,
            overdue=self.overdue + other.overdue,
            accepted=self.accepted + other.accepted,
            closed=self.closed + other.closed,
            disputed=self.disputed + other.disputed,
            reopened=self.reopened + other.reopened,
            moved=self.moved + other.moved,
            to_answer=self.to_answer + other.to_answer,
            to_close=self.to_close + other.to_close,
        )

    @property
    def is_small(self) -> bool:
        return 0 < self.accepted < SMALL
