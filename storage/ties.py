"""Cases that have to do with each other, and notes that name a staff member."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, insert, literal_column, select, union, update

from bot.domain.case import Case, CaseCode, CaseId
from bot.domain.people import StaffId
from bot.domain.thread import Mention
from bot.domain.ward import Point
from bot.errors import StaleVersion
from bot.ports import Viewer
from storage.case_rows import case_from
from storage.link import Link
from storage.spots import COARSE, point_of
from storage.tables import cases, mentions, messages, staff
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

_METRES_PER_DEGREE = 111_320.0  # of latitude, and of longitude at the equator
_CANDIDATES = 60  # newest of each sort that are looked at; a spot with more is known well enough

_among = select(cases).where(cases.c.code.in_(bindparam("codes", expanding=True))).order_by(cases.c.id)
_of_main = (
    select(cases)
    .where(cases.c.main_case_id == bindparam("main", type_=Id), cases.c.main_case_id.is_not(None))
    .order_by(cases.c.id)
    .limit(bindparam("most", type_=Id))
)
_join = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id), cases.c.version == bindparam("seen_version", type_=Id))
    .values(main_case_id=bindparam("main", type_=Id), version=cases.c.version + 1)
    .returning(cases)
)
_elsewhere = and_(cases.c.ward_code == bindparam("ward"), cases.c.id != bindparam("row", type_=Id))
# Written out, not bound: an engine uses a partial index only when it sees the values.
_of_place = select(cases.c.id).where(
    _elsewhere, cases.c.place_key == bindparam("place"), cases.c.place_key != literal_column("''")
)
_of_spot = select(cases.c.id).where(
    _elsewhere,
    cases.c.lat.is_not(None),
    cases.c.lat.between(bindparam("south"), bindparam("north")),
    cases.c.lon.between(bindparam("west"), bindparam("east")),
)

_add = insert(mentions)
_see = (
    update(mentions)
    .where(mentions.c.staff_id == bindparam("member", type_=Id), mentions.c.seen_at.is_(None))
    .values(seen_at=bindparam("now", type_=UtcDateTime))
)
_mine = (
    select(mentions.c.id, mentions.c.at, mentions.c.seen_at, cases.c.code, messages.c.text, staff.c.full_name)
    .select_from(
        mentions.join(cases, cases.c.id == mentions.c.case_id)
        .join(messages, messages.c.id == mentions.c.message_id)
        .outerjoin(staff, staff.c.id == messages.c.staff_id)
    )
    .where(mentions.c.staff_id == bindparam("member", type_=Id))
    .order_by(mentions.c.id.desc())
)


class SqlTies:
    """See `bot.ports.ties.Ties`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def among(self, viewer: Viewer, codes: Sequence[CaseCode]) -> list[Case]:
        if not codes:
            return []
        rows = await self._link.rows(_among.where(visible_to(viewer)), {"codes": list(codes)})
        return [case_from(row) for row in rows]

    async def of_main(self, viewer: Viewer, main_id: CaseId, *, most: int = 50) -> list[Case]:
        rows = await self._link.rows(_of_main.where(visible_to(viewer)), {"main": main_id, "most": most})
        return [case_from(row) for row in rows]

    async def join(self, case: Case, main_id: CaseId | None) -> Case:
        row = await self._link.row(_join, {"row": case.id, "seen_version": case.version, "main": main_id})
        if row is None:
            raise StaleVersion(code=case.code, version=case.version)
        return case_from(row)

    async def near(self, viewer: Viewer, case: Case, *, metres: float, most: int = 6) -> list[Case]:
        if case.ward_code is None:
            return []
        values: dict[str, Any] = {"ward": case.ward_code, "row": case.id}
        wanted = []
        if case.place_key:
            wanted.append(_of_place)
            values["place"] = case.place_key
        if case.point is not None and _is_on_earth(case.point):
            wanted.append(_of_spot)
            values |= _box(case.point, metres)
        if not wanted:
            return []
        found = await self._link.rows(_newest(wanted, viewer), values)
        return [case_from(row) for row in found if _is_near(case, row, metres)][:most]


def _newest(wanted: Sequence[Select[Any]], viewer: Viewer) -> Select[Any]:
    """Each by its own index; together in one statement."""
    parts = [
        select(one.where(visible_to(viewer)).order_by(cases.c.id.desc()).limit(_CANDIDATES).subquery().c.id)
        for one in wanted
    ]
    ids = parts[0] if len(parts) == 1 else union(*parts)
    return select(cases).where(cases.c.id.in_(ids)).order_by(cases.c.id.desc())


def _is_near(case: Case, other: Row[Any], metres: float) -> bool:
    if case.place_key and other.place_key == case.place_key:
        return True
    there = point_of(other)
    return case.point is not None and there is not None and _distance(case.point, there) <= metres


def _is_on_earth(point: Point) -> bool:
    return abs(point.lat) <= 90 and abs(point.lon) <= 180  # and so neither infinite nor no number


def _box(point: Point, metres: float) -> dict[str, float]:
    """Degrees around it in which every case lies that is so near; what is looked up is coarser than what is compared."""
    high = metres / _METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(point.lat)), 0.01) + 2 * COARSE
    high += 2 * COARSE
    return {
        "south": point.lat - high,
        "north": point.lat + high,
        "west": point.lon - wide,
        "east": point.lon + wide,
    }


def _distance(one: Point, other: Point) -> float:
    """Metres, on a plane: the points are no farther apart than a street is long."""
    wide = math.cos(math.radians(one.lat))
    return math.hypot(one.lat - other.lat, (one.lon - other.lon) * wide) * _METRES_PER_DEGREE


class SqlMentions:
    """See `bot.ports.ties.Mentions`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, case_id: CaseId, message_id: int, staff_id: StaffId, now: datetime) -> None:
        values = {"case_id": case_id, "message_id": message_id, "staff_id": staff_id, "at": now, "seen_at": None}
        await self._link.run(_add, values)

    async def of(self, viewer: Viewer, *, most: int = 50) -> list[Mention]:
        rows = await self._link.rows(_mine.where(visible_to(viewer)).limit(most), {"member": viewer.staff_id})
        return [_mention(row) for row in rows]

    async def see(self, staff_id: StaffId, now: datetime) -> None:
        await self._link.run(_see, {"member": staff_id, "now": now})


def _mention(row: Row[Any]) -> Mention:
    return Mention(
        id=row.id,
        case_code=row.code,
        text=row.text,
        by_name=row.full_name or "",
        at=row.at,
        is_new=row.seen_at is None,
    )
