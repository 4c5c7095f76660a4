"""The half-year and annual review: which days it covers and what stands in it.

Plain values: they are counted, put into words and drawn elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.campaign import CampaignFigures
from bot.domain.figures import SMALL, Figures
from bot.domain.ward import Point

_HALF, _YEAR = re.compile(r"(20[0-9]{2})-([12])"), re.compile(r"20[0-9]{2}")


class TermKind(StrEnum):
    """What the review calls itself: *sơ kết 6 tháng*, *tổng kết năm*, or a report about some days."""

    HALF_YEAR = "half_year"
    YEAR = "year"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Term:
    """The days a review covers, both ends included, in the city's time."""

    kind: TermKind
    first: date
    last: date

    @classmethod
    def year(cls, year: int) -> Self:
        return cls(TermKind.YEAR, date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def half(cls, year: int, half: int) -> Self:
        """`half` is 1 or 2."""
        if half == 1:
            return cls(TermKind.HALF_YEAR, date(year, 1, 1), date(year, 6, 30))
        return cls(TermKind.HALF_YEAR, date(year, 7, 1), date(year, 12, 31))

    @classmethod
    def days(cls, first: date, last: date) -> Self:
        """Raises ValueError where the last day is before the first."""
        if last < first:
            raise ValueError("the last day is before the first")
        return cls(TermKind.DAYS, first, last)

    @classmethod
    def read(cls, name: str) -> Self:
        """The term that `name` names: "2026-1" and "2026-2" are halves, "2026" a year, "2026-03-01_2026-04-15" days.

        Raises ValueError for anything else.
        """
        if found := _HALF.fullmatch(name):
            return cls.half(int(found[1]), int(found[2]))
        if _YEAR.fullmatch(name):
            return cls.year(int(name))
        first, last = map(date.fromisoformat, name.split("_"))
        if first.year < 2000:
            raise ValueError("nobody wrote here then")
        return cls.days(first, last)

    @property
    def name(self) -> str:
        """Short, for addresses and file names; `read` reads it."""
        if self.kind is TermKind.YEAR:
            return f"{self.first.year:04d}"
        if self.kind is TermKind.HALF_YEAR:
            return f"{self.first.year:04d}-{1 if self.first.month == 1 else 2}"
        return f"{self.first.isoformat()}_{self.last.isoformat()}"

    @property
    def before(self) -> "Term":
        """The one it is compared with: the half or the year just before, else as many days just before."""
        if self.kind is TermKind.YEAR:
            return Term.year(self.first.year - 1)
        if self.kind is TermKind.HALF_YEAR:
            return Term.half(self.first.year, 1) if self.first.month == 7 else Term.half(self.first.year - 1, 2)
        length = self.last - self.first + timedelta(days=1)
        return Term.days(self.first - length, self.last - length)


class Left(StrEnum):
    """Why a case that was accepted in the term is not among the figures. Each is counted and said."""

    JOINED = "joined"  # it was joined to another: the matter is counted once
    HIDDEN = "hidden"  # whoever asked may not see it; told in fives (see `Review.left_out`)


FEW, UNTOLD = f"< {SMALL}", "*"


class Section(StrEnum):
    """A part of the review that staff write in their own words; kept between runs."""

    LEADERSHIP = "leadership"
    SHORTCOMINGS = "shortcomings"
    TASKS = "tasks"
    PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: a kind, a category, a ward or a channel, and the term before beside it.

    What would point at a reporter is not told (`bot.domain.hushing`): its name stands in `few` or `untold`, and the number
    in the figures is 0. Names are those of `Figures`, and "outcomes.<outcome>"; whoever writes a cell asks `mark` first.
    """

    key: str  # the value in the database; empty: none
    now: Figures
    before: Figures
    few: frozenset[str] = frozenset()  # of `now`: written "< 5"
    untold: frozenset[str] = frozenset()  # of `now`: written "*", else the few could be reckoned from it
    few_before: frozenset[str] = frozenset()  # the same of `before`
    untold_before: frozenset[str] = frozenset()

    def mark(self, name: str, *, before: bool = False) -> str:
        """What is written in place of this number: "< 5", "*", or empty where the number itself is."""
        few, untold = (self.few_before, self.untold_before) if before else (self.few, self.untold)
        return FEW if name in few else UNTOLD if name in untold else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """What residents said of the closings in the term, of cases of any age. Whoever said nothing is in `asked` alone."""

    asked: int = 0  # closings by staff: each asks its resident
    resolved: int = 0  # "yes, it is done"
    unresolved: int = 0
    stars: Mapping[int, int] = field(default_factory=dict)  # 1 to 5: how many; giving them is optional
    is_few: bool = False  # so few answered, or nobody, that nothing is said of what or whether: the others are 0

    def hushed(self) -> Self:
        """As it may be told: staff learn neither what a resident chose nor whether they chose at all."""
        if self.resolved + self.unresolved < SMALL:
            return type(self)(asked=self.asked, is_few=True)
        return self if sum(self.stars.values()) >= SMALL else replace(self, stars={})


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """Somewhere at least five cases came from: the middle of about a hundred metres. Never of cases about officials."""

    point: Point
    ward_code: str | None
    category: str  # the one most of them have
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything a review says, before it is put into words and pages."""

    term: Term
    ward_code: str | None  # None: the whole city
    total: Row
    kinds: Sequence[Row] = ()
    categories: Sequence[Row] = ()
    wards: Sequence[Row] = ()
    channels: Sequence[Row] = ()
    satisfaction: Satisfaction = field(default_factory=Satisfaction)
    satisfaction_before: Satisfaction = field(default_factory=Satisfaction)
    hot_spots: Sequence[HotSpot] = ()
    campaign: CampaignFigures = field(default_factory=CampaignFigures)
    campaign_before: CampaignFigures = field(default_factory=CampaignFigures)
    # By reason. HIDDEN is missing where everything was seen; else it is rounded down to a multiple of five, so that nobody
    # learns that somebody just wrote about them: 0 is written "< 5".
    left_out: Mapping[Left, int] = field(default_factory=dict)
    wordless: int = 0  # counted, although their words are gone: residents wished so, or their time was over
    texts: Mapping[Section, str] = field(default_factory=dict)
    is_early: bool = False  # the term is not over: figures up to the day it was made
    counted_to: date | None = None  # the last day that was counted
    counted_on: date | None = None  # what is open, closed or late is so at the beginning of this day
    counted_from: date | None = None  # the first day that there was anything to count; None: before the terms compared

    @property
    def has_before(self) -> bool:
        """Was there anybody to count in the term before? Else its zeros are no figures, and nothing is compared."""
        return self.counted_from is None or self.counted_from <= self.term.before.last

    @property
    def notes(self) -> Sequence[str]:
        """How everything is counted: keys of wording, a sentence each, in the order of the review."""
        return [f"review_note_{name}" for name in NOTES]


# Each has a sentence `review_note_<name>`.
NOTES = (
    *("term", "accepted", "before", "closed", "outcomes", "deadlines", "waiting", "times", "disputed", "reopened"),
    *("bare", "kinds", "wards", "channels", "satisfaction", "spots", "joined", "hidden", "wordless", "few", "staff"),
)
