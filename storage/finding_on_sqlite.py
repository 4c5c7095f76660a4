"""Finds cases by words with FTS5, whose own order is that of the cases' ids: it is walked until a page is full."""

from collections.abc import Iterable

from sqlalchemy import Integer, Select, column, select, table, text

from bot.ports.sealing import Vault
from storage.case_words import as_looked_up
from storage.finding import Look, Stretch
from storage.link import Link
from storage.tables import cases
from storage.unindexed import unindexed

_search = table("case_search", column("rowid", Integer))
_matches = text("case_search MATCH :sought")
_NOWHERE = "@"  # a word that no case has


async def find_on_sqlite(link: Link, look: Look, stretch: Stretch, most: int) -> list[int]:
    """Ids of found cases of this stretch, in order."""
    return [row.id for row in await link.rows(found_ids(look, stretch).limit(most))]


def found_ids(look: Look, stretch: Stretch) -> Select[tuple[int]]:
    """The statement for it."""
    place = _search.c.rowid
    return (
        # Unindexed: the case is looked up for the word, never the word for every case.
        select(cases.c.id)
        .select_from(_search.join(cases, cases.c.id == unindexed(place)))
        .where(_matches.bindparams(sought=_said(look, stretch)), *look.conditions(), *look.beyond(place, stretch))
        .order_by(look.in_order(place))
    )


def _said(look: Look, stretch: Stretch) -> str:
    """In FTS5's language. Every word is quoted, and none can hold a quote."""
    vault = look.vault
    if not stretch.is_folded:
        return _all_of((*look.scope, *look.sought.exact), vault)
    folded = _all_of((*look.scope, *look.sought.folded), vault)
    # Without the scope: it is there already, and every word is walked for itself.
    return f"({folded}) NOT ({_all_of(look.sought.exact, vault)})" if look.has_exact_apart(stretch) else folded


def _all_of(words: Iterable[str], vault: Vault | None) -> str:
    """Word after word, the longest first: what one leaves over is all that the next is compared with.

    A plain "a AND b AND c" walks all of them side by side, the rarest as slowly as the one that half the city has; FTS5
    makes just that of brackets too, but for a NOT between them, here of a word that nothing has. Long words are the rarer.
    """
    longest, *others = [as_looked_up(word, vault) for word in sorted(words, key=len, reverse=True)]
    said = f'"{longest}"'
    for number, word in enumerate(others):
        said = f'(({said}) NOT "{_NOWHERE}") AND "{word}"' if number else f'{said} AND "{word}"'
    return said
