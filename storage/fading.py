"""Which closed cases are over their time, found by an index that holds only those with words left, and what was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, exists, not_, or_, select, update

from bot.domain.case import Accused, Case, CaseId, CaseKind, Desk
from bot.domain.keeping import Fading
from bot.domain.thread import Author
from storage.case_rows import case_from
from storage.link import Link, by_engine
from storage.tables import cases, messages, retention_rules
from storage.types import Id, UtcDateTime

_case = cases.c.id == bindparam("case", type_=Id)
_by_law = or_(
    cases.c.is_sensitive,
    cases.c.accused != Accused.NOBODY.value,
    cases.c.desk.in_([Desk.RESTRICTED.value, Desk.LEADERS.value]),
)
# A person who wrote after the closing, or has not been told of it yet, is not done with.
_is_unread = or_(
    cases.c.reach_since.is_not(None),
    cases.c.tell_since.is_not(None),
    exists().where(
        messages.c.case_id == cases.c.id, messages.c.author == Author.RESIDENT.value, messages.c.at > cases.c.closed_at
    ),
)
_is_announced = cases.c.fading_told_at > cases.c.closed_at  # of a closing before, it no longer holds
_is_not_announced = or_(cases.c.fading_told_at.is_(None), cases.c.fading_told_at <= cases.c.closed_at)
_over = (
    select(cases)
    .where(
        cases.c.closed_at.is_not(None),
        cases.c.faded_at.is_(None),
        cases.c.kind == bindparam("kind"),
        cases.c.closed_at <= bindparam("until", type_=UtcDateTime),
        not_(_is_unread),
    )
    .order_by(cases.c.closed_at)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)
)
_WHICH = {True: _by_law, False: and_(not_(_by_law), cases.c.erased_at.is_(None))}
_unannounced = {by_law: _over.where(which, _is_not_announced) for by_law, which in _WHICH.items()}
_due = {
    by_law: _over.where(which, _is_announced, cases.c.fading_told_at <= bindparam("told", type_=UtcDateTime))
    for by_law, which in _WHICH.items()
}
_announce = update(cases).where(_case).values(fading_told_at=bindparam("at", type_=UtcDateTime))
_done = update(cases).where(_case).values(faded_at=bindparam("at", type_=UtcDateTime))
_rules = select(retention_rules.c.kind, retention_rules.c.months)
_decide = by_engine(
    lambda insert_into: (new := insert_into(retention_rules)).on_conflict_do_update(
        index_elements=["kind"], set_={"months": new.excluded.months, "updated_at": new.excluded.updated_at}
    )
)
_undecide = delete(retention_rules).where(retention_rules.c.kind == bindparam("which"))


class SqlFading:
    """See `bot.ports.Fading`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def rules(self) -> Mapping[str, int]:
        return {row.kind: row.months for row in await self._link.rows(_rules)}

    async def decide(self, kind: CaseKind, months: int | None, now: datetime) -> None:
        if months is None:
            await self._link.run(_undecide, {"which": kind.value})
        else:
            await self._link.run(_decide, {"kind": kind.value, "months": months, "updated_at": now})

    async def unannounced(self, fading: Fading, *, most: int) -> list[Case]:
        return await self._found(_unannounced[fading.by_law], fading, {"most": most})

    async def announce(self, case_id: CaseId, now: datetime) -> None:
        await self._link.run(_announce, {"case": case_id, "at": now})

    async def due(self, fading: Fading, *, announced_until: datetime, most: int) -> list[Case]:
        return await self._found(_due[fading.by_law], fading, {"most": most, "told": announced_until})

    async def done(self, case_id: CaseId, now: datetime) -> None:
        await self._link.run(_done, {"case": case_id, "at": now})

    async def _found(self, statement: Select[Any], fading: Fading, values: dict[str, object]) -> list[Case]:
        which = {"kind": fading.kind.value, "until": fading.closed_until, **values}
        return [case_from(row) for row in await self._link.rows(statement, which)]
