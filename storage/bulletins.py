"""Texts for loudspeakers: see `bot.domain.bulletin`. They are sealed as all that staff write."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, delete, select, update

from bot.domain.bulletin import Bulletin
from bot.domain.people import StaffId
from bot.domain.ward import WardCode
from storage.link import Link, by_engine
from storage.tables import bulletins
from storage.types import Id, SealedText, UtcDateTime

_this = (
    (bulletins.c.ward_code == bindparam("ward"))
    & (bulletins.c.first == bindparam("from", type_=Date()))
    & (bulletins.c.last == bindparam("until", type_=Date()))
)
_get = select(bulletins).where(_this)
_add = by_engine(lambda insert_into: insert_into(bulletins).on_conflict_do_nothing().returning(bulletins.c.id))
_seen = bulletins.c.version == bindparam("seen")
_change = (
    update(bulletins)
    .where(_this, _seen)
    .values(
        text=bindparam("words", type_=SealedText()),
        version=bulletins.c.version + 1,
        staff_id=bindparam("by", type_=Id),
        at=bindparam("when", type_=UtcDateTime),
    )
)
_drop = delete(bulletins).where(_this, _seen)


class SqlBulletins:
    """See `bot.ports.Bulletins`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, ward_code: WardCode, first: date, last: date) -> Bulletin | None:
        row = await self._link.row(_get, {"ward": ward_code, "from": first, "until": last})
        if row is None:
            return None
        return Bulletin(
            ward_code=WardCode(row.ward_code), first=row.first, last=row.last, text=row.text, version=row.version
        )

    async def put(self, bulletin: Bulletin, by: StaffId, now: datetime) -> bool:
        if bulletin.version:
            values = {"words": bulletin.text, "by": by, "when": now, "seen": bulletin.version}
            return bool(await self._link.run(_change, _days(bulletin) | values))
        values = {"ward_code": bulletin.ward_code, "first": bulletin.first, "last": bulletin.last, "text": bulletin.text}
        return await self._link.row(_add, values | {"version": 1, "staff_id": by, "at": now}) is not None

    async def drop(self, bulletin: Bulletin) -> bool:
        return bool(await self._link.run(_drop, _days(bulletin) | {"seen": bulletin.version}))


def _days(bulletin: Bulletin) -> dict[str, Any]:
    return {"ward": bulletin.ward_code, "from": bulletin.first, "until": bulletin.last}
