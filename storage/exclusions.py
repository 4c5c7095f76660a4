"""Who must not know of a case. What that means is in `storage.visible_cases`."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update

from bot.domain.case import CaseId
from bot.domain.people import StaffId, Unit
from bot.domain.staffing import Exclusion, Why
from storage.link import Link, by_engine
from storage.tables import case_exclusions, cases
from storage.types import Id

_case = bindparam("case", type_=Id)
_add = by_engine(lambda insert_into: insert_into(case_exclusions).on_conflict_do_nothing())
_remove = delete(case_exclusions).where(
    case_exclusions.c.case_id == _case, case_exclusions.c.staff_id == bindparam("member", type_=Id)
)
_of_case = select(case_exclusions).where(case_exclusions.c.case_id == _case).order_by(case_exclusions.c.staff_id)
_name_unit = update(cases).where(cases.c.id == _case).values(accused_unit=bindparam("unit"), version=cases.c.version + 1)


class SqlExclusions:
    """See `bot.ports.Exclusions`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, exclusions: Sequence[Exclusion]) -> None:
        for barred in exclusions:
            values = {"case_id": barred.case_id, "staff_id": barred.staff_id, "why": barred.why.value}
            await self._link.run(_add, values)

    async def remove(self, case_id: CaseId, staff_id: StaffId) -> bool:
        return bool(await self._link.run(_remove, {"case": case_id, "member": staff_id}))

    async def of_case(self, case_id: CaseId) -> list[Exclusion]:
        return [
            Exclusion(case_id=CaseId(row.case_id), staff_id=StaffId(row.staff_id), why=Why(row.why))
            for row in await self._link.rows(_of_case, {"case": case_id})
        ]

    async def name_unit(self, case_id: CaseId, unit: Unit) -> None:
        await self._link.run(_name_unit, {"case": case_id, "unit": unit.value})
