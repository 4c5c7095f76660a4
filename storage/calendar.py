"""The days that differ from the yearly rule, as staff keep them."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Date, bindparam, delete, exists, insert, select, update

from bot.domain.working_time import CalendarDay, CalendarSweep
from storage.claiming import claim_lock
from storage.link import Link, by_engine
from storage.tables import calendar_days, calendar_sweeps
from storage.types import Id

_changes = select(calendar_days.c.day, calendar_days.c.is_worked)
_days = select(calendar_days).order_by(calendar_days.c.day)
_put = by_engine(
    lambda insert_into: (new := insert_into(calendar_days)).on_conflict_do_update(
        index_elements=["day"], set_={"is_worked": new.excluded.is_worked, "note": new.excluded.note}
    )
)
_sweep = insert(calendar_sweeps)
_next = select(calendar_sweeps).order_by(calendar_sweeps.c.id).limit(1)
_is_due = select(exists(select(calendar_sweeps.c.id)))
_sweep_row = calendar_sweeps.c.id == bindparam("row", type_=Id)
_swept = update(calendar_sweeps).where(_sweep_row).values(after_id=bindparam("last", type_=Id))
_done = delete(calendar_sweeps).where(_sweep_row)
_remove = delete(calendar_days).where(calendar_days.c.day == bindparam("gone", type_=Date))


class SqlCalendar:
    """See `bot.ports.Calendar`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def changes(self) -> Mapping[date, bool]:
        return {row.day: row.is_worked for row in await self._link.rows(_changes)}

    async def days(self) -> list[CalendarDay]:
        rows = await self._link.rows(_days)
        return [CalendarDay(day=row.day, is_worked=row.is_worked, note=row.note) for row in rows]

    async def put(self, day: date, *, is_worked: bool, note: str) -> None:
        await self._link.run(_put, {"day": day, "is_worked": is_worked, "note": note})

    async def remove(self, day: date) -> bool:
        return bool(await self._link.run(_remove, {"gone": day}))

    async def sweep(self, day: date, now: datetime) -> None:
        await self._link.run(_sweep, {"day": day, "at": now, "after_id": 0})

    async def is_sweep_due(self) -> bool:
        return bool(await self._link.value(_is_due))

    async def next_sweep(self) -> CalendarSweep | None:
        await claim_lock(self._link, "calendar")
        row = await self._link.row(_next)
        return CalendarSweep(id=row.id, day=row.day, after_id=row.after_id) if row else None

    async def swept(self, sweep: CalendarSweep, after_id: int | None) -> None:
        if after_id is None:
            await self._link.run(_done, {"row": sweep.id})
        else:
            await self._link.run(_swept, {"row": sweep.id, "last": after_id})
