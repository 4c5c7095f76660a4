"""Where we stand with each address, and whose address it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Row, Text, bindparam, delete, insert, select, type_coerce, update

from bot.domain.case import CaseCode
from bot.domain.changing import replace
from bot.domain.draft import Awaited, Awaits, Conversation, Draft, Question
from bot.domain.people import Address, Channel, Language, ResidentId
from bot.domain.reply import Choice, pack_choice, read_choice
from bot.domain.ward import WardCode
from bot.ports.sealing import Vault
from storage.link import Link, by_engine
from storage.tables import addresses, conversations, residents
from storage.types import comes_back_the_same, open_json, pack

log = structlog.get_logger()

Value = TypeVar("Value")

_KEY = ("channel", "external_id")
_NOT_OURS = (*_KEY, "paused_until", "pause_reason", "has_missed")  # a turn that began before staff paused must not undo it

_SEALED = ("draft", "offered")  # as they lie there: most of them we sealed ourselves a moment ago
ROWS = select(
    *(column for column in conversations.c if column.name not in _SEALED),
    *(type_coerce(conversations.c[name], Text).label(name) for name in _SEALED),
)
_get = ROWS.where(conversations.c.channel == bindparam("channel"), conversations.c.external_id == bindparam("external_id"))
_put = by_engine(
    lambda insert_into: (
        stored := insert_into(conversations).values({name: bindparam(f"sealed_{name}", type_=Text) for name in _SEALED})
    ).on_conflict_do_update(
        index_elements=_KEY,
        set_={column.name: stored.excluded[column.name] for column in conversations.c if column.name not in _NOT_OURS},
    )
)
_whose = select(addresses.c.resident_id).where(
    addresses.c.channel == bindparam("channel"), addresses.c.external_id == bindparam("external_id")
)
_new_resident = insert(residents).returning(residents.c.id)
_new_address = by_engine(
    lambda insert_into: insert_into(addresses).on_conflict_do_nothing(index_elements=_KEY).returning(addresses.c.resident_id)
)
_pause = (
    update(conversations)
    .where(conversations.c.channel == bindparam("on"), conversations.c.external_id == bindparam("whom"))
    .values(paused_until=bindparam("until"), pause_reason=bindparam("why"), pause_told_at=None)
)
_settle = (
    update(conversations)
    .where(conversations.c.channel == bindparam("on"), conversations.c.external_id == bindparam("whom"))
    .values(last_ward=bindparam("ward"))
)
MOST_KNOWN = 1000  # drafts, and as many offers: of those who are just now in a conversation
_drop_resident = delete(residents).where(residents.c.id == bindparam("resident"))


class _Known(Generic[Value]):
    """What was sealed last, by its seal: no two seals are alike, so that none of these is ever out of date."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}

    def keep(self, sealed: str, value: Value) -> None:
        if len(self._values) >= MOST_KNOWN:
            del self._values[next(iter(self._values))]  # the oldest
        self._values[sealed] = value

    def take(self, sealed: str) -> Value | None:
        """Once: what a turn goes on from it seals anew."""
        return self._values.pop(sealed, None)

    @property
    def count(self) -> int:
        return len(self._values)

    def forget(self) -> None:
        self._values.clear()


_known_drafts: _Known[Draft] = _Known()
_known_offers: _Known[tuple[Choice, ...]] = _Known()


def forget_known() -> None:
    """Somebody had their words erased: none of them stays in this process either, where others are only opened again."""
    _known_drafts.forget()
    _known_offers.forget()


