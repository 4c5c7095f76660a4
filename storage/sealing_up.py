"""Seals what was kept before there were keys: once, after the migration that brings them, before anything else is done.

It goes through the tables in portions, each a transaction of its own. Killed, it begins again at the next start and passes
over what is sealed already; a table that is done is not looked at again.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import count
from typing import Any

import structlog
from sqlalchemy import (
    Column,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import CaseId
from bot.ports.sealing import Vault
from storage.case_words import CaseWords
from storage.link import Link, by_engine, commit
from storage.own_keys import OF_CASES, OF_RESIDENTS, OwnKeys
from storage.spots import point_of, sealed_point, spot_values
from storage.tables import (
    addresses,
    attachments,
    case_events,
    case_words,
    cases,
    closings,
    conversations,
    doomed_files,
    evidence_checks,
    identities,
    identity_openings,
    inbox,
    message_revisions,
    messages,
    outbox,
    photo_prints,
    proposals,
    routing_corrections,
    saved_views,
    sealed_tables,
    secret_tries,
    staff_chats,
    staff_drafts,
)
from storage.trouble import busy_when_out_of_reach
from storage.types import Id, SealedJson, SealedKey, SealedName, SealedText

log = structlog.get_logger()

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Portion = Callable[[Link, int], Awaitable[int | None]]  # from this id on; where to go on, None at the end
PORTION = 500  # rows a transaction

TOLD_EVERY = 20  # portions, while it takes long

_PLAIN = (
    *(inbox, outbox, cases, messages, message_revisions, attachments, routing_corrections, staff_chats),
    *(photo_prints, evidence_checks),
)
_OF_STAFF = (case_events, closings, proposals, identity_openings, evidence_checks)  # what staff write of a case
_WHOSE = (conversations.c.channel, conversations.c.external_id)
_done = select(sealed_tables.c.name)
_finish = by_engine(lambda insert_into: insert_into(sealed_tables).on_conflict_do_nothing(index_elements=["name"]))


async def seal_up(transaction: Transaction) -> None:
    """Seal every row that is not sealed; nothing where all is done."""
    async with transaction() as connection:
        done = {row.name for row in await Link(connection).rows(_done)}
    for name, portion in _portions():
        if name not in done:
            await _walk(transaction, name, portion)


async def is_sealed(link: Link, name: str) -> bool:
    """Whether that is done, a table or what else."""
    return name in {row.name for row in await link.rows(_done)}


async def mark_sealed(link: Link, name: str) -> None:
    await link.run(_finish, {"name": name})


def _portions() -> list[tuple[str, Portion]]:
    of_revision = select(messages.c.case_id).where(messages.c.id == message_revisions.c.message_id).scalar_subquery()
    return [
        *((table.name, partial(_seal_rows, table)) for table in _PLAIN),
        ("addresses", _seal_addresses),  # with the conversations, which point to them
        *((table.name, partial(_seal_named, table)) for table in (conversations, secret_tries)),
        ("draft_files", _seal_draft_files),
        ("doomed_files", _seal_doomed),
        ("case_words", _seal_words),
        ("messages.sealed", partial(_seal_own, messages, OF_CASES, messages.c.case_id)),
        ("message_revisions.sealed", partial(_seal_own, message_revisions, OF_CASES, of_revision)),
        ("identities.sealed", partial(_seal_own, identities, OF_RESIDENTS, identities.c.resident_id)),
        *((f"{table.name}.staff", partial(_seal_rows, table)) for table in (*_OF_STAFF, saved_views)),
        ("staff_drafts.staff", _seal_staff_drafts),
        ("cases.spot", _seal_spots),
        ("routing_corrections.spot", _seal_corrected_spots),
    ]


async def _walk(transaction: Transaction, name: str, portion: Portion) -> None:
    """One portion after the other, to the end of the table."""
    after: int | None = 0
    for number in count(1):
        if after is None:
            return
        if number % TOLD_EVERY == 0:
            log.info("sealing_rows", table=name, rows=number * PORTION)
        async with transaction() as connection:
            link = Link(connection)
            after = await portion(link, after)
            if after is None:
                await mark_sealed(link, name)
            with busy_when_out_of_reach():
                await commit(connection)


def _as_it_lies(column: Column[Any]) -> ColumnElement[Any]:
    """The column without its type's opening, under its name."""
    return type_coerce(column, Text if _seal_of(column) else column.type).label(column.name)


