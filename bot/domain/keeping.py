"""How long a case's words are kept once it is closed, and when they are due to go. What then happens: `bot.services.fade`.

No law names a period for all of it (L-42, L-44 ask for "no longer than needed"); these are where a city begins, and it may
set its own. What is about an official is kept longer, whatever its kind: whoever received it must be able to show what they
did about it (L-05).
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from bot.domain.case import CaseKind

WARNED_FOR = timedelta(days=30)  # staff see it coming; nothing goes that was not announced so long before
SHORTEST, LONGEST = 6, 240  # months

Day = TypeVar("Day", bound=date)  # a date, or a moment

USUAL_MONTHS: Mapping[CaseKind, int] = {
    CaseKind.SUGGESTION: 24,
    CaseKind.VIOLATION: 24,
    CaseKind.CONDUCT: 60,
    CaseKind.COMMENDATION: 24,
    CaseKind.PANEL: 24,
    CaseKind.QUESTION: 12,
    CaseKind.OTHER: 12,
}


@dataclass(frozen=True, slots=True)
class Fading:
    """Cases of one kind that are due alike: closed at or before `closed_until`. `by_law`: those about officials."""

    kind: CaseKind
    by_law: bool
    closed_until: datetime


def months_of(kind: CaseKind, decided: Mapping[str, int]) -> int:
    """What the city decided, or what is usual."""
    return decided.get(kind.value, USUAL_MONTHS[kind])


def fading_at(now: datetime, decided: Mapping[str, int]) -> Iterator[Fading]:
    """What is over its time at this moment, kind by kind."""
    for kind in CaseKind:
        months = months_of(kind, decided)
        yield Fading(kind, by_law=False, closed_until=months_before(now, months))
        longer = max(months, months_of(CaseKind.CONDUCT, decided))
        yield Fading(kind, by_law=True, closed_until=months_before(now, longer))


def months_before(moment: Day, months: int) -> Day:
    """The same day, of a date or a moment, so many months earlier; the last of that month where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
