"""Cases by their words, newest first; those that have exactly the marks that were typed come before the others.

Each engine walks what it found by the cases' ids, from a place on, and stops when a page is full: a word that a million
cases have costs no more than one that few have.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, column, select, table, text

from bot.domain.case import CaseStatus
from bot.domain.queueing import QueueFilter, QueueKey, Sort
from bot.domain.words import Sought
from bot.ports import Viewer
from storage.case_words import AT_CITY, IS_OPEN, ward_word
from storage.link import Link
from storage.queue_filter import conditions
from storage.tables import case_words, cases
from storage.unindexed import unindexed
from storage.visible_cases import place_of

_case_search = table("case_search", column("rowid", Integer))
_matches_on_sqlite = text("case_search MATCH :sought")
_matches_on_postgres = text(
    "array_to_tsvector(string_to_array(case_words.words, ' ')) @@ CAST(CAST(:sought AS text) AS tsquery)"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of what is found: with exact marks, or the others. `beyond` is the id to go on from."""

    is_folded: bool
    beyond: int | None = None


def stretches(sought: Sought, key: QueueKey | None, *, is_backwards: bool) -> list[Stretch]:
    """What to walk, in which order, to fill a page from that place on."""
    both = [False, True] if sought.has_marks else [True]
    if is_backwards:
        both.reverse()
    if key is None:
        return [Stretch(is_folded, None) for is_folded in both]
    begin = both.index(key.is_folded) if key.is_folded in both else 0
    return [Stretch(is_folded, key.case_id if at == 0 else None) for at, is_folded in enumerate(both[begin:])]


def found_ids(
    link: Link, viewer: Viewer, wanted: QueueFilter, sought: Sought, stretch: Stretch, *, is_backwards: bool = False
) -> Select[tuple[int]]:
    """The ids of the found cases of this stretch, newest first (backwards: oldest first)."""
    terms = list(_scope(viewer, wanted))
    if link.is_postgres:
        statement = select(cases.c.id).select_from(case_words.join(cases, cases.c.id == case_words.c.case_id))
        statement = statement.where(_matches_on_postgres.bindparams(sought=_for_postgres(terms, sought, stretch)))
        place: ColumnElement[int] = cases.c.id
    else:
        place = _case_search.c.rowid
        statement = select(cases.c.id).select_from(_case_search.join(cases, cases.c.id == unindexed(place)))
        statement = statement.where(_matches_on_sqlite.bindparams(sought=_for_sqlite(terms, sought, stretch)))
    statement = statement.where(*conditions(viewer, wanted, Sort.NEWEST))
    if stretch.beyond is not None:
        statement = statement.where(place > stretch.beyond if is_backwards else place < stretch.beyond)
    return statement.order_by(place.asc() if is_backwards else place.desc())


def _scope(viewer: Viewer, wanted: QueueFilter) -> Iterator[str]:
    """Words that every case has which this viewer may see and this filter wants."""
    place = place_of(viewer)
    if place is not None:
        yield ward_word(place) if place else AT_CITY
    if wanted.ward_code:
        yield ward_word(wanted.ward_code)
    if wanted.status is CaseStatus.OPEN:
        yield IS_OPEN


def _for_sqlite(scope: list[str], sought: Sought, stretch: Stretch) -> str:
    """In FTS5's language. Every word is quoted, and none can hold a quote."""

    def all_of(words: Iterable[str]) -> str:
        return " AND ".join(f'"{word}"' for word in words)

    if not stretch.is_folded:
        return all_of((*scope, *sought.exact))
    folded = all_of((*scope, *sought.folded))
    return f"({folded}) NOT ({all_of(sought.exact)})" if sought.has_marks else folded


def _for_postgres(scope: list[str], sought: Sought, stretch: Stretch) -> str:
    """In PostgreSQL's language, quoted likewise."""

    def all_of(words: Iterable[str]) -> str:
        return " & ".join(f"'{word}'" for word in words)

    if not stretch.is_folded:
        return all_of((*scope, *sought.exact))
    folded = all_of((*scope, *sought.folded))
    return f"{folded} & !({all_of(sought.exact)})" if sought.has_marks else folded
