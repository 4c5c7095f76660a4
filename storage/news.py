"""The timelines of all cases as one stream, for live pages."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from bot.domain.case import CaseCode, CaseId, Desk
from bot.domain.people import StaffId
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.ports import CaseNews, Viewer
from storage.link import Link
from storage.tables import case_events, cases
from storage.types import Id
from storage.visible_cases import visible_to

_newest = select(func.max(case_events.c.id))
_after = (
    select(
        case_events.c.id,
        case_events.c.case_id,
        case_events.c.kind,
        case_events.c.at,
        case_events.c.staff_id,
        cases.c.ward_code,
        cases.c.desk,
    )
    .select_from(case_events.join(cases, cases.c.id == case_events.c.case_id))
    .where(case_events.c.id > bindparam("place", type_=Id))
    .order_by(case_events.c.id)
    .limit(bindparam("most", type_=Id))
)
_codes = select(cases.c.id, cases.c.code).where(cases.c.id.in_(bindparam("cases", expanding=True)))


class SqlNews:
    """See `bot.ports.News`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def newest(self) -> int:
        return int(await self._link.value(_newest) or 0)

    async def after(self, place: int, *, most: int) -> list[CaseNews]:
        return [
            CaseNews(
                id=row.id,
                case_id=CaseId(row.case_id),
                kind=EventKind(row.kind),
                at=row.at,
                staff_id=StaffId(row.staff_id) if row.staff_id is not None else None,
                ward_code=WardCode(row.ward_code) if row.ward_code else None,
                desk=Desk(row.desk),
            )
            for row in await self._link.rows(_after, {"place": place, "most": most})
        ]

    async def visible_codes(self, viewer: Viewer, case_ids: Collection[CaseId]) -> dict[CaseId, CaseCode]:
        if not case_ids:
            return {}
        rows = await self._link.rows(_codes.where(visible_to(viewer)), {"cases": sorted(case_ids)})
        return {CaseId(row.id): CaseCode(row.code) for row in rows}
