"""Signed-in browsers. How long one lasts is decided in `bot.services.sign_in`."""

from datetime import datetime

from sqlalchemy import bindparam, delete, false, insert, select, update

from bot.domain.people import Session, StaffId, StaffMember
from storage.link import Link
from storage.staff import member_from
from storage.tables import sessions, staff

_add = insert(sessions)
_get = (
    select(sessions.c.id_hash, sessions.c.form_token, sessions.c.created_at.label("begun_at"), sessions.c.seen_at, staff)
    .select_from(sessions.join(staff, staff.c.id == sessions.c.staff_id))
    .where(sessions.c.id_hash == bindparam("hash"), staff.c.is_disabled == false())
)
_touch = update(sessions).where(sessions.c.id_hash == bindparam("hash")).values(seen_at=bindparam("at"))
_end = delete(sessions).where(sessions.c.id_hash == bindparam("hash"))


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
            },
        )

    async def get(self, id_hash: str) -> tuple[Session, StaffMember] | None:
        row = await self._link.row(_get, {"hash": id_hash})
        if row is None:
            return None
        session = Session(
            id_hash=row.id_hash,
            staff_id=StaffId(row.id),
            form_token=row.form_token,
            created_at=row.begun_at,
            seen_at=row.seen_at,
        )
        return session, member_from(row)

    async def touch(self, id_hash: str, now: datetime) -> None:
        await self._link.run(_touch, {"hash": id_hash, "at": now})

    async def end(self, id_hash: str) -> None:
        await self._link.run(_end, {"hash": id_hash})
