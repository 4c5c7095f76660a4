"""Accounts of the desk."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from bot.domain.people import Language, Role, StaffId, StaffMember, Unit
from bot.domain.ward import WardCode
from bot.errors import UsernameTaken
from storage.link import Link, by_engine
from storage.tables import half_sessions, sessions, staff, staff_chats

_add = by_engine(
    lambda insert_into: insert_into(staff).on_conflict_do_nothing(index_elements=["folded_username"]).returning(staff)
)
_by_username = select(staff).where(staff.c.folded_username == bindparam("folded"))
_get = select(staff).where(staff.c.id == bindparam("member"))
_everyone = select(staff).order_by(staff.c.folded_username)
_of_ward = _everyone.where(staff.c.ward_code == bindparam("ward"))
_place = (
    update(staff)
    .where(staff.c.id == bindparam("member"))
    .values(role=bindparam("new_role"), ward_code=bindparam("ward"), unit=bindparam("new_unit"))
)
_set_password = (
    update(staff)
    .where(staff.c.id == bindparam("member"))
    .values(password_hash=bindparam("hash"), must_change_password=bindparam("must_change"))
)
_set_disabled = update(staff).where(staff.c.id == bindparam("member")).values(is_disabled=bindparam("disabled"))
_set_language = update(staff).where(staff.c.id == bindparam("member")).values(language=bindparam("speaks"))
_end_sessions = [delete(kept).where(kept.c.staff_id == bindparam("member")) for kept in (sessions, half_sessions)]
_end_chats = delete(staff_chats).where(staff_chats.c.staff_id == bindparam("member"))


def fold(username: str) -> str:
    """What is compared: without case, without spaces around."""
    return username.strip().casefold()


def member_from(row: Row[Any]) -> StaffMember:
    """The member of a row that holds the columns of `staff`."""
    return StaffMember(
        id=StaffId(row.id),
        username=row.username,
        full_name=row.full_name,
        role=Role(row.role),
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        language=Language(row.language),
        is_disabled=row.is_disabled,
        must_change_password=row.must_change_password,
        unit=Unit(row.unit),
        has_code=row.has_code,
    )


async def end_sessions(link: Link, staff_id: StaffId) -> None:
    """All of this member's, those too that wait for a code."""
    for statement in _end_sessions:
        await link.run(statement, {"member": staff_id})


class SqlStaffMembers:
    """See `bot.ports.StaffMembers`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(
        self,
        *,
        username: str,
        full_name: str,
        role: Role,
        ward_code: WardCode | None,
        password_hash: str,
        must_change_password: bool,
        now: datetime,
        unit: Unit = Unit.NONE,
    ) -> StaffMember:
        """Raises UsernameTaken."""
        row = await self._link.row(
            _add,
            {
                "username": username.strip(),
                "folded_username": fold(username),
                "full_name": full_name,
                "role": role.value,
                "ward_code": ward_code,
                "language": Language.VI.value,
                "password_hash": password_hash,
                "is_disabled": False,
                "must_change_password": must_change_password,
                "created_at": now,
                "unit": unit.value,
            },
        )
        if row is None:
            raise UsernameTaken(username=username)
        return member_from(row)

    async def by_username(self, username: str) -> tuple[StaffMember, str] | None:
        row = await self._link.row(_by_username, {"folded": fold(username)})
        return (member_from(row), row.password_hash) if row else None

    async def get(self, staff_id: StaffId) -> StaffMember | None:
        row = await self._link.row(_get, {"member": staff_id})
        return member_from(row) if row else None

    async def everyone(self) -> list[StaffMember]:
        return [member_from(row) for row in await self._link.rows(_everyone)]

    async def of_ward(self, ward_code: WardCode) -> list[StaffMember]:
        return [member_from(row) for row in await self._link.rows(_of_ward, {"ward": ward_code})]

    async def place(self, staff_id: StaffId, *, role: Role, ward_code: WardCode | None, unit: Unit) -> None:
        values = {"member": staff_id, "new_role": role.value, "ward": ward_code, "new_unit": unit.value}
        await self._link.run(_place, values)
        await self._end(staff_id)

    async def set_password(self, staff_id: StaffId, password_hash: str, *, must_change: bool) -> None:
        await self._link.run(_set_password, {"member": staff_id, "hash": password_hash, "must_change": must_change})
        await self._end(staff_id)

    async def set_disabled(self, staff_id: StaffId, disabled: bool) -> None:
        await self._link.run(_set_disabled, {"member": staff_id, "disabled": disabled})
        if disabled:
            await self._end(staff_id)

    async def set_language(self, staff_id: StaffId, language: Language) -> None:
        await self._link.run(_set_language, {"member": staff_id, "speaks": language.value})

    async def _end(self, staff_id: StaffId) -> None:
        """Whoever got in before has to prove again who they are: at the desk, and in the chats they are pinged in."""
        await end_sessions(self._link, staff_id)
        await self._link.run(_end_chats, {"member": staff_id})
