"""Who is away, and who stands in for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, insert, select, update

from bot.domain.people import StaffId, StaffMember
from bot.domain.staffing import Absence, Standing, may_deputise
from storage.link import Link
from storage.staff import member_from
from storage.tables import absences, staff
from storage.types import Id, UtcDateTime

_now = bindparam("now", type_=UtcDateTime)
_add = insert(absences).returning(absences)
_end = (
    update(absences)
    .where(absences.c.id == bindparam("absence", type_=Id), absences.c.until_at > _now)
    .values(until_at=bindparam("now", type_=UtcDateTime))
)
_away = (
    select(staff)
    .select_from(absences.join(staff, staff.c.id == absences.c.staff_id))
    .where(absences.c.deputy_id == bindparam("deputy", type_=Id), absences.c.from_at <= _now, absences.c.until_at > _now)
    .order_by(staff.c.id)
)
_is_away = select(
    exists(
        select(absences.c.id).where(
            absences.c.staff_id == bindparam("member", type_=Id), absences.c.from_at <= _now, absences.c.until_at > _now
        )
    )
)
_not_over = select(absences).where(absences.c.until_at > _now).order_by(absences.c.from_at, absences.c.id)


class SqlAbsences:
    """See `bot.ports.Absences`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(
        self,
        *,
        staff_id: StaffId,
        deputy_id: StaffId,
        from_at: datetime,
        until_at: datetime,
        made_by: StaffId,
        now: datetime,
    ) -> Absence:
        values = {"staff_id": staff_id, "deputy_id": deputy_id, "from_at": from_at, "until_at": until_at}
        [row] = await self._link.rows(_add, values | {"made_by": made_by, "made_at": now})
        return _absence(row)

    async def end(self, absence_id: int, now: datetime) -> bool:
        return bool(await self._link.run(_end, {"absence": absence_id, "now": now}))

    async def standings_of(self, deputy: StaffMember, now: datetime) -> tuple[Standing, ...]:
        found = [member_from(row) for row in await self._link.rows(_away, {"deputy": deputy.id, "now": now})]
        # Roles change, and accounts are closed, while an absence lasts: asked again at every look.
        return tuple(
            Standing(staff_id=absent.id, role=absent.role, ward_code=absent.ward_code, unit=absent.unit)
            for absent in {absent.id: absent for absent in found}.values()
            if may_deputise(absent, deputy)
        )

    async def is_away(self, staff_id: StaffId, now: datetime) -> bool:
        return bool(await self._link.value(_is_away, {"member": staff_id, "now": now}))

    async def not_over(self, now: datetime) -> list[Absence]:
        return [_absence(row) for row in await self._link.rows(_not_over, {"now": now})]


def _absence(row: Row[Any]) -> Absence:
    return Absence(
        id=row.id,
        staff_id=StaffId(row.staff_id),
        deputy_id=StaffId(row.deputy_id),
        from_at=row.from_at,
        until_at=row.until_at,
        made_by=StaffId(row.made_by),
        made_at=row.made_at,
    )
