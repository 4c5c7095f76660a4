"""Counts a ward's cases for everybody's eyes: what is, or may be, about an official is in none of these numbers.

One condition says which cases count. What is asked of is a moment of the past, and moments are compared, not states: what
happened after it is not told before its day comes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, distinct, func, literal_column, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import CaseKind, Desk
from bot.domain.hushing import SENSITIVE_KINDS
from bot.domain.ward import WardCode
from bot.ports.public_records import CaseTimes
from storage.link import Link
from storage.tables import cases, closings
from storage.types import UtcDateTime

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
OPEN_DESKS = (Desk.GENERAL, Desk.DISPUTED)  # what a ward closed untruly twice is its own all the same
COUNTED_KINDS = tuple(kind for kind in CaseKind if kind.value not in SENSITIVE_KINDS)
_start, _end, _at = (bindparam(name, type_=UtcDateTime) for name in ("start", "end", "at"))


def is_counted() -> ColumnElement[bool]:
    """The condition on `cases` for being in a number that everybody reads. Denies by default; what joined counts as one."""
    # Written out, not bound: an engine uses a partial index only when it sees the values.
    return and_(
        cases.c.main_case_id.is_(None),
        cases.c.desk.in_([literal_column(f"'{desk.value}'") for desk in OPEN_DESKS]),
        _said_aside(cases.c.kind.in_([literal_column(f"'{kind.value}'") for kind in COUNTED_KINDS])),
        cases.c.accused == literal_column("''"),
        cases.c.accused_unit == literal_column("''"),
        not_(cases.c.is_sensitive),
    )


def _said_aside(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same, said so that no engine walks an index of the whole city for it."""
    return case((condition, literal_column("1"))) == literal_column("1")


class Asked(NamedTuple):
    """What is asked of the database for one ward."""

    received: Select[Any]
    waiting: Select[Any]
    disputed: Select[Any]


@cache
def asked() -> Asked:
    """Built once, all of one condition."""
    of_ward = and_(cases.c.ward_code == bindparam("ward"), is_counted())
    received = select(cases.c.category, cases.c.created_at, cases.c.first_answer_at).where(
        of_ward, cases.c.created_at >= _start, cases.c.created_at < _end
    )
    # A case that was opened again has begun anew: what it was before that nobody asks. What is open is found in the queue;
    # what was closed since, among the cases of the year, so that no look walks through a ward's whole history.
    was_there = and_(
        of_ward,
        _said_aside(cases.c.created_at < _at),
        or_(cases.c.clocks_began_at.is_(None), cases.c.clocks_began_at < _at),
    )
    # Every deadline is later than that; saying so lets SQLite choose the queue's own index.
    still_open = select(func.count()).where(was_there, cases.c.status == literal_column("'open'"), cases.c.due_at > _EVER)
    closed_since = select(func.count()).where(
        was_there,
        cases.c.status == literal_column("'closed'"),
        cases.c.closed_at >= _at,
        cases.c.created_at >= _start,
    )
    waiting = select(still_open.scalar_subquery() + closed_since.scalar_subquery())
    disputed = (
        select(func.count(distinct(cases.c.id)))
        .select_from(cases.join(closings, closings.c.case_id == cases.c.id))
        .where(
            of_ward,
            cases.c.disputes > literal_column("0"),
            closings.c.disputed_at >= _start,
            closings.c.disputed_at < _end,
        )
    )
    return Asked(received, waiting, disputed)


class SqlPublicRecords:
    """See `bot.ports.PublicRecords`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def received(self, ward_code: WardCode, *, start: datetime, end: datetime) -> Sequence[CaseTimes]:
        rows = await self._link.rows(asked().received, {"ward": ward_code, "start": start, "end": end})
        return [CaseTimes(row.category, row.created_at, row.first_answer_at) for row in rows]

    async def waiting(self, ward_code: WardCode, *, start: datetime, at: datetime) -> int:
        return int(await self._link.value(asked().waiting, {"ward": ward_code, "start": start, "at": at}))

    async def disputed(self, ward_code: WardCode, *, start: datetime, end: datetime) -> int:
        return int(await self._link.value(asked().disputed, {"ward": ward_code, "start": start, "end": end}))
