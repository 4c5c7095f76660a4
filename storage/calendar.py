"""The days that differ from the yearly rule, as staff keep them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from storage.link import Link
from storage.tables import calendar_days

_changes = select(calendar_days.c.day, calendar_days.c.is_worked)


class SqlCalendar:
    """See `bot.ports.Calendar`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def changes(self) -> Mapping[date, bool]:
        return {row.day: row.is_worked for row in await self._link.rows(_changes)}
