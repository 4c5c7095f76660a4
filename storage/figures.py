"""Counts the dashboard's figures over exactly the cases that a viewer may see: two or three statements, whatever the size.

A case that joined another is not counted: the matter is counted once. How the engines count is `storage.tallying`; what
happened to a case is one number on its row, which `storage.case_tally` keeps.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import CaseStatus
from bot.domain.figures import QUICK_MINUTES, By, Closer, Figures, Hours, Outcomes
from bot.domain.outcome import Outcome
from bot.domain.people import StaffId
from bot.ports import Viewer
from storage.case_tally import WEIGHT, digits
from storage.link import Link
from storage.tables import cases, closings, staff
from storage.tallying import Key, Tally, tallies
from storage.visible_cases import visible_to

_COLUMN = {By.WARD: cases.c.ward_code, By.DESK: cases.c.desk, By.CATEGORY: cases.c.category, By.CHANNEL: cases.c.channel}
_IS_OPEN = cases.c.status == CaseStatus.OPEN.value
_MINUTES_SINCE = datetime(2000, 1, 1, tzinfo=UTC)  # of `cases.due_minute`
# `cases.fate` is what became of a case, as one number: how it ended (0: it is open), and sums of these. The engine reckons
# it when the case is written, by these very numbers.
_ENDED = {outcome: number for number, outcome in enumerate(Outcome, start=1)}
_DISPUTED, _MOVED, _LATE, _ONCE = 8, 16, 32, 64
_CLOSED_ONCE = WEIGHT["closings"]  # the tally of a case to which nothing else happened
_OF_CASES = ("postponed", "escalated", "undelivered")  # cases to which it happened, however often
_OF_CLOSINGS = ("closings", "objections", "reopenings", "bare", "quick", "overrides", "untold")


def _if(condition: ColumnElement[bool], number: int) -> ColumnElement[int]:
    return case((condition, number), else_=0)


@dataclass(slots=True)
class Group:
    """What is counted so far of one group."""

    numbers: Counter[str] = field(default_factory=Counter)  # by the names of `Figures`
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    to_answer: Counter[int] = field(default_factory=Counter)
    to_close: Counter[int] = field(default_factory=Counter)

    def figures(self) -> Figures:
        return Figures(
            **self.numbers,
            outcomes=Outcomes(self.outcomes),
            to_answer=Hours(self.to_answer),
            to_close=Hours(self.to_close),
        )


class SqlFigures:
    """See `bot.ports.FiguresOf`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def by(self, viewer: Viewer, by: By, *, start: datetime, end: datetime, now: datetime) -> dict[str, Figures]:
        groups, mine = Breakdown(func.coalesce(_COLUMN[by], "")), visible_to(viewer)
        await take_waiting(self._link, [groups], mine, now)
        await take_period(self._link, [groups], mine, (start, end), now)
        return {name: counted.figures() for name, counted in groups.found.items()}

    async def total(self, viewer: Viewer, *, start: datetime, end: datetime, now: datetime) -> Figures:
        together = Breakdown(None)
        await take_period(self._link, [together], visible_to(viewer), (start, end), now)
        return together.found[""].figures()

    async def closers(self, viewer: Viewer, *, start: datetime, end: datetime) -> list[Closer]:
        rows = await self._link.rows(_closers(viewer, start, end))
        return [
            Closer(
                staff_id=StaffId(row.id),
                name=row.full_name,
                closings=row.closings,
                objections=row.objections,
                bare=row.bare,
                quick=row.quick,
                overrides=row.overrides,
            )
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What is counted, by the names that `name` gives to cases; None: all together."""

    name: ColumnElement[str] | None
    found: defaultdict[str, Group] = field(default_factory=lambda: defaultdict(Group))

    def beside(self, number: ColumnElement[int]) -> Key:
        """All together, the number alone is written for each case; where it is a group's it follows the group's name."""
        return (cast(number, String),) if self.name is None else (self.name, number)


async def take_waiting(link: Link, breakdowns: Sequence[Breakdown], where: ColumnElement[bool], now: datetime) -> None:
    """What waits now, and what of it is late."""
    # Every deadline is later than that; saying so lets SQLite choose the queue's own index among those of open cases.
    waits = (where, cases.c.main_case_id.is_(None), _IS_OPEN, cases.c.due_at > _MINUTES_SINCE)
    found = await tallies(link, [one.beside(_if(cases.c.due_at < now, 1)) for one in breakdowns], waits)
    for breakdown, waiting in zip(breakdowns, found, strict=True):
        for name, is_late, number in _named(waiting):
            breakdown.found[name].numbers["waiting"] += number
            breakdown.found[name].numbers["overdue"] += number if is_late else 0


async def take_period(
    link: Link,
    breakdowns: Sequence[Breakdown],
    where: ColumnElement[bool],
    period: tuple[datetime, datetime],
    now: datetime,
    more: Sequence[Key] = (),
) -> list[Tally]:
    """Of the cases accepted from its begin until just before its end, all in one walk.

    Few of them are late now, or have more to tell than that they were closed once.

    Args:
        more: What else is to be told apart of the same cases; their tallies come back.
    """
    start, end = period
    minute = int((now - _MINUTES_SINCE).total_seconds() // 60)
    late = case((and_(_IS_OPEN, cases.c.due_minute < minute), 1))
    told_more = case((cases.c.tally > _CLOSED_ONCE, cases.c.tally))
    told = (cases.c.fate, cases.c.answer_hours, cases.c.close_hours, late, told_more)
    found = await tallies(
        link,
        [*(one.beside(number) for one in breakdowns for number in told), *more],
        (where, cases.c.main_case_id.is_(None), cases.c.created_at >= start, cases.c.created_at < end),
    )
    for place, breakdown in enumerate(breakdowns):
        _take(breakdown.found, found[place * len(told) : (place + 1) * len(told)])
    return found[len(breakdowns) * len(told) :]


def _take(found: defaultdict[str, Group], told: Sequence[Tally]) -> None:
    came, answered, ended, delayed, happened = told
    _take_fates(found, _named(came))
    for name, hours, number in _named(answered):  # a clock that was set back makes some negative
        found[name].to_answer[max(hours, 0)] += number
    for name, hours, number in _named(ended):
        found[name].to_close[max(hours, 0)] += number
    for name, _, number in _named(delayed):
        found[name].numbers["missed"] += number
    _take_more(found, _named(happened))


def _closers(viewer: Viewer, start: datetime, end: datetime) -> Select[Any]:
    is_bare = and_(closings.c.outcome == Outcome.DONE.value, ~closings.c.has_evidence, closings.c.is_gated)
    return (
        select(
            staff.c.id,
            staff.c.full_name,
            func.count().label("closings"),
            func.count(closings.c.disputed_at).label("objections"),
            func.sum(_if(is_bare, 1)).label("bare"),
            func.sum(_if(closings.c.minutes_open < QUICK_MINUTES, 1)).label("quick"),
            func.count(closings.c.overridden_by).label("overrides"),
        )
        .select_from(cases.join(closings, closings.c.case_id == cases.c.id).join(staff, staff.c.id == closings.c.closer_id))
        .where(
            visible_to(viewer),
            cases.c.main_case_id.is_(None),
            cases.c.created_at >= start,
            cases.c.created_at < end,
        )
        .group_by(staff.c.id, staff.c.full_name)
        .order_by(staff.c.full_name, staff.c.id)
    )


def _named(tally: Tally) -> Iterator[tuple[str, int, int]]:
    """The group's name (empty for all together), what was told of its cases, and of how many."""
    for key, number in tally.items():
        yield (*key, number) if len(key) > 1 else ("", int(key[0]), number)


def _take_fates(found: defaultdict[str, Group], came: Iterator[tuple[str, int, int]]) -> None:
    outcomes = {number: outcome for outcome, number in _ENDED.items()}
    for name, fate, number in came:
        counted = found[name]
        outcome = outcomes.get(fate % _DISPUTED)
        if outcome is not None:
            counted.outcomes[outcome] += number
        for fact in _facts(fate, is_closed=outcome is not None):
            counted.numbers[fact] += number


def _facts(fate: int, *, is_closed: bool) -> Iterator[str]:
    """The names, in `Figures`, of what is true of such a case."""
    yield "accepted"
    if is_closed:
        yield "closed"
    if fate & _LATE:
        yield "missed"
    elif is_closed:
        yield "kept"
    if fate & _DISPUTED:
        yield "disputed"
        if not is_closed:
            yield "reopened"
    if fate & _MOVED:
        yield "moved"
    if fate & _ONCE:
        yield "closings"


def _take_more(found: defaultdict[str, Group], told: Iterator[tuple[str, int, int]]) -> None:
    for name, tally, number in told:
        counted, happened = found[name].numbers, digits(tally)
        for fact in _OF_CASES:
            counted[fact] += number if happened[fact] else 0
        for fact in _OF_CLOSINGS:
            counted[fact] += number * happened[fact]
