"""The half-year and annual review: which days it covers and what stands in it.

Plain values: they are counted, put into words and drawn elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.campaign import CampaignFigures
from bot.domain.figures import Figures
from bot.domain.ward import Point


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
        return cls(TermKind.DAYS, first, last)

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
    HIDDEN = "hidden"  # whoever asked for the review may not see it (only the city's complete review has none)


class Section(StrEnum):
    """A part of the review that staff write in their own words; kept between runs."""

    LEADERSHIP = "leadership"
    SHORTCOMINGS = "shortcomings"
    TASKS = "tasks"
    PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: a kind, a category, a ward or a channel, and the term before beside it."""

    key: str  # the value in the database; empty: none
    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """What residents said of the closings in the term. Whoever said nothing is in `asked` alone."""

    asked: int = 0  # closings that residents were told of
    resolved: int = 0  # "yes, it is done"
    unresolved: int = 0
    stars: Mapping[int, int] = field(default_factory=dict)  # 1 to 5: how many; giving them is optional


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """Somewhere many cases came from: the middle of about a hundred metres. Never of cases about officials."""

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
    left_out: Mapping[Left, int] = field(default_factory=dict)
    texts: Mapping[Section, str] = field(default_factory=dict)
    is_early: bool = False  # the term is not over: figures up to the day it was made
    counted_to: date | None = None  # the last day that was counted
