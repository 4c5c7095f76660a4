"""Signed-in browsers, and those that wait for a code. How long either lasts is decided in `bot.services.sign_in`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, false, insert, select, update

from bot.domain.people import Session, StaffId, StaffMember
from bot.domain.signing_in import HalfSession
from storage.link import Link
from storage.staff import end_sessions, member_from
from storage.tables import half_sessions, sessions, staff
from storage.types import UtcDateTime

_add = insert(sessions)
_get = (
    select(
        sessions.c.id_hash,
        sessions.c.form_token,
        sessions.c.created_at.label("begun_at"),
        sessions.c.seen_at,
        sessions.c.device,
        staff,
    )
    .select_from(sessions.join(staff, staff.c.id == sessions.c.staff_id))
    .where(sessions.c.id_hash == bindparam("hash"), staff.c.is_disabled == false())
)
_touch = update(sessions).where(sessions.c.id_hash == bindparam("hash")).values(seen_at=bindparam("at"))
_end = delete(sessions).where(sessions.c.id_hash == bindparam("hash"))
_of = (
    select(sessions, sessions.c.created_at.label("begun_at"))
    .where(sessions.c.staff_id == bindparam("member"))
    .order_by(sessions.c.seen_at.desc(), sessions.c.id_hash)
)
_add_half = insert(half_sessions)
_drop_halves = delete(half_sessions).where(
    half_sessions.c.staff_id == bindparam("member"), half_sessions.c.created_at < bindparam("before", type_=UtcDateTime)
)
_half = (
    select(
        half_sessions.c.id_hash,
        half_sessions.c.browser_hash,
        half_sessions.c.created_at.label("begun_at"),
        half_sessions.c.tries,
        staff,
    )
    .select_from(half_sessions.join(staff, staff.c.id == half_sessions.c.staff_id))
    .where(half_sessions.c.id_hash == bindparam("hash"), staff.c.is_disabled == false())
)
_tried = (
    update(half_sessions)
    .where(half_sessions.c.id_hash == bindparam("hash"))
    .values(tries=half_sessions.c.tries + 1)
    .returning(half_sessions.c.tries)
)
_end_half = delete(half_sessions).where(half_sessions.c.id_hash == bindparam("hash")).returning(half_sessions.c.staff_id)


class SqlSessions:
    """See `bot.ports.Sessions`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, session: Session) -> None:
        await self._link.run(
            _add,
            {
                "id_hash": session.id_hash,
                "staff_id": session.staff_id,
                "form_token": session.form_token,
                "created_at": session.created_at,
                "seen_at": session.seen_at,
                "device": session.device,
            },
        )

    async def get(self, id_hash: str) -> tuple[Session, StaffMember] | None:
        row = await self._link.row(_get, {"hash": id_hash})
        return (_session_from(row, StaffId(row.id)), member_from(row)) if row else None

    async def touch(self, id_hash: str, now: datetime) -> None:
        await self._link.run(_touch, {"hash": id_hash, "at": now})

    async def end(self, id_hash: str) -> None:
        await self._link.run(_end, {"hash": id_hash})

    async def of(self, staff_id: StaffId) -> list[Session]:
        return [_session_from(row, staff_id) for row in await self._link.rows(_of, {"member": staff_id})]

    async def end_all(self, staff_id: StaffId) -> None:
        await end_sessions(self._link, staff_id)

    async def add_half(self, half: HalfSession, *, drop_before: datetime) -> None:
        await self._link.run(_drop_halves, {"member": half.staff_id, "before": drop_before})
        await self._link.run(
            _add_half,
            {
                "id_hash": half.id_hash,
                "staff_id": half.staff_id,
                "browser_hash": half.browser_hash,
                "created_at": half.created_at,
                "tries": half.tries,
            },
        )

    async def half(self, id_hash: str) -> tuple[HalfSession, StaffMember] | None:
        row = await self._link.row(_half, {"hash": id_hash})
        if row is None:
            return None
        half = HalfSession(
            id_hash=row.id_hash,
            staff_id=StaffId(row.id),
            browser_hash=row.browser_hash,
            created_at=row.begun_at,
            tries=row.tries,
        )
        return half, member_from(row)

    async def tried_half(self, id_hash: str) -> int:
        row = await self._link.row(_tried, {"hash": id_hash})
        return row.tries if row else 0

    async def end_half(self, id_hash: str) -> bool:
        return await self._link.row(_end_half, {"hash": id_hash}) is not None


def _session_from(row: Row[Any], staff_id: StaffId) -> Session:
    return Session(
        id_hash=row.id_hash,
        staff_id=staff_id,
        form_token=row.form_token,
        created_at=row.begun_at,
        seen_at=row.seen_at,
        device=row.device,
    )
