"""The cases whose clocks run out next, by the stored time of their next warning: an index holds no others."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, false, or_, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Case, CaseId
from storage.case_rows import case_from
from storage.link import Link
from storage.tables import cases
from storage.types import Id, UtcDateTime

_row = cases.c.id == bindparam("row", type_=Id)
_alarm = select(cases.c.alarm_due_at).where(_row)
_set_alarm = update(cases).where(_row).values(alarm_due_at=bindparam("at", type_=UtcDateTime))
_ringing = and_(cases.c.alarm_due_at.is_not(None), cases.c.main_case_id.is_(None))
_emergencies = and_(_ringing, cases.c.is_emergency == true(), cases.c.alarm_due_at <= bindparam("now", type_=UtcDateTime))
_others = and_(_ringing, cases.c.is_emergency == false(), cases.c.alarm_due_at <= bindparam("in_hours", type_=UtcDateTime))
_is_due = select(or_(exists(select(cases.c.id).where(_emergencies)), exists(select(cases.c.id).where(_others))))


def _due(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(cases)
        .where(which)
        .order_by(cases.c.alarm_due_at)
        .limit(bindparam("most", type_=Id))
        .with_for_update(skip_locked=True)
    )


_due_emergencies, _due_others = _due(_emergencies), _due(_others)


class CaseAlarms:
    """The part of `bot.ports.Cases` that is about warnings."""

    _link: Link

    async def alarm_of(self, case_id: CaseId) -> datetime | None:
        found: datetime | None = await self._link.value(_alarm, {"row": case_id})
        return found

    async def is_alarm_due(self, *, now: datetime, in_hours: datetime) -> bool:
        return bool(await self._link.value(_is_due, {"now": now, "in_hours": in_hours}))

    async def alarmed(self, *, now: datetime, in_hours: datetime, most: int) -> list[Case]:
        found = list(await self._link.rows(_due_emergencies, {"now": now, "most": most}))
        if len(found) < most:
            found += await self._link.rows(_due_others, {"in_hours": in_hours, "most": most - len(found)})
        return [case_from(row) for row in found]

    async def set_alarm(self, case_id: CaseId, at: datetime | None) -> None:
        await self._link.run(_set_alarm, {"row": case_id, "at": at})
