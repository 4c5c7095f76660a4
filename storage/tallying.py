"""Counts how many cases share a few values, for all that an engine's GROUP BY may cost.

PostgreSQL groups by hashing. SQLite can only sort for it, and a third of a million rows take it two seconds; so it walks its
index once, writes each case's values into one text a tally, and the text is counted here in a tenth of that.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal, literal_column, select

from storage.link import Link

Key = Sequence[ColumnElement[Any]]  # a text, then whole numbers or nothing
Tally = Counter[tuple[Any, ...]]
_BETWEEN, _NEXT = "\x1f", "\x1e"  # no name of a ward, desk, category or channel has them


async def tallies(link: Link, keys: Sequence[Key], where: Sequence[ColumnElement[bool]]) -> list[Tally]:
    """For each key, how many of these cases have which values of it. A number that is missing comes as None.

    Args:
        keys: What is told apart: a text that is never missing, then whole numbers.
        where: Which cases.
    """
    if link.is_postgres:
        return [await _grouped(link, key, where) for key in keys]
    row = await link.row(select(*(func.group_concat(_as_text(key), literal(_NEXT)) for key in keys)).where(*where))
    return [await asyncio.to_thread(_counted, text or "", len(key)) for text, key in zip(row or (), keys, strict=True)]


async def _grouped(link: Link, key: Key, where: Sequence[ColumnElement[bool]]) -> Tally:
    named = [column.label(f"part_{number}") for number, column in enumerate(key)]
    rows = await link.rows(select(*named, func.count().label("number")).where(*where).group_by(*named))
    return Counter({tuple(row)[:-1]: row.number for row in rows})


def _as_text(key: Key) -> ColumnElement[str]:
    text: ColumnElement[str] = key[0]
    for number in key[1:]:
        filled = func.ifnull(number, literal_column("''"))
        text = text.op("||")(literal_column(f"char({ord(_BETWEEN)})")).op("||")(filled)
    return text


def _counted(text: str, length: int) -> Tally:
    """What was written, taken apart: each different key once, however many cases have it."""
    found: Tally = Counter()
    for written, number in Counter(text.split(_NEXT)).items() if text else ():
        name, *numbers = written.rsplit(_BETWEEN, length - 1)
        found[name, *(int(one) if one else None for one in numbers)] = number
    return found
