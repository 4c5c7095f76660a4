"""Which cases everybody may see through Open311, and what of them: the one place that decides it.

A case is shown when it was published (`storage.published`), or came in through Open311 itself and waits or was closed at a
general desk; then without a word of what was written. Never one about an official or anybody of staff, nor one that
joined such a case. What is read here is nothing that has to be opened first: no sealed column but published texts.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, func, literal_column, not_, or_, select

from bot.domain.case import CaseCode, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.serving import Place, ServedCase, Sought
from bot.domain.ward import WardCode
from storage.link import Link
from storage.tables import case_exclusions, cases
from storage.types import UtcDateTime

_main = cases.alias("main")
_hidden_main = exists().where(
    _main.c.id == cases.c.main_case_id,
    or_(_main.c.desk != literal_column("'general'"), _main.c.is_sensitive, _main.c.accused != ""),
)
_excluded = exists().where(case_exclusions.c.case_id == cases.c.id)

# Written out, not bound: an engine uses a partial index only when it sees the values.
_came_this_way = and_(cases.c.channel == literal_column("'open311'"), cases.c.desk == literal_column("'general'"))
_speaks_of_nobody = and_(
    not_(cases.c.is_sensitive),
    not_(cases.c.is_anonymous),
    cases.c.accused == "",
    cases.c.accused_unit == "",
    cases.c.erased_at.is_(None),
    cases.c.erase_asked_at.is_(None),
    not_(_excluded),
    not_(_hidden_main),
)

_updated = func.coalesce(cases.c.closed_at, cases.c.clocks_began_at, cases.c.created_at)
_columns = (
    *(
        cases.c[name]
        for name in ("code", "category", "ward_code", "status", "outcome", "created_at", "due_at", "lat", "lon")
    ),
    _updated.label("updated_at"),
)


def _moment(name: str) -> Any:
    return bindparam(name, type_=UtcDateTime())


_sought = and_(
    cases.c.created_at >= _moment("since"),
    cases.c.created_at < _moment("until"),
    cases.c.status.in_(bindparam("statuses", expanding=True)),
    cases.c.category.in_(bindparam("categories", expanding=True)),
    _updated >= _moment("updated_since"),
    _updated < _moment("updated_until"),
)
_shown = select(*_columns).where(_came_this_way, _speaks_of_nobody)
_newest = _shown.where(_sought).order_by(cases.c.created_at.desc(), cases.c.code.desc()).limit(bindparam("most"))
_oldest = (
    _shown.where(
        _sought,
        or_(
            cases.c.created_at > _moment("after_at"),
            and_(cases.c.created_at == _moment("after_at"), cases.c.code > bindparam("after_code")),
        ),
    )
    .order_by(cases.c.created_at, cases.c.code)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_these: Select[Any] = _shown.where(cases.c.code.in_(bindparam("codes", expanding=True))).order_by(
    cases.c.created_at.desc(), cases.c.code.desc()
)


class SqlServedCases:
    """See `bot.ports.ServedCases`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def newest(self, sought: Sought, most: int) -> list[ServedCase]:
        return [_case_of(row) for row in await self._link.rows(_newest, {**_values(sought), "most": most})]

    async def oldest(self, sought: Sought, most: int, *, after: Place | None = None, skip: int = 0) -> list[ServedCase]:
        # Where nothing was read yet, "right behind" is before the first: no code is smaller than an empty one.
        place = {"after_at": after.at if after else sought.since, "after_code": after.code if after else ""}
        values = {**_values(sought), **place, "most": most, "skip": skip}
        return [_case_of(row) for row in await self._link.rows(_oldest, values)]

    async def these(self, codes: Sequence[CaseCode]) -> list[ServedCase]:
        return [_case_of(row) for row in await self._link.rows(_these, {"codes": list(codes)})] if codes else []


def _values(sought: Sought) -> dict[str, Any]:
    return {
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
        requested_at=row.created_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        lat=None if row.lat is None else float(row.lat),
        lon=None if row.lon is None else float(row.lon),
    )
