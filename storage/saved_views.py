"""Queues under a name of one's own."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from bot.domain.people import StaffId
from bot.domain.staffing import SavedView
from storage.link import Link, by_engine
from storage.tables import saved_views
from storage.types import Id

_put = by_engine(
    lambda insert_into: (
        (new := insert_into(saved_views))
        .on_conflict_do_update(index_elements=["staff_id", "name"], set_={"query": new.excluded.query})
        .returning(saved_views)
    )
)
_mine = saved_views.c.staff_id == bindparam("member", type_=Id)
_of = select(saved_views).where(_mine).order_by(saved_views.c.id)
_remove = delete(saved_views).where(_mine, saved_views.c.id == bindparam("view", type_=Id))


class SqlSavedViews:
    """See `bot.ports.SavedViews`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def put(self, staff_id: StaffId, name: str, query: str) -> SavedView:
        [row] = await self._link.rows(_put, {"staff_id": staff_id, "name": name.strip(), "query": query})
        return _view(row)

    async def of(self, staff_id: StaffId) -> list[SavedView]:
        return [_view(row) for row in await self._link.rows(_of, {"member": staff_id})]

    async def remove(self, staff_id: StaffId, view_id: int) -> bool:
        return bool(await self._link.run(_remove, {"member": staff_id, "view": view_id}))


def _view(row: Row[Any]) -> SavedView:
    return SavedView(id=row.id, staff_id=StaffId(row.staff_id), name=row.name, query=row.query)
