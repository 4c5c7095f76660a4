"""Finds cases by words with PostgreSQL, which has no index that knows both words and order.

So the newest cases are walked first, and their words compared: a common word fills its page there, and where there are no
more cases everything is found. Only what is rare among them is looked up in the words' index, and what that gives is
little enough to be put in order. The planner is not left the choice: it cannot know how many cases have all of some words.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, exists, func, select, text, union_all

from bot.domain.case import CaseStatus
from bot.ports.sealing import Vault
from storage.case_words import as_looked_up
from storage.finding import Look, Stretch
from storage.link import Link
from storage.tables import case_words, cases

WALK = 2000  # cases whose words are compared one by one, some microseconds each
# Where a ward or the city's desks narrow the search: what is not common there is few cases, and soon looked up.
WALK_NEAR = 500

_matches = text("case_words.lexemes @@ CAST(CAST(:sought AS text) AS tsquery)")


async def find_on_postgres(link: Link, look: Look, stretch: Stretch, most: int) -> list[int]:
    """Ids of found cases of this stretch, in order."""
    if not look.is_rare:
        row = await link.row(walked(look, stretch))
        found = list(row.found or ())[:most] if row else []
        if len(found) == most or not row or row.walked < _most_walked(look):
            return found
        look.is_rare = True
    return [row.id for row in await link.rows(looked_up(look, stretch).limit(most))]


def walked(look: Look, stretch: Stretch) -> Select[Any, Any]:
    """One row: how many of the newest cases there were, and the ids of those that have the words."""
    newest = _newest(look, stretch).cte("newest").prefix_with("MATERIALIZED")
    found = func.array_agg(newest.c.id).aggregate_order_by(look.in_order(newest.c.id)).filter(_matched(look, stretch))
    return select(func.count().label("walked"), found.label("found")).select_from(
        newest.join(case_words, case_words.c.case_id == newest.c.id)
    )


def _newest(look: Look, stretch: Stretch) -> Select[tuple[int]]:
    """The ids of the newest. Open and closed ones stand apart in every index: each are walked, and then put together."""
    place, most = cases.c.id, _most_walked(look)

    def walked_by(*status: ColumnElement[bool]) -> Select[tuple[int]]:
        newest = select(place).where(*look.conditions(), *look.beyond(place, stretch), *status)
        return newest.order_by(look.in_order(place)).limit(most)

    if look.wanted.status is not None:
        return walked_by()
    parts = [walked_by(cases.c.status == status.value).subquery() for status in CaseStatus]
    both = union_all(*(select(part.c.id) for part in parts)).subquery()
    return select(both.c.id).order_by(look.in_order(both.c.id)).limit(most)


def _most_walked(look: Look) -> int:
    return WALK_NEAR if look.is_near else WALK


def looked_up(look: Look, stretch: Stretch) -> Select[tuple[int]]:
    """The ids of the cases that have the words, by the words' index."""
    place = case_words.c.case_id
    words = select(place.label("id")).where(_matched(look, stretch), *look.beyond(place, stretch))
    hits = words.cte("hits").prefix_with("MATERIALIZED")  # first all of them: they are few, whatever the planner thinks
    # Each is then looked at by its id. Joined, they would be held against every case of the ward, or of the city: the
    # planner expects ten times as many. The offset keeps it from making a join of this.
    is_wanted = exists(select(cases.c.id).where(cases.c.id == hits.c.id, *look.conditions()).offset(0).correlate(hits))
    return select(hits.c.id).where(is_wanted).order_by(look.in_order(hits.c.id))


def _matched(look: Look, stretch: Stretch) -> TextClause:
    return _matches.bindparams(sought=_said(look, stretch))


def _said(look: Look, stretch: Stretch) -> str:
    """In PostgreSQL's language. Every word is quoted, and none can hold a quote."""
    vault = look.vault
    exact = _all_of((*look.scope, *look.sought.exact), vault)
    if not stretch.is_folded:
        return exact
    folded = _all_of((*look.scope, *look.sought.folded), vault)
    return f"{folded} & !({exact})" if look.has_exact_apart(stretch) else folded


def _all_of(words: Iterable[str], vault: Vault | None) -> str:
    return " & ".join(f"'{as_looked_up(word, vault)}'" for word in words)
