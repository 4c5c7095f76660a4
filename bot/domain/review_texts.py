"""What staff write into a review, and the calendar by which reviews begin by themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.domain.review import Section, Term
from bot.domain.ward import WardCode

BEGINS_BEFORE = timedelta(days=10)  # before a term's last day
BEGINS_AT = time(8)  # in the city's time
LONGEST_SECTION = 10_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTexts:
    """The words of a review. `version` is 0 while nobody has written any; it rises by one with each change."""

    ward_code: WardCode | None  # None: the city's
    term: Term
    texts: Mapping[Section, str] = field(default_factory=dict)  # empty ones are missing
    version: int = 0
    written_by: str = ""  # the name of who wrote last
    at: datetime | None = None
    begun_at: datetime | None = None  # when it appeared on the desk by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsDraft:
    """What somebody typed and has not saved for all; `version` is that of the words it was typed over."""

    texts: Mapping[Section, str]
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """A term whose reviews begin by themselves at `due_at`."""

    term: Term
    due_at: datetime


def begins_at(term: Term, zone: tzinfo) -> datetime:
    """Ten days before its last day, in the morning; in UTC."""
    return datetime.combine(term.last - BEGINS_BEFORE, BEGINS_AT, zone).astimezone(UTC)


def rounds_from(day: date, zone: tzinfo) -> Iterator[Round]:
    """The halves and years that are not over on that day, in the order in which they begin; without end."""
    for year in range(day.year, 9999):
        for term in (Term.half(year, 1), Term.half(year, 2), Term.year(year)):
            if term.last >= day:
                yield Round(term, begins_at(term, zone))
