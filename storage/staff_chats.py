"""Chats that staff are pinged in. A code, of which only the keyed hash is kept, proves whose chat it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, false, insert, null, select, update

from bot.domain.people import Address, Channel, StaffId, StaffMember
from bot.domain.staffing import StaffChat
from storage.link import Link
from storage.staff import member_from
from storage.tables import staff, staff_chats
from storage.types import Id, UtcDateTime

_chats = staff_chats.c
_mine = _chats.staff_id == bindparam("member", type_=Id)
_this_chat = _chats.id == bindparam("chat", type_=Id)
_is_linked, _waits = _chats.linked_at.is_not(None), _chats.linked_at.is_(None)
_at_address = [_is_linked, _chats.channel == bindparam("on"), _chats.external_id == bindparam("external")]
_void = delete(staff_chats).where(_mine, _waits, _chats.channel == bindparam("on"))
_begin = insert(staff_chats).returning(staff_chats)
_of_code = (
    select(staff_chats)
    .select_from(staff_chats.join(staff, staff.c.id == _chats.staff_id))
    .where(
        _waits,
        _chats.code_hash == bindparam("hash"),
        _chats.channel == bindparam("on"),
        _chats.code_until > bindparam("at", type_=UtcDateTime),
        staff.c.is_disabled == false(),
    )
    .with_for_update(of=staff_chats)
)
_unlink = delete(staff_chats).where(*_at_address)
_link = (
    update(staff_chats)
    .where(_this_chat, _waits)
    .values(external_id=bindparam("external"), code_hash="", code_until=null(), linked_at=bindparam("at", type_=UtcDateTime))
    .returning(staff_chats)
)
_of = select(staff_chats).where(_mine).order_by(_chats.id)
_by_address = select(staff_chats).where(*_at_address)
_linked = (
    select(
        staff,
        _chats.id.label("chat_id"),
        *(_chats[name] for name in ("staff_id", "channel", "external_id", "code_hash", "code_until", "linked_at")),
    )
    .select_from(staff_chats.join(staff, staff.c.id == _chats.staff_id))
    .where(_is_linked, staff.c.is_disabled == false())
    .order_by(_chats.id)
)
_remove = delete(staff_chats).where(_mine, _this_chat)


class SqlStaffChats:
    """See `bot.ports.StaffChats`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def begin(self, staff_id: StaffId, channel: Channel, code_hash: str, *, until: datetime) -> StaffChat:
        await self._link.run(_void, {"member": staff_id, "on": channel.value})
        values = {"staff_id": staff_id, "channel": channel.value, "external_id": "", "code_hash": code_hash}
        [row] = await self._link.rows(_begin, values | {"code_until": until})
        return _chat(row, row.id)

    async def link(self, address: Address, code_hash: str, now: datetime) -> StaffChat | None:
        place = {"on": address.channel.value, "external": address.external_id}
        waiting = await self._link.row(_of_code, {"hash": code_hash, "on": place["on"], "at": now})
        if waiting is None:
            return None
        await self._link.run(_unlink, place)
        row = await self._link.row(_link, {"chat": waiting.id, "external": place["external"], "at": now})
        return _chat(row, row.id) if row else None

    async def of(self, staff_id: StaffId) -> list[StaffChat]:
        return [_chat(row, row.id) for row in await self._link.rows(_of, {"member": staff_id})]

    async def by_address(self, address: Address) -> StaffChat | None:
        row = await self._link.row(_by_address, {"on": address.channel.value, "external": address.external_id})
        return _chat(row, row.id) if row else None

    async def linked(self) -> list[tuple[StaffChat, StaffMember]]:
        return [(_chat(row, row.chat_id), member_from(row)) for row in await self._link.rows(_linked)]

    async def remove(self, staff_id: StaffId, chat_id: int) -> bool:
        return bool(await self._link.run(_remove, {"member": staff_id, "chat": chat_id}))


def _chat(row: Row[Any], chat_id: int) -> StaffChat:
    return StaffChat(
        id=chat_id,
        staff_id=StaffId(row.staff_id),
        channel=Channel(row.channel),
        external_id=row.external_id,
        code_hash=row.code_hash,
        linked_at=row.linked_at,
        code_until=row.code_until,
    )
