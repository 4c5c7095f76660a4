"""Keeps the words of each case where a search finds them: its text, what resident and staff said later, its place.

One row a case holds the words in no order. SQLite looks them up in an FTS5 table, which keeps no text and is told here what
to learn and to forget; PostgreSQL in the row's `lexemes`. Both also hold the words' beginnings. What is sealed is in no text
that comes here, and internal notes are left out.

A word that begins with "@" says where the case is, so that a ward's search never walks through the city's cases. It only
narrows: who may see a case is asked of `storage.visible_cases`, and no resident's word can begin so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Text, bindparam, delete, func, literal_column, select, text

from bot.domain.case import CITY_DESKS, Case, CaseId, CaseStatus, Desk
from bot.domain.thread import Author
from bot.domain.words import beginnings_of, words_to_find
from bot.ports.sealing import Vault
from storage.link import Link, by_engine
from storage.tables import case_words, cases, messages
from storage.types import Id, SealedText

MOST_WORDS = 4000  # of one case; a thread that has more goes on being found by those
AT_CITY, IS_OPEN = "@city", "@open"

_put = by_engine(
    lambda insert_into: (new := insert_into(case_words)).on_conflict_do_update(
        index_elements=["case_id"], set_={"words": new.excluded.words}
    )
)
# PostgreSQL's row and what it looks up in one statement: a row that was written a moment ago would be written a second time.
_put_with_lexemes = by_engine(
    lambda insert_into: (
        new := insert_into(case_words).values(
            case_id=bindparam("case", type_=Id),
            words=bindparam("row", type_=SealedText),
            lexemes=func.array_to_tsvector(func.string_to_array(bindparam("all", type_=Text), literal_column("' '"))),
        )
    ).on_conflict_do_update(index_elements=["case_id"], set_={"words": new.excluded.words, "lexemes": new.excluded.lexemes})
)
_get = select(case_words.c.words).where(case_words.c.case_id == bindparam("case", type_=Id))
_delete = delete(case_words).where(case_words.c.case_id == bindparam("case", type_=Id))
_place = select(cases.c.ward_code, cases.c.desk, cases.c.status, cases.c.text, cases.c.place_key).where(
    cases.c.id == bindparam("case", type_=Id)
)
_said = select(messages.c.text).where(
    messages.c.case_id == bindparam("case", type_=Id), messages.c.author != literal_column(f"'{Author.NOTE.value}'")
)
# FTS5 keeps no words itself: to forget a row it must be told again what it was given.
_learn = text("INSERT INTO case_search (rowid, words) VALUES (:case, :words)")
_unlearn = text("INSERT INTO case_search (case_search, rowid, words) VALUES ('delete', :case, :words)")
# What was forgotten lies in FTS5's file until its segments are merged; a step rewrites so many pages of 4 KB.
_begin_merge = text("INSERT INTO case_search (case_search, rank) VALUES ('merge', -400)")
_merge = text("INSERT INTO case_search (case_search, rank) VALUES ('merge', 400)")
_MERGE_STEPS = 16


def ward_word(ward_code: str) -> str:
    """The word of every case of that ward."""
    return f"@w{ward_code}"


def place_words(ward_code: str | None, desk: Desk, status: CaseStatus) -> set[str]:
    """Where a case is, as words."""
    found = {ward_word(ward_code)} if ward_code else set()
    if desk in CITY_DESKS:
        found.add(AT_CITY)
    if status is CaseStatus.OPEN:
        found.add(IS_OPEN)
    return found


def row_of(words: Iterable[str]) -> str:
    """The words as a row keeps them; those that say where it is come first."""
    return " ".join(sorted(word for word in words if not word.startswith("<"))[:MOST_WORDS])


def with_beginnings(row: str, vault: Vault | None = None) -> str:
    """A row's words and the beginnings of them: what is looked up."""
    words = row.split()
    words += sorted(beginnings_of(words))
    return " ".join(words if vault is None else [as_looked_up(word, vault) for word in words])


