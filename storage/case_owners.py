"""Who has a case, and until when they must have done something."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, null, select, update

from bot.domain.case import Case, CaseStatus
from bot.domain.people import StaffId
from bot.errors import StaleVersion
from storage.case_rows import case_from
from storage.link import Link
from storage.tables import cases
from storage.types import Id, UtcDateTime

_own = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id), cases.c.version == bindparam("seen_version"))
    .values(
        owner_id=bindparam("owner", type_=Id),
        owner_until=bindparam("until", type_=UtcDateTime),
        version=cases.c.version + 1,
    )
    .returning(cases)
)
_overdue = (
    select(cases)
    .where(cases.c.owner_until.is_not(None), cases.c.owner_until <= bindparam("now", type_=UtcDateTime))
    .order_by(cases.c.owner_until)
    .limit(bindparam("most", type_=Id))
    .with_for_update()
)
_give_back = (
    update(cases)
    .where(cases.c.id.in_(bindparam("rows", expanding=True)))
    .values(owner_id=null(), owner_until=null(), version=cases.c.version + 1)
)
_loads = (
    select(cases.c.owner_id, func.count().label("open"))
    .where(
        cases.c.owner_id.is_not(None),
        cases.c.owner_id.in_(bindparam("owners", expanding=True)),
        cases.c.status == CaseStatus.OPEN.value,
        cases.c.main_case_id.is_(None),
    )
    .group_by(cases.c.owner_id)
)


class CaseOwners:
    """The part of `bot.ports.Cases` that is about whose a case is."""

    _link: Link

    async def own(self, case: Case, owner_id: StaffId | None, until: datetime | None) -> Case:
        values = {"row": case.id, "seen_version": case.version, "owner": owner_id, "until": until}
        row = await self._link.row(_own, values)
        if row is None:
            raise StaleVersion(code=case.code, version=case.version)
        return case_from(row)

    async def open_by_owner(self, owners: Collection[StaffId]) -> Mapping[StaffId, int]:
        if not owners:
            return {}
        return {StaffId(row.owner_id): row.open for row in await self._link.rows(_loads, {"owners": sorted(owners)})}

    async def give_back_overdue(self, now: datetime, *, most: int = 50) -> list[Case]:
        found = [case_from(row) for row in await self._link.rows(_overdue, {"now": now, "most": most})]
        if found:
            await self._link.run(_give_back, {"rows": [case.id for case in found]})
        return found
