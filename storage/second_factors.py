"""Second factors: the sealed secret of somebody's app, the steps that were used, the recovery codes that were not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from bot.domain.people import StaffId
from bot.domain.signing_in import SecondFactor
from storage.link import Link, by_engine
from storage.tables import recovery_codes, second_factors, staff, used_steps
from storage.types import Id, UtcDateTime

_STEPS_KEPT = 2 * 60 * 24 * 730  # of half a minute: two years, so that a clock that jumps and returns finds them used

_my_codes = recovery_codes.c.staff_id == bindparam("member", type_=Id)
_left = select(func.count()).select_from(recovery_codes).where(_my_codes).scalar_subquery().label("codes_left")
_get = select(second_factors, _left).where(second_factors.c.staff_id == bindparam("member", type_=Id))
_put = by_engine(
    lambda insert_into: (made := insert_into(second_factors)).on_conflict_do_update(
        index_elements=["staff_id"],
        set_={name: made.excluded[name] for name in ("sealed", "since", "reset_at", "reset_by")},
    )
)
_flag = update(staff).where(staff.c.id == bindparam("member")).values(has_code=bindparam("has"))
_told = (
    update(second_factors)
    .where(second_factors.c.staff_id == bindparam("member"))
    .values(reset_at=bindparam("none", type_=UtcDateTime), reset_by="")
)
_use_step = by_engine(
    lambda insert_into: (
        insert_into(used_steps).on_conflict_do_nothing(index_elements=["staff_id", "step"]).returning(used_steps)
    )
)
_drop_steps = delete(used_steps).where(used_steps.c.staff_id == bindparam("member"), used_steps.c.step < bindparam("before"))
_add_code = insert(recovery_codes)
_drop_codes = delete(recovery_codes).where(_my_codes)
_use_code = _drop_codes.where(recovery_codes.c.code_hash == bindparam("hash")).returning(recovery_codes)
_known = select(recovery_codes.c.code_hash).where(_my_codes)


class SqlSecondFactors:
    """See `bot.ports.SecondFactors`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, staff_id: StaffId) -> SecondFactor | None:
        row = await self._link.row(_get, {"member": staff_id})
        if row is None:
            return None
        return SecondFactor(
            staff_id=staff_id,
            sealed=row.sealed,
            since=row.since,
            codes_left=row.codes_left,
            reset_at=row.reset_at,
            reset_by=row.reset_by,
        )

    async def put(self, staff_id: StaffId, sealed: str, now: datetime) -> None:
        await self._write(staff_id, sealed=sealed, since=now)

    async def put_codes(self, staff_id: StaffId, hashes: Sequence[str]) -> None:
        await self._link.run(_drop_codes, {"member": staff_id})
        for code_hash in hashes:
            await self._link.run(_add_code, {"staff_id": staff_id, "code_hash": code_hash})

    async def remove(self, staff_id: StaffId, *, reset_at: datetime | None = None, reset_by: str = "") -> None:
        await self._write(staff_id, sealed="", since=None, reset_at=reset_at, reset_by=reset_by)

    async def told(self, staff_id: StaffId) -> None:
        await self._link.run(_told, {"member": staff_id, "none": None})

    async def use_step(self, staff_id: StaffId, step: int) -> bool:
        is_new = await self._link.row(_use_step, {"staff_id": staff_id, "step": step}) is not None
        await self._link.run(_drop_steps, {"member": staff_id, "before": step - _STEPS_KEPT})
        return is_new

    async def use_code(self, staff_id: StaffId, code_hash: str) -> bool:
        return await self._link.row(_use_code, {"member": staff_id, "hash": code_hash}) is not None

    async def has_codes(self, staff_id: StaffId, hashes: Sequence[str]) -> bool:
        kept = {row.code_hash for row in await self._link.rows(_known, {"member": staff_id})}
        return set(hashes) <= kept

    async def _write(
        self, staff_id: StaffId, *, sealed: str, since: datetime | None, reset_at: datetime | None = None, reset_by: str = ""
    ) -> None:
        values = {"staff_id": staff_id, "sealed": sealed, "since": since, "reset_at": reset_at, "reset_by": reset_by}
        await self._link.run(_put, values)
        await self._link.run(_flag, {"member": staff_id, "has": bool(sealed)})
        await self._link.run(_drop_codes, {"member": staff_id})
