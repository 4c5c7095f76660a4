"""Keys of programs that send cases in, and since when the list of services is as it is. See `bot.ports.serving`."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Date, Row, bindparam, case, select, update

from bot.domain.people import StaffId
from bot.domain.serving import ApiKey
from storage.link import Link, by_engine
from storage.tables import api_keys, service_lists
from storage.types import Id, UtcDateTime

_this = api_keys.c.id == bindparam("key", type_=Id)
_add = by_engine(lambda insert_into: insert_into(api_keys).returning(api_keys))
_all = select(api_keys).order_by(api_keys.c.id.desc())
_by_hash = select(api_keys).where(api_keys.c.secret_hash == bindparam("hash"))
_revoke = (
    update(api_keys)
    .where(_this, api_keys.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("when", type_=UtcDateTime()))
    .returning(api_keys.c.id)
)
_used = select(api_keys.c.uses).where(_this, api_keys.c.minute == bindparam("now_minute"))
_use = (
    update(api_keys)
    .where(_this)
    .values(
        uses=case((api_keys.c.minute == bindparam("now_minute"), api_keys.c.uses + 1), else_=1),
        minute=bindparam("now_minute"),
        used_on=bindparam("today", type_=Date()),
    )
    .returning(api_keys.c.uses)
)
_hold = select(api_keys.c.id).where(_this, api_keys.c.revoked_at.is_(None)).with_for_update()
_since = select(service_lists.c.since).where(service_lists.c.id == 1, service_lists.c.digest == bindparam("of"))


def _became_by(insert_into: Any) -> Any:
    new = insert_into(service_lists)
    return new.on_conflict_do_update(
        index_elements=["id"],
        set_={name: new.excluded[name] for name in ("digest", "since")},
        where=service_lists.c.digest != new.excluded.digest,
    )


_became = by_engine(_became_by)


class SqlApiKeys:
    """See `bot.ports.ApiKeys`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, name: str, secret_hash: str, *, per_minute: int, now: datetime, by: StaffId | None = None) -> ApiKey:
        values = {"name": name, "secret_hash": secret_hash, "per_minute": per_minute, "made_at": now, "made_by": by}
        row = await self._link.row(_add, {**values, "minute": 0, "uses": 0})
        assert row is not None  # RETURNING
        return _key_of(row)

    async def all(self) -> list[ApiKey]:
        return [_key_of(row) for row in await self._link.rows(_all)]

    async def revoke(self, key_id: int, now: datetime) -> bool:
        return await self._link.row(_revoke, {"key": key_id, "when": now}) is not None

    async def by_hash(self, secret_hash: str) -> ApiKey | None:
        row = await self._link.row(_by_hash, {"hash": secret_hash})
        return _key_of(row) if row else None

    async def used(self, key_id: int, minute: int) -> int:
        return await self._link.value(_used, {"key": key_id, "now_minute": minute}) or 0

    async def use(self, key_id: int, minute: int, now: datetime) -> int:
        values = {"key": key_id, "now_minute": minute, "today": now.astimezone(UTC).date()}
        return int(await self._link.value(_use, values) or 0)

    async def hold(self, key_id: int) -> bool:
        return await self._link.row(_hold, {"key": key_id}) is not None


class SqlServiceLists:
    """See `bot.ports.ServiceLists`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def since(self, digest: str) -> datetime | None:
        found: datetime | None = await self._link.value(_since, {"of": digest})
        return found

    async def became(self, digest: str, now: datetime) -> None:
        await self._link.run(_became, {"id": 1, "digest": digest, "since": now})


def _key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        per_minute=row.per_minute,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
        used_on=row.used_on,
    )
