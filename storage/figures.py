"""Counts the dashboard's figures over exactly the cases that a viewer may see. Four statements, whatever the size.

A case that joined another is not counted: the matter is counted once. Hours are whole hours, rounded down.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, case, cast, extract, func, select
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import CaseStatus
from bot.domain.figures import By, Figures, Hours
from bot.ports import Viewer
from storage.link import Link
from storage.tables import cases
from storage.visible_cases import visible_to

_COLUMN = {By.WARD: cases.c.ward_code, By.DESK: cases.c.desk, By.CATEGORY: cases.c.category, By.CHANNEL: cases.c.channel}
_IS_OPEN = cases.c.status == CaseStatus.OPEN.value


class SqlFigures:
    """See `bot.ports.FiguresOf`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def by(self, viewer: Viewer, by: By, *, start: datetime, end: datetime, now: datetime) -> dict[str, Figures]:
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        mine = (visible_to(viewer), cases.c.main_case_id.is_(None))
        then = (*mine, cases.c.created_at >= start, cases.c.created_at < end)
        group = func.coalesce(_COLUMN[by], "").label("name")
        waiting = select(group, func.count().label("waiting"), _count(cases.c.due_at < now).label("overdue"))
        accepted = select(
            group,
            func.count().label("accepted"),
            _count(~_IS_OPEN).label("closed"),
            _count(cases.c.disputes > 0).label("disputed"),
            _count((cases.c.disputes > 0) & _IS_OPEN).label("reopened"),
            _count(cases.c.hops > 0).label("moved"),
        )
        for statement in (waiting.where(*mine, _IS_OPEN), accepted.where(*then)):
            for row in await self._link.rows(statement.group_by(group)):
                found[row.name].update({name: int(value) for name, value in row._asdict().items() if name != "name"})
        for name, moment in (("to_answer", cases.c.first_answer_at), ("to_close", cases.c.closed_at)):
            hours = self._hours_until(moment).label("hours")
            statement = select(group, hours, func.count().label("number")).where(*then, moment.is_not(None))
            counts: dict[str, dict[int, int]] = defaultdict(dict)
            for row in await self._link.rows(statement.group_by(group, hours)):
                counts[row.name][max(int(row.hours), 0)] = counts[row.name].get(max(int(row.hours), 0), 0) + row.number
            for key, numbers in counts.items():
                found[key][name] = Hours(numbers)
        return {key: Figures(**values) for key, values in found.items()}

    def _hours_until(self, moment: ColumnElement[datetime | None]) -> ColumnElement[int]:
        if self._link.is_postgres:
            return cast(func.floor(extract("epoch", moment - cases.c.created_at) / 3600), Integer)
        seconds = cast(func.strftime("%s", moment), Integer) - cast(func.strftime("%s", cases.c.created_at), Integer)
        return seconds // 3600


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
