"""Walks the audit trail row by row, and says which row does not fit and how. It reads a page at a time and keeps none.

What it cannot see alone: a trail rewritten from some row to its end, hashes, tip and all. That the signed heads show, up
to the last one, and a head's line that is kept elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.domain.trail import Damage, TrailBreak, TrailPoint, end_of
from bot.ports import HeadSigner
from storage.audit_heads import HeadsOnTheWay
from storage.link import Link
from storage.tables import audit, audit_tip
from storage.types import Id

PAGE = 500  # rows read at a time

HashOf = Callable[[Mapping[str, Any]], str]

_page = (
    select(audit).where(audit.c.id > bindparam("after", type_=Id)).order_by(audit.c.id).limit(bindparam("most", type_=Id))
)
_tip = select(audit_tip.c.rows, audit_tip.c.last_id, audit_tip.c.hash).where(audit_tip.c.id == 1)
_count = select(func.count()).select_from(audit)
_with_hash = select(audit.c.id).where(audit.c.hash == bindparam("wanted")).order_by(audit.c.id).limit(1)
_following = (
    select(audit.c.id)
    .where(audit.c.prev_hash == bindparam("wanted"), audit.c.id > bindparam("after", type_=Id))
    .order_by(audit.c.id)
    .limit(1)
)


async def tip(link: Link) -> TrailPoint | None:
    """Where the trail says that it ends."""
    row = await link.row(_tip)
    return TrailPoint(row.rows, row.last_id, row.hash) if row else None


async def walk(link: Link, start: TrailPoint, most: int, hash_of: HashOf) -> tuple[TrailPoint, TrailBreak | None]:
    """From there at most so many rows on; heads and tip are not looked at."""
    point = start
    for row in await _rows(link, point, most):
        if not _fits(point, row, hash_of):
            return point, await _named(link, point, row, hash_of)
        point = _after(point, row)
    return point, None


async def verify(link: Link, hash_of: HashOf, signer: HeadSigner | None, told: Callable[[int], None]) -> TrailBreak | None:
    """See `bot.ports.Audit.verify`."""
    point, heads = TrailPoint(), HeadsOnTheWay(link, signer)
    while rows := await _rows(link, point, PAGE):
        for row in rows:
            if not _fits(point, row, hash_of):
                return await _named(link, point, row, hash_of)
            point = _after(point, row)
            if wrong := await heads.passed(point):
                return wrong
        told(point.rows)
    return end_of(point, await tip(link)) or await heads.left(point)


async def _rows(link: Link, point: TrailPoint, most: int) -> Sequence[Row[Any]]:
    return await link.rows(_page, {"after": point.last_id, "most": most})


def _fits(point: TrailPoint, row: Row[Any], hash_of: HashOf) -> bool:
    return bool(row.prev_hash == point.hash and row.hash == hash_of(row._asdict()))


def _after(point: TrailPoint, row: Row[Any]) -> TrailPoint:
    return TrailPoint(point.rows + 1, row.id, row.hash)


async def _named(link: Link, point: TrailPoint, row: Row[Any], hash_of: HashOf) -> TrailBreak:
    """What happened where this row does not fit behind that point: asked of the rows around it."""
    follower = await link.value(_following, {"wanted": point.hash, "after": row.id})
    if row.prev_hash != point.hash and follower is not None:  # somebody else goes on from there
        owner = await link.value(_with_hash, {"wanted": row.prev_hash}) if row.prev_hash else None
        if owner is not None and owner > row.id:
            return TrailBreak(Damage.MOVED, row.id, owner)
        return TrailBreak(Damage.SLIPPED_IN, row.id, follower - 1)
    if row.hash != hash_of(row._asdict()):
        return TrailBreak(Damage.CHANGED, row.id, row.id)
    return await _unlinked(link, point, row)


async def _unlinked(link: Link, point: TrailPoint, row: Row[Any]) -> TrailBreak:
    """The row is as it was hashed, but follows another one than that which stands before it."""
    owner = await link.value(_with_hash, {"wanted": row.prev_hash}) if row.prev_hash else None
    if owner is not None and owner > row.id:
        return TrailBreak(Damage.MOVED, row.id, owner)
    if owner is not None or (not row.prev_hash and point.rows):  # it follows an earlier one: what is between is not of it
        return TrailBreak(Damage.SLIPPED_IN, (owner or 0) + 1, point.last_id)
    end = await tip(link)
    # Numbers may have gaps by themselves (PostgreSQL): whether a row is gone is told by how many there are.
    if end is not None and await link.value(_count) < end.rows:
        return TrailBreak(Damage.DROPPED, min(point.last_id + 1, row.id - 1), row.id - 1)
    next_one = await link.value(_following, {"wanted": row.hash, "after": row.id})
    is_last = end is not None and end.hash == row.hash
    changed = row.id if next_one is None and not is_last else point.last_id
    return TrailBreak(Damage.CHANGED, changed, changed)