def _seal_of(column: Column[Any]) -> SealedName | SealedKey | SealedText | None:
    """What seals the text as it lies in the table; None for a column that lies open."""
    if isinstance(column.type, SealedName | SealedKey | SealedText):
        return column.type
    return SealedText() if isinstance(column.type, SealedJson) else None


def _lies_open(column: Column[Any]) -> ColumnElement[bool]:
    raw = type_coerce(column, Text)
    if isinstance(column.type, SealedKey):  # a seal has small letters and great ones, a key only small ones
        return and_(raw != "", raw == func.lower(raw))
    mark = "~n1." if isinstance(column.type, SealedName) else "~s1."
    return and_(raw != "", raw.not_like(f"{mark}%"))


def _new(columns: list[Column[Any]]) -> dict[str, Any]:
    return {column.name: bindparam(f"new_{column.name}", type_=Text) for column in columns}


def _news(row: Row[Any], columns: list[Column[Any]], vault: Vault | None) -> dict[str, Any]:
    return {f"new_{column.name}": _sealed(column, row._mapping[column.name], vault) for column in columns}


def _sealed(column: Column[Any], raw: str | None, vault: Vault | None) -> str | None:
    """As it shall lie; of a row that was written since, some may be sealed already."""
    if not raw or vault is None:
        return raw
    if isinstance(column.type, SealedKey):
        return vault.file_key(raw)
    if isinstance(column.type, SealedName):
        return raw if raw.startswith("~n1.") else vault.name(raw)
    return raw if raw.startswith("~s1.") else vault.seal(raw)


async def _seal_rows(table: Table, link: Link, after: int) -> int | None:
    """Of a table with one number for its key."""
    [key] = table.primary_key.columns
    columns = [column for column in table.c if _seal_of(column)]
    find = select(key.label("row_key"), *map(_as_it_lies, columns)).where(key > after, or_(*map(_lies_open, columns)))
    rows = await link.rows(find.order_by(key).limit(PORTION))
    if not rows:
        return None
    put = update(table).where(key == bindparam("row_key", type_=Id)).values(_new(columns))
    await link.run(put, [{"row_key": row.row_key, **_news(row, columns, link.vault)} for row in rows])
    return int(rows[-1].row_key)


async def _seal_named(table: Table, link: Link, _after: int) -> int | None:
    """Of a table whose key is an address."""
    columns = [column for column in table.c if _seal_of(column)]
    find = select(table.c.channel.label("on"), *map(_as_it_lies, columns)).where(or_(*map(_lies_open, columns)))
    rows = await link.rows(find.limit(PORTION))
    if not rows:
        return None
    mine = (table.c.channel == bindparam("on"), type_coerce(table.c.external_id, Text) == bindparam("whom", type_=Text))
    put = update(table).where(*mine).values(_new(columns))
    await link.run(put, [{"on": row.on, "whom": row.external_id, **_news(row, columns, link.vault)} for row in rows])
    return 0


async def _seal_addresses(link: Link, _after: int) -> int | None:
    """The new one first, then what points to it, then the old one goes: a conversation never stands without."""
    find = select(*map(_as_it_lies, addresses.c)).where(_lies_open(addresses.c.external_id)).limit(PORTION)
    rows = await link.rows(find)
    if not rows:
        return None

    def mine(table: Table) -> ColumnElement[bool]:
        raw = type_coerce(table.c.external_id, Text)
        return and_(table.c.channel == bindparam("on"), raw == bindparam("whom", type_=Text))

    await link.run(insert(addresses), [dict(row._mapping) for row in rows])
    keys = [{"on": row.channel, "whom": row.external_id} for row in rows]
    move = update(conversations).where(mine(conversations)).values(external_id=bindparam("to", type_=SealedName()))
    await link.run(move, [{**key, "to": key["whom"]} for key in keys])
    await link.run(delete(addresses).where(mine(addresses)), keys)
    return 0


async def _seal_staff_drafts(link: Link, _after: int) -> int | None:
    key = staff_drafts.primary_key.columns.values()
    columns = [column for column in staff_drafts.c if _seal_of(column)]
    names = [column.label(f"key_{column.name}") for column in key]
    rows = await link.rows(select(*names, *map(_as_it_lies, columns)).where(or_(*map(_lies_open, columns))).limit(PORTION))
    if not rows:
        return None
    mine = [column == bindparam(f"key_{column.name}", type_=column.type) for column in key]
    put = update(staff_drafts).where(*mine).values(_new(columns))
    keys = [{f"key_{column.name}": row._mapping[f"key_{column.name}"] for column in key} for row in rows]
    await link.run(put, [mine | _news(row, columns, link.vault) for mine, row in zip(keys, rows, strict=True)])
    return 0


