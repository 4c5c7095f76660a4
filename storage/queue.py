"""A viewer's cases in order, a page at a time, and how many there are.

A page costs the same at any place: it begins at a key, not after a number of lines. What it may hold is asked of
`storage.visible_cases`, what is wanted of `storage.queue_filter`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, bindparam, func, literal_column, select

from bot.domain.case import CaseCode
from bot.domain.people import Role
from bot.domain.queueing import COUNT_CAP, QueueCounts, QueueFilter, QueueKey, QueueLine, QueuePage, Sort
from bot.ports import Viewer
from storage.link import Link
from storage.queue_filter import beyond, conditions, order
from storage.queue_lines import LINE, line_from, lines_of
from storage.search import CaseSearch
from storage.tables import cases
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

# Parameters in place of moments: the filter hands them on to the conditions as they are.
_NOW: Any = bindparam("now", type_=UtcDateTime)
_TODAY_ENDS: Any = bindparam("today_ends", type_=UtcDateTime)
_CAP = bindparam("cap", COUNT_CAP + 1, type_=Id)


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
        wanted = wanted or QueueFilter()
        has_moment = wanted.due_from is not None or wanted.due_before is not None  # and is never asked for again
        statement = (_count.__wrapped__ if has_moment else _count)(viewer, wanted)
        return int(await self._link.value(statement, {"cap": COUNT_CAP + 1}))

    async def counts(self, viewer: Viewer, *, now: datetime, today_ends: datetime) -> QueueCounts:
        row = await self._link.row(_counts(viewer), {"now": now, "today_ends": today_ends, "cap": COUNT_CAP + 1})
        return QueueCounts(**row._mapping) if row else QueueCounts()


@lru_cache(maxsize=512)
def _count(viewer: Viewer, wanted: QueueFilter) -> Select[Any]:
    """Kept, as the same is asked again and again: then it is written out once (`storage.straight`)."""
    return select(number_of(viewer, wanted))


@lru_cache(maxsize=512)
def _counts(viewer: Viewer) -> Select[Any]:
    """The numbers beside the queue, as of the moments `now` and `today_ends`. Kept for the same reason."""
    every = QueueFilter()
    filters = {
        "open": every,
        "mine": replace(every, owner_id=viewer.staff_id),
        "unowned": replace(every, is_unowned=True),
        "late": replace(every, due_before=_NOW),
        "today": replace(every, due_from=_NOW, due_before=_TODAY_ENDS),
        "emergency": replace(every, is_emergency=True),
        "undelivered": replace(every, status=None, is_undelivered=True),
    }
    if viewer.role is Role.INSPECTOR:
        del filters["undelivered"]  # see `QueueCounts`
    numbers: list[Any] = [number_of(viewer, one).label(name) for name, one in filters.items()]
    return select(*numbers)


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
    return select(func.count()).select_from(found.limit(_CAP).subquery()).scalar_subquery()


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
