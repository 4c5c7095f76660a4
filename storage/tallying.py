"""Counts how many cases share a few values, for all that an engine's GROUP BY may cost.

PostgreSQL groups by hashing. SQLite can only sort for it, and a third of a million rows take it two seconds; so it walks its
index once, writes each case's values into one text a tally, and the text is counted here in a tenth of that. What PostgreSQL
counted comes as one text as well: a year by wards is thirty thousand rows, each of which costs more here than there.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal_column, select

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
        told = [await _grouped(link, key, where) for key in keys]
        return [await _read(_taken_over, text, len(key)) for text, key in zip(told, keys, strict=True)]
    row = await link.row(
        select(*(func.group_concat(_as_text(key, "char"), _code("char", _NEXT)) for key in keys)).where(*where)
    )
    return [await _read(_counted, text, len(key)) for text, key in zip(row or (), keys, strict=True)]


async def _grouped(link: Link, key: Key, where: Sequence[ColumnElement[bool]]) -> str | None:
    named = [column.label(f"part_{number}") for number, column in enumerate(key)]
    groups = select(*named, func.count().label("number")).where(*where).group_by(*named).subquery()
    text = _as_text(list(groups.c), "chr")
    found: str | None = await link.value(select(func.string_agg(text, _code("chr", _NEXT))))
    return found


def _as_text(values: Key, code: str) -> ColumnElement[str]:
    text: ColumnElement[str] = values[0]
    for number in values[1:]:
        filled = func.coalesce(cast(number, String), literal_column("''"))
        text = text.op("||")(_code(code, _BETWEEN)).op("||")(filled)
    return text


def _code(function: str, letter: str) -> ColumnElement[str]:
    """A letter that no SQL text should hold itself, by the engine's function for it."""
    return literal_column(f"{function}({ord(letter)})", String)


async def _read(how: Callable[[str, int], Tally], text: str | None, length: int) -> Tally:
    """In a thread: a year's text is some megabytes, and other pages do not wait for it."""
    return await asyncio.to_thread(how, text, length) if text else Counter()


def _counted(text: str, length: int) -> Tally:
    """Of a text with every case: each different key once, however many have it."""
    return Counter({_values(written.rsplit(_BETWEEN, length - 1)): n for written, n in Counter(text.split(_NEXT)).items()})


def _taken_over(text: str, length: int) -> Tally:
    """Of a text with every key and, behind it, how many have it."""
    found: Tally = Counter()
    for written in text.split(_NEXT):
        *key, number = written.rsplit(_BETWEEN, length)
        found[_values(key)] = int(number)
    return found


def _values(written: Sequence[str]) -> tuple[Any, ...]:
    name, *numbers = written
    return (name, *(int(one) if one else None for one in numbers))
