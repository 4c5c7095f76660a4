"""The days that differ from the yearly rule, as staff keep them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Date, bindparam, delete, select

from bot.domain.working_time import CalendarDay
from storage.link import Link, by_engine
from storage.tables import calendar_days

_changes = select(calendar_days.c.day, calendar_days.c.is_worked)
_days = select(calendar_days).order_by(calendar_days.c.day)
_put = by_engine(
    lambda insert_into: (new := insert_into(calendar_days)).on_conflict_do_update(
        index_elements=["day"], set_={"is_worked": new.excluded.is_worked, "note": new.excluded.note}
    )
)
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
