"""Links to single files. See `bot.ports.file_links`."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.link import Link, by_engine
from storage.tables import file_links
from storage.types import UtcDateTime

_this = file_links.c.token_hash == bindparam("hash")
_is_good = file_links.c.until > bindparam("at", type_=UtcDateTime())
_add = by_engine(lambda insert_into: insert_into(file_links))
_old = delete(file_links).where(file_links.c.until <= bindparam("at", type_=UtcDateTime()))
_get = select(file_links.c.key).where(_this, _is_good)
_use_up = delete(file_links).where(_this, _is_good)


class SqlFileLinks:
    """See `bot.ports.FileLinks`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, token_hash: str, key: str, *, until: datetime, now: datetime) -> None:
        await self._link.run(_old, {"at": now})
        await self._link.run(_add, {"token_hash": token_hash, "key": key, "until": until})

    async def key_of(self, token_hash: str, now: datetime) -> str | None:
        found: str | None = await self._link.value(_get, {"hash": token_hash, "at": now})
        return found

    async def use_up(self, token_hash: str, now: datetime) -> bool:
        return await self._link.run(_use_up, {"hash": token_hash, "at": now}) == 1
