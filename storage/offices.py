"""How wards are reached, one row a ward."""

from datetime import datetime

from sqlalchemy import bindparam, select

from bot.domain.office import Office
from bot.domain.ward import WardCode
from storage.link import Link, by_engine
from storage.tables import ward_settings

_get = select(ward_settings).where(ward_settings.c.ward_code == bindparam("ward"))
_put = by_engine(
    lambda insert_into: (new := insert_into(ward_settings)).on_conflict_do_update(
        index_elements=["ward_code"],
        set_={column.name: new.excluded[column.name] for column in ward_settings.c if column.name != "ward_code"},
    )
)


class SqlOffices:
    """See `bot.ports.Offices`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, ward_code: WardCode) -> Office:
        row = await self._link.row(_get, {"ward": ward_code})
        if row is None:
            return Office(ward_code=ward_code)
        return Office(
            ward_code=ward_code,
            phone=row.phone,
            hours=row.hours,
            hours_en=row.hours_en,
            address=row.address,
            updated_at=row.updated_at,
        )

    async def put(self, office: Office, now: datetime) -> None:
        await self._link.run(
            _put,
            {
                "ward_code": office.ward_code,
                "phone": office.phone,
                "hours": office.hours,
                "hours_en": office.hours_en,
                "address": office.address,
                "updated_at": now,
            },
        )