def as_looked_up(word: str, vault: Vault | None) -> str:
    """What stands for the word in the engine's index, which lies open: where there is a vault, not the word itself."""
    return word if vault is None or word.startswith("@") else vault.token(word)


@dataclass(slots=True)
class _News:
    """What is new about a case's words since its unit of work began."""

    is_new: bool = False
    is_to_be_read_again: bool = False
    place: set[str] | None = None
    words: set[str] = field(default_factory=set)


class CaseWords:
    """What a unit of work has to tell the search, told just before it commits: once a case, however often it changed."""

    __slots__ = ("_link", "_news")

    def __init__(self, link: Link) -> None:
        self._link = link
        self._news: dict[CaseId, _News] = {}

    def added(self, case: Case) -> None:
        """A new case."""
        news = self._about(case.id)
        news.is_new = True
        news.words |= words_to_find(f"{case.text} {case.place_key}")
        self.changed(case)

    def changed(self, case: Case) -> None:
        """It may be elsewhere now, or closed, or open again."""
        self._about(case.id).place = place_words(case.ward_code, case.desk, case.status)

    def said(self, case_id: CaseId, author: Author, words: str) -> None:
        if author is not Author.NOTE:
            self._about(case_id).words |= words_to_find(words)

    def edited(self, case_id: CaseId) -> None:
        """What was said is no longer what it was: its words are read anew."""
        self._about(case_id).is_to_be_read_again = True

    async def write(self) -> None:
        for case_id, news in self._news.items():
            await self._write(case_id, news)
        self._news = {}

    async def forget(self, case_id: CaseId) -> None:
        """The case is found by no word any more, and as far as a few steps go none is left in the file."""
        self._news.pop(case_id, None)
        before = await self._link.value(_get, {"case": case_id})
        if before is None:
            return
        await self._unlearn(case_id, before, self._link.vault)
        await self._link.run(_delete, {"case": case_id})
        if not self._link.is_postgres:
            await self._link.run(_begin_merge)
            for _ in range(_MERGE_STEPS):
                await self._link.run(_merge)

    def _about(self, case_id: CaseId) -> _News:
        return self._news.setdefault(case_id, _News())

    async def _write(self, case_id: CaseId, news: _News) -> None:
        before = None if news.is_new else await self._link.value(_get, {"case": case_id})
        if news.is_to_be_read_again or (before is None and not news.is_new):
            words = await self._read(case_id)
        else:
            known = set(before.split()) if before else set()
            words = known | news.words
            if news.place is not None:
                words = {word for word in words if not word.startswith("@")} | news.place
        after = row_of(words)
        if after == before:
            return
        await self.replace(case_id, before, after)

    async def replace(self, case_id: CaseId, before: str | None, after: str, *, was_open: bool = False) -> None:
        """One row for another, in the table and in what the engine looks up. `was_open`: the words themselves were there."""
        if before is not None:
            await self._unlearn(case_id, before, None if was_open else self._link.vault)
        looked_up = with_beginnings(after, self._link.vault)
        if self._link.is_postgres:
            await self._link.run(_put_with_lexemes, {"case": case_id, "row": after, "all": looked_up})
            return
        await self._link.run(_put, {"case_id": case_id, "words": after})
        await self._link.run(_learn, {"case": case_id, "words": looked_up})

    async def _unlearn(self, case_id: CaseId, before: str, vault: Vault | None) -> None:
        if not self._link.is_postgres:
            await self._link.run(_unlearn, {"case": case_id, "words": with_beginnings(before, vault)})

    async def _read(self, case_id: CaseId) -> set[str]:
        """Everything anew, from the case and its thread."""
        row = await self._link.row(_place, {"case": case_id})
        if row is None:
            return set()
        words = words_to_find(f"{row.text} {row.place_key}")
        for message in await self._link.rows(_said, {"case": case_id}):
            words |= words_to_find(message.text)
        return words | place_words(row.ward_code, Desk(row.desk), CaseStatus(row.status))
