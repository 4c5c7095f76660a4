"""Photos found again by their words. A look-up costs as much as it finds, however many photos there are.

Each word is found where it stands in `photo_words`, which has no other order; a random photo shares a hundredth of a word
with another, so of a hundred thousand about seven hundred rows are read, and those that share two are few.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Select,
    TextClause,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)

from bot.domain.case import CaseId
from bot.ports.evidence import Sighting
from storage.link import Link, by_engine
from storage.tables import attachments, messages, photo_prints, photo_words
from storage.types import Id, SealedKey

_unprinted = (
    select(attachments.c.shown_key)
    .where(text("NOT is_printed AND shown_key <> ''"))
    .order_by(attachments.c.id)
    .limit(bindparam("most", type_=Id))
)
_put = by_engine(
    lambda insert_into: insert_into(photo_prints).on_conflict_do_nothing(index_elements=["key"]).returning(photo_prints.c.id)
)
_add_words = insert(photo_words)
_key = bindparam("shown", type_=SealedKey())
_is_printed = (
    update(attachments)
    .where(attachments.c.shown_key == _key, attachments.c.shown_key != literal_column("''"))
    .values(is_printed=true())
)
_GIVEN = {
    "sqlite": text("SELECT value FROM json_each(:words)"),
    "postgresql": text("SELECT CAST(json_array_elements_text(CAST(:words AS json)) AS integer)"),
}
_print_id, _shared = photo_words.c.print_id, func.count().label("shared")


def _sharing(given: TextClause) -> Select[tuple[str]]:
    """First who shares words, by the index alone; then the keys of the few that are left."""
    found = (
        select(_print_id, _shared)
        .where(photo_words.c.word.in_(given))
        .group_by(_print_id)
        .having(func.count() > 1)
        .order_by(_shared.desc(), _print_id)
        .limit(bindparam("most", type_=Id))
        .subquery("found")
    )
    found_prints = select(photo_prints.c.key).join(found, found.c.print_id == photo_prints.c.id)
    return found_prints.order_by(found.c.shared.desc(), found.c.print_id)


_alike = {engine: _sharing(given) for engine, given in _GIVEN.items()}
_keys: BindParameter[str] = bindparam("keys", expanding=True)
_sightings = (
    select(attachments.c.id, attachments.c.key, attachments.c.shown_key, messages.c.case_id, messages.c.at)
    .join(messages, messages.c.id == attachments.c.message_id)
    .where(
        or_(
            attachments.c.key.in_(_keys) & (attachments.c.key != literal_column("''")),
            attachments.c.shown_key.in_(_keys) & (attachments.c.shown_key != literal_column("''")),
        )
    )
    .order_by(attachments.c.id)
    .limit(bindparam("most", type_=Id))
)
_print_of = select(photo_prints.c.id, photo_prints.c.words).where(
    photo_prints.c.key == _key,
    ~select(literal_column("1"))
    .where(attachments.c.shown_key == photo_prints.c.key, attachments.c.shown_key != literal_column("''"))
    .exists(),
)
_drop_words = delete(photo_words).where(
    photo_words.c.word.in_(bindparam("words", expanding=True)), photo_words.c.print_id == bindparam("print", type_=Id)
)
_drop = delete(photo_prints).where(photo_prints.c.id == bindparam("print", type_=Id))


class SqlPhotoPrints:
    """See `bot.ports.evidence.PhotoPrints`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def unprinted(self, most: int) -> list[str]:
        return list(dict.fromkeys(row.shown_key for row in await self._link.rows(_unprinted, {"most": most})))

    async def put(self, key: str, words: Collection[int], now: datetime) -> None:
        each = sorted(set(words))
        print_id = await self._link.value(_put, {"key": key, "words": each, "at": now})
        if print_id is not None and each:
            await self._link.run(_add_words, [{"word": word, "print_id": print_id} for word in each])
        await self._link.run(_is_printed, {"shown": key})

    async def alike(self, words: Collection[int], most: int) -> list[str]:
        if not words:
            return []
        values = {"words": json.dumps(sorted(set(words))), "most": most}
        return [row.key for row in await self._link.rows(_alike[self._link.engine], values)]

    async def sightings(self, keys: Sequence[str], most: int) -> list[Sighting]:
        wanted = [key for key in keys if key]
        if not wanted:
            return []
        return [
            Sighting(file_id=row.id, case_id=CaseId(row.case_id), at=row.at, key=row.key, shown_key=row.shown_key)
            for row in await self._link.rows(_sightings, {"keys": wanted, "most": most})
        ]

    async def forget(self, keys: Collection[str]) -> None:
        for key in sorted(set(keys)):
            row = await self._link.row(_print_of, {"shown": key})
            if row is None:
                continue
            if row.words:
                await self._link.run(_drop_words, {"words": row.words, "print": row.id})
            await self._link.run(_drop, {"print": row.id})
