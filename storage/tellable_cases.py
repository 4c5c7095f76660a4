"""Matters that a ward may tell of aloud: never one about an official, of a restricted desk, or that somebody disputes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Select, and_, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.bulletin import Tally
from bot.domain.case import Case, CaseKind, CaseStatus, Desk
from bot.domain.outcome import Outcome
from bot.ports import Chosen
from storage.case_rows import case_from
from storage.chosen_cases import is_chosen, lean_columns
from storage.link import Link
from storage.tables import cases, closings
from storage.types import Id, UtcDateTime

_KINDS = (CaseKind.VIOLATION, CaseKind.SUGGESTION, CaseKind.PANEL)  # thanks and questions are no matters


class TellableCases:
    """The part of `bot.ports.Cases` that is about bulletins."""

    _link: Link

    async def tally(self, chosen: Chosen, now: datetime) -> Tally:
        rows = await self._link.rows(_tally_of(chosen), {"now": now})
        by_category: dict[str, int] = {}
        for row in rows:
            by_category[row.category] = by_category.get(row.category, 0) + row.number
        known = {category: number for category, number in by_category.items() if category}
        most = max(known, key=lambda category: (known[category], category), default="")
        closed = {outcome: sum(row.number for row in rows if row.outcome == outcome.value) for outcome in Outcome}
        return Tally(
            accepted=sum(by_category.values()),
            done=closed[Outcome.DONE],
            planned=closed[Outcome.PLANNED],
            waiting=sum(row.number for row in rows if row.status == CaseStatus.OPEN.value),
            late=sum(row.number for row in rows if row.status == CaseStatus.OPEN.value and row.is_late),
            most=known.get(most, 0),
            most_category=most,
        )

    async def done_and_proved(self, chosen: Chosen, *, most: int) -> list[Case]:
        rows = await self._link.rows(_proved_of(chosen), {"most": most})
        return [case_from(row) for row in rows]


def _is_tellable(chosen: Chosen) -> ColumnElement[bool]:
    return and_(
        is_chosen(chosen),
        cases.c.main_case_id.is_(None),
        cases.c.desk == Desk.GENERAL.value,
        cases.c.kind.in_([kind.value for kind in _KINDS]),
        cases.c.is_sensitive.is_(False),
        cases.c.accused == "",
    )


def _tally_of(chosen: Chosen) -> Executable:
    is_late = cases.c.due_at < bindparam("now", type_=UtcDateTime)
    parts = (cases.c.category, cases.c.status, cases.c.outcome, is_late.label("is_late"))
    return select(*parts, func.count().label("number")).where(_is_tellable(chosen)).group_by(*parts)


def _proved_of(chosen: Chosen) -> Select[Any]:
    newest = select(func.max(closings.c.id)).where(closings.c.case_id == cases.c.id).correlate(cases).scalar_subquery()
    is_proved = select(closings.c.id).where(closings.c.id == newest, closings.c.has_evidence).correlate(cases).exists()
    return (
        select(*lean_columns())
        .where(
            _is_tellable(chosen),
            cases.c.status == CaseStatus.CLOSED.value,
            cases.c.outcome == Outcome.DONE.value,
            cases.c.disputes == 0,
            cases.c.erased_at.is_(None),
            is_proved,
        )
        .order_by(cases.c.closed_at.desc(), cases.c.id.desc())
        .limit(bindparam("most", type_=Id))
    )