class SqlConversations:
    """See `bot.ports.Conversations`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, address: Address) -> Conversation:
        row = await self._link.row(_get, {"channel": address.channel.value, "external_id": address.external_id})
        return conversation_from(row, self._link.vault) if row else Conversation(address=address)

    async def put(self, conversation: Conversation, now: datetime) -> Conversation:
        if conversation.resident_id is None:
            resident_id = await self._resident_of(conversation.address, now)
            conversation = replace(conversation, resident_id=resident_id)
        await self._link.run(
            _put,
            {
                "channel": conversation.address.channel.value,
                "external_id": conversation.address.external_id,
                "resident_id": conversation.resident_id,
                "language": conversation.language.value,
                "sealed_draft": self._sealed_draft(conversation.draft),
                "draft_files": pack_keys(conversation.draft, self._link.vault),
                "asked": conversation.asked.value if conversation.asked else None,
                "case_code": conversation.case_code,
                "preset_ward": conversation.preset_ward,
                "preset_board": conversation.preset_board,
                "last_group_id": conversation.last_group_id,
                "is_blocked": conversation.is_blocked,
                "last_ward": conversation.last_ward,
                "awaits": [conversation.awaits.what, conversation.awaits.about] if conversation.awaits else None,
                "draft_due_at": conversation.draft_due_at,
                "draft_reminded": conversation.draft_reminded,
                "pause_told_at": conversation.pause_told_at,
                "withheld_told_at": conversation.withheld_told_at,
                "sealed_offered": self._sealed_offer(conversation.offered),
                "updated_at": now,
            },
        )
        return conversation

    def _sealed_draft(self, draft: Draft | None) -> str | None:
        if draft is None:
            return None
        return self._sealed(draft.to_dict(), _known_drafts, draft)

    def _sealed_offer(self, offered: tuple[Choice, ...]) -> str | None:
        packed = pack_choices(offered)
        return None if packed is None else self._sealed(packed, _known_offers, offered)

    def _sealed(self, value: Any, known: _Known[Value], meaning: Value) -> str:
        packed, vault = pack(value), self._link.vault
        sealed = packed if vault is None else vault.seal(packed)
        if comes_back_the_same(packed):
            known.keep(sealed, meaning)
        return sealed

    async def pause(self, address: Address, *, until: datetime | None, reason: str) -> bool:
        key = {"on": address.channel.value, "whom": address.external_id}
        return await self._link.run(_pause, {**key, "until": until, "why": reason if until else ""}) == 1

    async def settle(self, address: Address, ward_code: WardCode) -> None:
        key = {"on": address.channel.value, "whom": address.external_id}
        await self._link.run(_settle, {**key, "ward": ward_code})

    async def _resident_of(self, address: Address, now: datetime) -> ResidentId:
        key = {"channel": address.channel.value, "external_id": address.external_id}
        known = await self._link.value(_whose, key)
        if known is not None:
            return ResidentId(known)
        resident_id = await self._link.value(_new_resident, {"created_at": now})
        if await self._link.row(_new_address, {**key, "resident_id": resident_id, "created_at": now}) is None:
            # Another process has just met this address.
            await self._link.run(_drop_resident, {"resident": resident_id})
            resident_id = await self._link.value(_whose, key)
        return ResidentId(resident_id)


def conversation_from(row: Row[Any], vault: Vault | None) -> Conversation:
    """The conversation of one of `ROWS`."""
    draft, asked = _draft_of(row, vault)
    return Conversation(
        address=Address(Channel(row.channel), row.external_id),
        resident_id=ResidentId(row.resident_id),
        language=Language(row.language),
        draft=draft,
        asked=asked,
        case_code=CaseCode(row.case_code) if row.case_code else None,
        preset_ward=WardCode(row.preset_ward) if row.preset_ward else None,
        preset_board=row.preset_board,
        last_group_id=row.last_group_id,
        is_blocked=row.is_blocked,
        last_ward=WardCode(row.last_ward) if row.last_ward else None,
        awaits=_awaits_of(row.awaits),
        draft_due_at=row.draft_due_at,
        draft_reminded=row.draft_reminded,
        paused_until=row.paused_until,
        has_missed=row.has_missed,
        pause_reason=row.pause_reason,
        pause_told_at=row.pause_told_at,
        withheld_told_at=row.withheld_told_at,
        offered=_offer_of(row.offered, vault) if row.offered else (),
    )


def pack_choices(offered: Sequence[Choice]) -> list[list[Any]] | None:
    """As the column holds them."""
    return [pack_choice(choice) for choice in offered] or None


def pack_keys(draft: Draft | None, vault: Vault | None) -> str:
    """The keys of a draft's files, as `SealedKey` keeps one: the draft itself lies sealed, and they are looked for in it."""
    keys = [key for file in draft.files for key in (file.key, file.shown_key) if key] if draft else []
    return " ".join(keys if vault is None else map(vault.file_key, keys))


def _awaits_of(found: list[str] | None) -> Awaits | None:
    """None also for a question that this version does not know: then the words are heard as any others."""
    if not found or found[0] not in {awaited.value for awaited in Awaited}:
        return None
    return Awaits(Awaited(found[0]), found[1])


def _offer_of(sealed: str, vault: Vault | None) -> tuple[Choice, ...]:
    known = _known_offers.take(sealed)
    return known if known is not None else tuple(read_choice(found) for found in open_json(sealed, vault))


def _draft_of(row: Row[Any], vault: Vault | None) -> tuple[Draft | None, Question | None]:
    """The open draft and what was asked about it.

    A draft that cannot be read (a disk's fault, a newer version's words) is none: the resident can go on with a new one,
    and every message of the old one is still in the inbox.
    """
    try:
        draft = _read_draft(row.draft, vault) if row.draft else None
        return draft, Question(row.asked) if row.asked else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        log.error("draft_unreadable", resident=row.resident_id, error=type(wrong).__name__)
        return None, None


def _read_draft(sealed: str, vault: Vault | None) -> Draft:
    known = _known_drafts.take(sealed)
    return known if known is not None else Draft.from_dict(open_json(sealed, vault))
