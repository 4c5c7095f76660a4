"""Counts the dashboard's figures over exactly the cases that a viewer may see: two or three statements, whatever the size.

A case that joined another is not counted: the matter is counted once. How the engines count is `storage.tallying`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import case, func
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import CaseStatus
from bot.domain.figures import By, Figures, Hours
from bot.ports import Viewer
from storage.link import Link
from storage.tables import cases
from storage.tallying import Tally, tallies
from storage.visible_cases import visible_to

_COLUMN = {By.WARD: cases.c.ward_code, By.DESK: cases.c.desk, By.CATEGORY: cases.c.category, By.CHANNEL: cases.c.channel}
_IS_OPEN = cases.c.status == CaseStatus.OPEN.value
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# What became of a case, as one number: sums of these, and above them the hours until its answer.
_CLOSED, _DISPUTED, _MOVED, _HOUR = 1, 2, 4, 8
_NO_ANSWER = -1_000_000  # hours; a clock that was set back makes some negative, but no century


def _if(condition: ColumnElement[bool], number: int) -> ColumnElement[int]:
    return case((condition, number), else_=0)


_FATE = _if(~_IS_OPEN, _CLOSED) + _if(cases.c.disputes > 0, _DISPUTED) + _if(cases.c.hops > 0, _MOVED)
_FATE += func.coalesce(cases.c.answer_hours, _NO_ANSWER) * _HOUR


@dataclass(slots=True)
class _Group:
    """What is counted so far of one group."""

    numbers: Counter[str] = field(default_factory=Counter)  # by the names of `Figures`
    to_answer: Counter[int] = field(default_factory=Counter)
    to_close: Counter[int] = field(default_factory=Counter)

    def figures(self) -> Figures:
        return Figures(**self.numbers, to_answer=Hours(self.to_answer), to_close=Hours(self.to_close))


class SqlFigures:
    """See `bot.ports.FiguresOf`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def by(self, viewer: Viewer, by: By, *, start: datetime, end: datetime, now: datetime) -> dict[str, Figures]:
        group = func.coalesce(_COLUMN[by], "")
        mine = (visible_to(viewer), cases.c.main_case_id.is_(None))
        # Every deadline is later than that; saying so lets SQLite choose the queue's own index among those of open cases.
        waits = (*mine, _IS_OPEN, cases.c.due_at > _LONG_AGO)
        [waiting] = await tallies(self._link, [(group, _if(cases.c.due_at < now, 1))], waits)
        came, ended = await tallies(
            self._link,
            [(group, _FATE), (group, cases.c.close_hours)],
            (*mine, cases.c.created_at >= start, cases.c.created_at < end),
        )
        found: defaultdict[str, _Group] = defaultdict(_Group)
        _take_waiting(found, waiting)
        _take_fates(found, came)
        for (name, hours), number in ended.items():
            found[name].to_close[max(hours, 0)] += number
        return {name: counted.figures() for name, counted in found.items()}


def _take_waiting(found: defaultdict[str, _Group], waiting: Tally) -> None:
    for (name, is_late), number in waiting.items():
        found[name].numbers["waiting"] += number
        found[name].numbers["overdue"] += number if is_late else 0


def _take_fates(found: defaultdict[str, _Group], came: Tally) -> None:
    for (name, told), number in came.items():
        counted, (hours, fate) = found[name], divmod(told, _HOUR)
        counted.numbers["accepted"] += number
        for fact, is_so in (
            ("closed", fate & _CLOSED),
            ("disputed", fate & _DISPUTED),
            ("reopened", fate & _DISPUTED and not fate & _CLOSED),
            ("moved", fate & _MOVED),
        ):
            counted.numbers[fact] += number if is_so else 0
        if hours != _NO_ANSWER:
            counted.to_answer[max(hours, 0)] += number
