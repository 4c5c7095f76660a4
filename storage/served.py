"""Which cases everybody may see through Open311, and what of them: the one place that decides it.

A case is shown when it was published (`storage.published`), or came in through Open311 itself and waits or was closed at a
general desk; then without a word of what was written. Never one about an official or anybody of staff, nor one that
joined such a case. What is read here is nothing that has to be opened first: no sealed column but published texts.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import CaseCode, CaseKind, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.serving import Place, ServedCase, Sought
from bot.domain.ward import WardCode
from storage.link import Link
from storage.published import NOW, is_public
from storage.tables import case_exclusions, cases, publications
from storage.tables.cases import CAME_BY_OPEN311
from storage.types import Id, UtcDateTime

_main = cases.alias("main")
_hidden_main = exists().where(
    _main.c.id == cases.c.main_case_id,
    or_(
        _main.c.desk != literal_column("'general'"),
        _main.c.kind == literal_column(f"'{CaseKind.CONDUCT.value}'"),
        _main.c.is_sensitive,
        _main.c.accused != "",
    ),
)
_excluded = exists().where(case_exclusions.c.case_id == cases.c.id)

# In the index's own words: an engine uses a partial index only when it finds them.
_came_this_way = text(CAME_BY_OPEN311.replace("channel", "cases.channel").replace("desk", "cases.desk"))
_speaks_of_nobody = and_(
    not_(cases.c.is_sensitive),
    not_(cases.c.is_anonymous),
    cases.c.kind != literal_column(f"'{CaseKind.CONDUCT.value}'"),
    cases.c.accused == "",
    cases.c.accused_unit == "",
    cases.c.erased_at.is_(None),
    cases.c.erase_asked_at.is_(None),
    not_(_excluded),
    not_(_hidden_main),
)

_FACTS = ("code", "category", "ward_code", "status", "outcome", "due_at")


def _moment(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime())


def _day_of(engine: str) -> ColumnElement[datetime]:
    """The day (of UTC) on which it came in: when exactly somebody sat at their phone is nobody's business (S23)."""
    if engine == "postgresql":
        return func.date_trunc("day", cases.c.created_at, literal_column("'UTC'"), type_=UtcDateTime())
    day = func.substr(cases.c.created_at, literal_column("1"), literal_column("10"), type_=String())
    return type_coerce(day.concat(literal_column("' 00:00:00.000000+00:00'")), UtcDateTime())


class _Branch:
    """One half of what is shown, in the orders in which it is read."""

    def __init__(
        self,
        shown: Select[Any],
        *,
        at: ColumnElement[Any],
        category: ColumnElement[str],
        told_at: ColumnElement[Any] | None = None,
    ) -> None:
        # A case is found by what is shown of it: whoever tries bounds learns nothing finer than that.
        # When a resident wrote again is among what nobody learns where they had come by a chat.
        began = [cases.c.clocks_began_at] if told_at is None else []
        updated = func.coalesce(cases.c.closed_at, *began, at, type_=UtcDateTime())
        is_of_these = category.in_(bindparam("categories", expanding=True))
        is_news = updated >= _moment("updated_since")
        every = shown.add_columns(at.label("shown_at"), updated.label("updated_at"))
        sought = every.where(
            at >= _moment("since"),
            at < _moment("until"),
            cases.c.status.in_(bindparam("statuses", expanding=True)),
            is_of_these,
            *(
                [is_news]
                if told_at is None
                else [or_(is_news, told_at >= _moment("updated_since")), told_at >= _moment("since")]
            ),
            updated < _moment("updated_until"),
        )
        is_behind = or_(
            at > _moment("after_at"), and_(at == _moment("after_at"), cases.c.code > bindparam("after_code", type_=String()))
        )
        most = bindparam("most", type_=Id)
        self.newest = sought.order_by(at.desc(), cases.c.code.desc()).limit(most)
        self.oldest = sought.where(at >= _moment("after_at"), is_behind).order_by(at, cases.c.code).limit(most)
        self.these = every.where(cases.c.code.in_(bindparam("codes", expanding=True)), is_of_these)


_own = _Branch(
    select(
        *(cases.c[name] for name in (*_FACTS, "lat", "lon")),
        *(literal_column("''").label(name) for name in ("title", "text", "answer")),
        null().label("published_at"),
    ).where(_came_this_way, _speaks_of_nobody),
    at=cases.c.created_at,
    category=cases.c.category,
)


@cache
def _published(engine: str) -> _Branch:
    """Walked from when they may be read: nothing was published before it came in."""
    shown = (
        select(
            *(cases.c[name] for name in _FACTS if name != "category"),
            *(publications.c[name] for name in ("category", "lat", "lon", "title", "text", "answer", "published_at")),
        )
        .select_from(publications.join(cases, cases.c.id == publications.c.case_id))
        .where(is_public(), cases.c.channel != literal_column("'open311'"))
    )
    return _Branch(
        shown,
        at=_day_of(engine),
        category=publications.c.category,
        told_at=publications.c.published_at,
    )


class SqlServedCases:
    """See `bot.ports.ServedCases`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def newest(self, sought: Sought, most: int, now: datetime) -> list[ServedCase]:
        found = await self._of_both("newest", {**_values(sought, now), "most": most})
        return sorted(found, key=_place, reverse=True)[:most]

    async def oldest(
        self, sought: Sought, most: int, now: datetime, *, after: Place | None = None, skip: int = 0
    ) -> list[ServedCase]:
        # Where nothing was read yet, "right behind" is before the first: no code is smaller than an empty one.
        place = {"after_at": after.at if after else sought.since, "after_code": after.code if after else ""}
        found = await self._of_both("oldest", {**_values(sought, now), **place, "most": skip + most})
        return sorted(found, key=_place)[skip : skip + most]

    async def these(self, codes: Sequence[CaseCode], categories: Sequence[str], now: datetime) -> list[ServedCase]:
        if not codes:
            return []
        found = await self._of_both("these", {"codes": list(codes), "categories": list(categories), NOW: now})
        return sorted(found, key=_place, reverse=True)

    async def _of_both(self, order: str, values: dict[str, Any]) -> list[ServedCase]:
        """Two statements, each along an index of its own: together the engines would walk all there ever was."""
        own = {name: value for name, value in values.items() if name != NOW}
        rows = [
            *await self._link.rows(getattr(_own, order), own),
            *await self._link.rows(getattr(_published(self._link.engine), order), values),
        ]
        return [_case_of(row) for row in rows]


def _place(case: ServedCase) -> tuple[datetime, str]:
    return case.requested_at, case.code


def _values(sought: Sought, now: datetime) -> dict[str, Any]:
    return {
        NOW: now,
        "since": sought.since,
        "until": sought.until,
        "updated_since": sought.updated_since,
        "updated_until": sought.updated_until,
        "categories": list(sought.categories),
        "statuses": [status.value for status in sought.statuses],
    }


def _case_of(row: Row[Any]) -> ServedCase:
    return ServedCase(
        code=CaseCode(row.code),
        category=row.category,
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        status=CaseStatus(row.status),
        outcome=Outcome(row.outcome) if row.outcome else None,
        requested_at=row.shown_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        lat=None if row.lat is None else float(row.lat),
        lon=None if row.lon is None else float(row.lon),
        text="\n".join(filter(None, (row.title, row.text))),
        answer=row.answer,
        published_at=row.published_at,
    )
