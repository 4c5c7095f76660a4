"""How many working days a category may take, where the city decided so."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.link import Link, by_engine
from storage.tables import category_settings

_this = category_settings.c.category == bindparam("wanted")
_days_of = select(category_settings.c.working_days).where(_this)
_all = select(category_settings.c.category, category_settings.c.working_days)
_put = by_engine(
    lambda insert_into: (new := insert_into(category_settings)).on_conflict_do_update(
        index_elements=["category"],
        set_={"working_days": new.excluded.working_days, "updated_at": new.excluded.updated_at},
    )
)
_remove = delete(category_settings).where(_this)


class SqlDeadlines:
    """See `bot.ports.Deadlines`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def days_of(self, category: str) -> int | None:
        found = await self._link.value(_days_of, {"wanted": category})
        return None if found is None else int(found)

    async def all(self) -> Mapping[str, int]:
        return {row.category: row.working_days for row in await self._link.rows(_all)}

    async def put(self, category: str, working_days: int, now: datetime) -> None:
        await self._link.run(_put, {"category": category, "working_days": working_days, "updated_at": now})

    async def remove(self, category: str) -> bool:
        return bool(await self._link.run(_remove, {"wanted": category}))
