"""What everybody may know of how a ward answers: whole steps of five, at least a day old, never a case about an official.

A number below five is not told at all. Whatever is told is rounded to fives, each part by itself: so no two of the numbers,
and no two days of them, leave a remainder that would be one person's case. Which cases count is decided in
`storage.public_records`, and what was promised for each in `bot.services.ward_record`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.city_day import city_day, city_moment
from bot.domain.figures import SMALL

REACHES_BACK = timedelta(days=365)
OLD = timedelta(days=1)  # whole days of the city between what is told and the day it is told on


class Bound(StrEnum):
    """How sure a share is: one part may be too small to be told."""

    ABOUT = "about"
    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one promise, to the case. Only for reckoning: nobody is shown these."""

    days: int
    kept: int
    missed: int


@dataclass(frozen=True, slots=True)
class Kept:
    """ "Answered within `days` working days in `percent` % of about `of` cases"."""

    days: int
    percent: int
    of: int
    bound: Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class WardRecord:
    """As it was at `at`. `waiting` and `disputed` are in steps of five, 0: fewer than five. `kept`: most cases first."""

    at: datetime
    promised: tuple[int, int]  # working days, the fewest and the most that a matter may take
    waiting: int
    disputed: int
    kept: Sequence[Kept]


def told_at(now: datetime, zone: tzinfo) -> datetime:
    """The moment that is told of all day long: when yesterday began in the city."""
    return city_moment(city_day(now, zone) - OLD, time(), zone)


def told(number: int) -> int:
    """The nearest five; 0 where it is fewer than five."""
    return (number + SMALL // 2) // SMALL * SMALL if number >= SMALL else 0


def kept_of(sums: Sums) -> Kept | None:
    """What may be told of it; None where there are too few cases.

    Where one part is too small, the share is a bound that holds for every number it may be.
    """
    kept, missed = told(sums.kept), told(sums.missed)
    if kept and missed:
        return Kept(sums.days, round(100 * kept / (kept + missed)), kept + missed, Bound.ABOUT)
    if kept:
        return Kept(sums.days, 100 * _least(kept) // (_least(kept) + SMALL - 1), kept, Bound.LEAST)
    if missed:
        return Kept(sums.days, -(-100 * (SMALL - 1) // (_least(missed) + SMALL - 1)), missed, Bound.MOST)
    return None


def _least(shown: int) -> int:
    """The smallest number that is told as this one."""
    return max(SMALL, shown - SMALL // 2)
