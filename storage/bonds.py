"""Which chats are one person's: a code, of which only the keyed hash is kept, ties two of them. See `bot.ports.Bonds`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, insert, null, or_, select, update

from bot.domain.bonds import Bond
from bot.domain.case import CaseId
from bot.domain.people import Address, Channel, ResidentId
from bot.domain.reply import Move, Reply
from bot.ports.bonds import OnItsWay
from storage.claiming import is_state
from storage.link import Link
from storage.redirecting import put_elsewhere
from storage.tables import addresses, bonds, cases, messages, outbox
from storage.types import Id, SealedName, UtcDateTime

_bonds = bonds.c
_on = bindparam("on", type_=_bonds.channel.type)
_whom = bindparam("whom", type_=SealedName)
_its_on = bindparam("its_on", type_=_bonds.channel.type)
_its_whom = bindparam("its_whom", type_=SealedName)
_at = bindparam("at", type_=UtcDateTime)
_is_tied, _waits = _bonds.tied_at.is_not(None), _bonds.tied_at.is_(None)
_asks = and_(_bonds.channel == _on, _bonds.external_id == _whom)
_answers = and_(_bonds.other_channel == _on, _bonds.other_external_id == _whom)
_this = _bonds.id == bindparam("bond", type_=Id)

_void = delete(bonds).where(_waits, or_(_asks, _bonds.code_until <= _at))
_begin = insert(bonds)
_of_code = select(bonds).where(_bonds.code_hash == bindparam("hash"), _waits, _bonds.code_until > _at)
_tie = (
    update(bonds)
    .where(_this, _waits, _asks, _bonds.code_until > _at)
    .values(other_channel=_its_on, other_external_id=_its_whom, code_hash="", code_until=null(), tied_at=_at)
    .returning(bonds)
)
_of = select(bonds).where(_is_tied, or_(_asks, _answers)).order_by(_bonds.id)
_between = _of.where(
    or_(
        and_(_bonds.channel == _its_on, _bonds.external_id == _its_whom),
        and_(_bonds.other_channel == _its_on, _bonds.other_external_id == _its_whom),
    )
)
_whose = addresses.c.resident_id
_beyond = select(_whose).where(
    or_(
        exists().where(
            _is_tied, _asks, _bonds.other_channel == addresses.c.channel, _bonds.other_external_id == addresses.c.external_id
        ),
        exists().where(
            _is_tied, _answers, _bonds.channel == addresses.c.channel, _bonds.external_id == addresses.c.external_id
        ),
    )
)
_cut = delete(bonds).where(_this, _is_tied)
_forget = delete(bonds).where(or_(_asks, _answers))

_answers_waiting = (
    select(
        *(outbox.c[name] for name in ("id", "channel", "external_id", "body")),
        messages.c.case_id,
        cases.c.channel.label("home_channel"),
        cases.c.external_id.label("home_id"),
    )
    .select_from(outbox.join(messages, messages.c.id == outbox.c.message_id).join(cases, cases.c.id == messages.c.case_id))
    .where(is_state("waiting", outbox))
)
_on_its_way = _answers_waiting.where(outbox.c.id == bindparam("reply", type_=Id))
_is_nobodys = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _at)
_could_go_elsewhere = or_(
    exists().where(_is_tied, _bonds.channel == outbox.c.channel, _bonds.external_id == outbox.c.external_id),
    exists().where(_is_tied, _bonds.other_channel == outbox.c.channel, _bonds.other_external_id == outbox.c.external_id),
)
_stuck = (
    _answers_waiting.where(
        _is_nobodys,
        outbox.c.id > bindparam("after", type_=Id),
        outbox.c.created_at <= bindparam("before", type_=UtcDateTime),
        outbox.c.channel == cases.c.channel,
        outbox.c.external_id == cases.c.external_id,
        _could_go_elsewhere,
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Id))
)
_away = _answers_waiting.where(
    _is_nobodys,
    outbox.c.channel == _on,
    outbox.c.external_id == _whom,
    cases.c.channel == _its_on,
    cases.c.external_id == _its_whom,
).order_by(outbox.c.id)


class SqlBonds:
    """See `bot.ports.Bonds`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def begin(self, asker: Address, code_hash: str, *, until: datetime, now: datetime) -> None:
        await self._link.run(_void, {**_key(asker), "at": now})
        row = {"channel": asker.channel.value, "external_id": asker.external_id, "code_hash": code_hash, "code_until": until}
        await self._link.run(_begin, row)

    async def waiting(self, code_hash: str, now: datetime) -> Bond | None:
        row = await self._link.row(_of_code, {"hash": code_hash, "at": now})
        return _bond(row) if row else None

    async def tie(self, bond_id: int, asker: Address, other: Address, now: datetime) -> Bond | None:
        row = await self._link.row(_tie, {**_key(asker), **_its_key(other), "bond": bond_id, "at": now})
        return _bond(row) if row else None

    async def of(self, address: Address) -> list[Bond]:
        return [_bond(row) for row in await self._link.rows(_of, _key(address))]

    async def are_tied(self, one: Address, other: Address) -> bool:
        return await self._link.row(_between, {**_key(one), **_its_key(other)}) is not None

    async def residents_beyond(self, address: Address) -> list[ResidentId]:
        return [ResidentId(row.resident_id) for row in await self._link.rows(_beyond, _key(address))]

    async def cut(self, bond_id: int) -> bool:
        return bool(await self._link.run(_cut, {"bond": bond_id}))

    async def forget(self, address: Address) -> None:
        await self._link.run(_forget, _key(address))

    async def on_its_way(self, reply_id: int) -> OnItsWay | None:
        row = await self._link.row(_on_its_way, {"reply": reply_id})
        return _answer(row) if row else None

    async def stuck(self, *, queued_before: datetime, now: datetime, after: int, most: int) -> Sequence[OnItsWay]:
        values = {"before": queued_before, "at": now, "after": after, "most": most}
        return [_answer(row) for row in await self._link.rows(_stuck, values)]

    async def away(self, start: Address, home: Address, now: datetime) -> Sequence[OnItsWay]:
        return [_answer(row) for row in await self._link.rows(_away, {**_key(start), **_its_key(home), "at": now})]

    async def move(self, reply_id: int, move: Move, now: datetime) -> bool:
        return await put_elsewhere(self._link, reply_id, move, at=now) is not None


def _key(address: Address) -> dict[str, str]:
    return {"on": address.channel.value, "whom": address.external_id}


def _its_key(address: Address) -> dict[str, str]:
    return {"its_on": address.channel.value, "its_whom": address.external_id}


def _bond(row: Row[Any]) -> Bond:
    return Bond(
        id=row.id,
        asker=Address(Channel(row.channel), row.external_id),
        other=Address(Channel(row.other_channel), row.other_external_id) if row.tied_at else None,
        tied_at=row.tied_at,
    )


def _answer(row: Row[Any]) -> OnItsWay:
    return OnItsWay(
        id=row.id,
        address=Address(Channel(row.channel), row.external_id),
        reply=Reply.from_dict(row.body),
        case_id=CaseId(row.case_id),
        home=Address(Channel(row.home_channel), row.home_id),
    )
