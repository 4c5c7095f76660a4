"""Who has a case open in front of them. A row says when somebody was last seen; nobody need sign off."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.domain.case import CaseId
from bot.domain.people import StaffId
from bot.domain.staffing import PRESENCE_LASTS, Presence
from storage.link import Link, by_engine
from storage.tables import presences, staff
from storage.types import Id, UtcDateTime

_say = by_engine(
    lambda insert_into: (new := insert_into(presences)).on_conflict_do_update(
        index_elements=["case_id", "staff_id"],
        set_={"seen_at": new.excluded.seen_at, "is_writing": new.excluded.is_writing},
    )
)
_case = presences.c.case_id == bindparam("case", type_=Id)
_leave = delete(presences).where(_case, presences.c.staff_id == bindparam("member", type_=Id))
_others = (
    select(presences, staff.c.full_name)
    .select_from(presences.join(staff, staff.c.id == presences.c.staff_id))
    .where(
        _case,
        presences.c.staff_id != bindparam("member", type_=Id),
        presences.c.seen_at > bindparam("since", type_=UtcDateTime),
    )
    .order_by(presences.c.is_writing.desc(), staff.c.full_name, staff.c.id)
)
_forget = delete(presences).where(presences.c.seen_at <= bindparam("since", type_=UtcDateTime))


class SqlPresences:
    """See `bot.ports.Presences`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def say(self, case_id: CaseId, staff_id: StaffId, now: datetime, *, is_writing: bool) -> None:
        values = {"case_id": case_id, "staff_id": staff_id, "seen_at": now, "is_writing": is_writing}
        await self._link.run(_say, values)

    async def leave(self, case_id: CaseId, staff_id: StaffId) -> None:
        await self._link.run(_leave, {"case": case_id, "member": staff_id})

    async def others(self, case_id: CaseId, *, but: StaffId, now: datetime) -> list[Presence]:
        rows = await self._link.rows(_others, {"case": case_id, "member": but, "since": now - PRESENCE_LASTS})
        return [
            Presence(
                case_id=CaseId(row.case_id),
                staff_id=StaffId(row.staff_id),
                full_name=row.full_name,
                seen_at=row.seen_at,
                is_writing=row.is_writing,
            )
            for row in rows
        ]

    async def forget_old(self, now: datetime) -> int:
        return await self._link.run(_forget, {"since": now - PRESENCE_LASTS})
