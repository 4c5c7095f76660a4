"""Who asked to know who a resident is, and who decided. The identity itself is sealed elsewhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, true, update

from bot.domain.case import CaseCode, CaseId
from bot.domain.people import ResidentId, StaffId
from bot.domain.rights import Right
from bot.domain.staffing import IdentityOpening
from bot.ports import Viewer
from storage.link import Link
from storage.tables import cases, identity_openings
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

_openings = identity_openings.c
_one = _openings.id == bindparam("opening", type_=Id)
_who = bindparam("who", type_=Id)
_ask = insert(identity_openings).returning(identity_openings)
_get = select(identity_openings).where(_one)
_decide = (
    update(identity_openings)
    .where(_one, _openings.decided_at.is_(None), _openings.asked_by != _who)
    .values(decided_by=_who, is_granted=bindparam("granted"), decided_at=bindparam("at", type_=UtcDateTime))
)
_open = (
    update(identity_openings)
    .where(_one, _openings.asked_by == _who, _openings.is_granted == true())
    .values(opened_at=func.coalesce(_openings.opened_at, bindparam("at", type_=UtcDateTime)))
)
_of_case = select(identity_openings).where(_openings.case_id == bindparam("case", type_=Id)).order_by(_openings.id)
_with_code = select(identity_openings, cases.c.code).select_from(
    identity_openings.join(cases, cases.c.id == _openings.case_id)
)
_waiting = _with_code.where(_openings.decided_at.is_(None), _openings.asked_by != _who).order_by(_openings.id)
_of_resident = _with_code.where(
    cases.c.resident_id == bindparam("resident", type_=Id), _openings.is_granted == true()
).order_by(_openings.id)


class SqlIdentityOpenings:
    """See `bot.ports.IdentityOpenings`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def ask(self, case_id: CaseId, *, asked_by: StaffId, reason: str, now: datetime) -> IdentityOpening:
        values = {"case_id": case_id, "asked_by": asked_by, "reason": reason, "asked_at": now}
        [row] = await self._link.rows(_ask, values)
        return _opening(row)

    async def get(self, opening_id: int) -> IdentityOpening | None:
        row = await self._link.row(_get, {"opening": opening_id})
        return _opening(row) if row else None

    async def decide(self, opening_id: int, *, decided_by: StaffId, is_granted: bool, now: datetime) -> bool:
        values = {"opening": opening_id, "who": decided_by, "granted": is_granted, "at": now}
        return bool(await self._link.run(_decide, values))

    async def open(self, opening_id: int, *, asked_by: StaffId, now: datetime) -> bool:
        return bool(await self._link.run(_open, {"opening": opening_id, "who": asked_by, "at": now}))

    async def waiting(self, viewer: Viewer, *, most: int = 50) -> list[tuple[CaseCode, IdentityOpening]]:
        statement = _waiting.where(visible_to(viewer.wanting(Right.APPROVE_IDENTITY))).limit(most)
        rows = await self._link.rows(statement, {"who": viewer.staff_id})
        return [(CaseCode(row.code), _opening(row)) for row in rows]

    async def of_case(self, case_id: CaseId) -> list[IdentityOpening]:
        return [_opening(row) for row in await self._link.rows(_of_case, {"case": case_id})]

    async def of_resident(self, resident_id: ResidentId) -> list[tuple[CaseCode, IdentityOpening]]:
        rows = await self._link.rows(_of_resident, {"resident": resident_id})
        return [(CaseCode(row.code), _opening(row)) for row in rows]


def _opening(row: Row[Any]) -> IdentityOpening:
    return IdentityOpening(
        id=row.id,
        case_id=CaseId(row.case_id),
        asked_by=StaffId(row.asked_by),
        reason=row.reason,
        asked_at=row.asked_at,
        decided_by=StaffId(row.decided_by) if row.decided_by is not None else None,
        is_granted=row.is_granted,
        decided_at=row.decided_at,
        opened_at=row.opened_at,
    )