async def _seal_draft_files(link: Link, _after: int) -> int | None:
    """Of the drafts that were open; their keys are looked for as they lie."""
    mine = (conversations.c.channel == bindparam("on"), conversations.c.external_id == bindparam("whom"))
    rows = await link.rows(select(*_WHOSE, conversations.c.draft_files).where(conversations.c.draft_files != ""))
    put = update(conversations).where(*mine).values(draft_files=bindparam("new_keys"))
    for row in rows:
        keys = row.draft_files.split()
        sealed = " ".join(link.vault.file_key(key) for key in keys) if link.vault else row.draft_files
        await link.run(put, {"on": row.channel, "whom": row.external_id, "new_keys": sealed})
    return None


async def _seal_doomed(link: Link, _after: int) -> int | None:
    raw = type_coerce(doomed_files.c.key, Text)
    rows = await link.rows(select(raw.label("raw")).where(_lies_open(doomed_files.c.key)).limit(PORTION))
    if not rows:
        return None
    put = update(doomed_files).where(raw == bindparam("old", type_=Text)).values(key=bindparam("to", type_=SealedKey()))
    await link.run(put, [{"old": row.raw, "to": row.raw} for row in rows])
    return 0


async def _seal_words(link: Link, after: int) -> int | None:
    """What a search looks up: the index forgets the words and learns what stands for them."""
    raw = type_coerce(case_words.c.words, Text).label("words")
    find = select(case_words.c.case_id, raw).where(case_words.c.case_id > after, _lies_open(case_words.c.words))
    rows = await link.rows(find.order_by(case_words.c.case_id).limit(PORTION))
    if not rows:
        if not link.is_postgres:
            await link.run(text("INSERT INTO case_search (case_search) VALUES ('optimize')"))  # leaves nothing of the words
        return None
    words = CaseWords(link)
    for row in rows:
        await words.replace(CaseId(row.case_id), row.words, row.words, was_open=True)
    return int(rows[-1].case_id)


async def _seal_own(table: Table, keys: OwnKeys, whose: ColumnElement[int], link: Link, after: int) -> int | None:
    """What was sealed with the key of all lies under a key of its own now."""
    [key] = table.primary_key.columns
    find = select(key.label("row_key"), table.c.sealed, whose.label("whose")).where(key > after, table.c.sealed.like("1.%"))
    rows = await link.rows(find.order_by(key).limit(PORTION))
    if not rows:
        return None
    put = (
        update(table)
        .where(key == bindparam("row_key", type_=Id))
        .values(sealed=bindparam("own_seal", type_=table.c.sealed.type))
    )
    await link.run(put, [{"row_key": row.row_key, "own_seal": await keys.seal(link, row.whose, row.sealed)} for row in rows])
    return int(rows[-1].row_key)


async def _seal_spots(link: Link, after: int) -> int | None:
    find = select(cases).where(cases.c.id > after, cases.c.lat.is_not(None), cases.c.spot.is_(None))
    rows = await link.rows(find.order_by(cases.c.id).limit(PORTION))
    if not rows:
        return None
    mine = cases.c.id == bindparam("row_key", type_=Id)
    for row in rows:
        known = spot_values(point_of(row), desk=row.desk, is_sensitive=row.is_sensitive)
        await link.run(update(cases).where(mine).values(known), {"row_key": row.id})
    return int(rows[-1].id)


async def _seal_corrected_spots(link: Link, after: int) -> int | None:
    key = routing_corrections.c.case_id
    find = select(routing_corrections).where(key > after, routing_corrections.c.lat.is_not(None))
    rows = await link.rows(find.order_by(key).limit(PORTION))
    if not rows:
        return None
    put = update(routing_corrections).where(key == bindparam("row_key", type_=Id))
    for row in rows:
        if (point := point_of(row)) is not None:
            await link.run(put.values(spot=sealed_point(point), lat=null(), lon=null()), {"row_key": row.case_id})
    return int(rows[-1].case_id)
