"""A viewer's cases in order, a page at a time, and how many there are.

A page costs the same at any place: it begins at a key, not after a number of lines. What it may hold is asked of
`storage.visible_cases`, what is wanted of `storage.queue_filter`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, literal_column, select

from bot.domain.case import CaseCode
from bot.domain.people import Role
from bot.domain.queueing import COUNT_CAP, QueueCounts, QueueFilter, QueueKey, QueueLine, QueuePage, Sort
from bot.ports import Viewer
from storage.link import Link
from storage.queue_filter import beyond, conditions, order
from storage.queue_lines import LINE, line_from, lines_of
from storage.search import CaseSearch
from storage.tables import cases
from storage.visible_cases import visible_to


class CaseQueue(CaseSearch):
    """The part of `bot.ports.Cases` that is about many cases at once."""

    _link: Link

    async def queue(
        self,
        viewer: Viewer,
        wanted: QueueFilter | None = None,
        *,
        sort: Sort = Sort.DUE,
        after: QueueKey | None = None,
        before: QueueKey | None = None,
        most: int = 50,
    ) -> QueuePage:
        wanted = wanted or QueueFilter()
        is_backwards = before is not None and after is None
        key = before if is_backwards else after
        if wanted.words.strip():
            return await self._search(viewer, wanted, key, most, is_backwards=is_backwards)
        ids = ids_of(viewer, wanted, sort=sort, key=key, is_backwards=is_backwards).limit(most + 1)
        rows = await self._link.rows(lines_of(ids, sort))
        return _page(rows, sort, most, is_backwards=is_backwards, is_first=key is None)

    async def several(self, viewer: Viewer, codes: Collection[CaseCode]) -> list[QueueLine]:
        statement = select(*LINE).where(visible_to(viewer), cases.c.code.in_(sorted(codes)))
        return [line_from(row) for row in await self._link.rows(statement.order_by(*order(Sort.DUE)))] if codes else []

    async def count(self, viewer: Viewer, wanted: QueueFilter | None = None) -> int:
        return int(await self._link.value(select(number_of(viewer, wanted or QueueFilter()))))

    async def counts(self, viewer: Viewer, *, now: datetime, today_ends: datetime) -> QueueCounts:
        every = QueueFilter()
        filters = {
            "open": every,
            "mine": replace(every, owner_id=viewer.staff_id),
            "unowned": replace(every, is_unowned=True),
            "late": replace(every, due_before=now),
            "today": replace(every, due_from=now, due_before=today_ends),
            "emergency": replace(every, is_emergency=True),
            "undelivered": replace(every, status=None, is_undelivered=True),
        }
        if viewer.role is Role.INSPECTOR:
            del filters["undelivered"]  # see `QueueCounts`
        row = await self._link.row(select(*(number_of(viewer, one).label(name) for name, one in filters.items())))
        return QueueCounts(**row._mapping) if row else QueueCounts()


def ids_of(
    viewer: Viewer,
    wanted: QueueFilter,
    *,
    sort: Sort = Sort.DUE,
    key: QueueKey | None = None,
    is_backwards: bool = False,
) -> Select[tuple[int]]:
    """The ids of the cases beyond that place, in order (backwards: nearest to it first)."""
    statement = select(cases.c.id).where(*conditions(viewer, wanted, sort))
    if key is not None:
        statement = statement.where(beyond(sort, key, is_backwards=is_backwards))
    return statement.order_by(*order(sort, is_backwards=is_backwards))


def number_of(viewer: Viewer, wanted: QueueFilter) -> ScalarSelect[int]:
    """How many, up to one more than the cap: what is beyond is not looked at."""
    found: Select[Any] = select(literal_column("1").label("one")).select_from(cases).where(*conditions(viewer, wanted))
    found = found.order_by(*order(Sort.DUE))  # for the index that has this order, and what is filtered by behind it
    return select(func.count()).select_from(found.limit(COUNT_CAP + 1).subquery()).scalar_subquery()


def _page(rows: Sequence[Row[Any]], sort: Sort, most: int, *, is_backwards: bool, is_first: bool) -> QueuePage:
    """The page of its rows, in order; one more than a page was asked for, at the end it was walked to."""
    has_more = len(rows) > most
    lines = [line_from(row) for row in (rows[-most:] if is_backwards else rows[:most])]
    if not lines:
        return QueuePage(lines=())
    first, last = (
        QueueKey(case_id=line.id, due_at=line.due_at if sort is Sort.DUE else None) for line in (lines[0], lines[-1])
    )
    has_before, has_after = (has_more, True) if is_backwards else (not is_first, has_more)
    return QueuePage(lines=tuple(lines), before=first if has_before else None, after=last if has_after else None)
