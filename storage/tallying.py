"""Counts how many cases share a few values, for all that an engine's GROUP BY may cost.

PostgreSQL groups by hashing. SQLite can only sort for it, and a third of a million rows take it two seconds; so it walks its
index once, writes each case's values into one text a tally, and the text is counted here in a tenth of that. What PostgreSQL
counted comes as one text as well: a year by wards is thirty thousand rows, each of which costs more here than there.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, func, literal, select

from storage.link import Link

Key = Sequence[ColumnElement[Any]]  # a text, then whole numbers, or a text alone
Tally = Counter[tuple[Any, ...]]
_BETWEEN, _NEXT = (literal(letter, String) for letter in "\x1f\x1e")  # no ward, desk, category or channel has them


async def tallies(link: Link, keys: Sequence[Key], where: Sequence[ColumnElement[bool]]) -> list[Tally]:
    """For each key, how many of these cases have which values of it; a case that lacks one of them is left out.

    Args:
        keys: What is told apart: a text, then whole numbers. The fewer numbers, the quicker.
        where: Which cases.
    """
    if link.is_postgres:
        told = [await _grouped(link, key, where) for key in keys]
        return [await _read(_taken_over, text, len(key)) for text, key in zip(told, keys, strict=True)]
    row = await link.row(select(*(func.group_concat(_as_text(key), _NEXT) for key in keys)).where(*where))
    return [await _read(_counted, text, len(key)) for text, key in zip(row or (), keys, strict=True)]


async def _grouped(link: Link, key: Key, where: Sequence[ColumnElement[bool]]) -> str | None:
    named = [column.label(f"part_{number}") for number, column in enumerate(key)]
    groups = select(*named, func.count().label("number")).where(*where).group_by(*named).subquery()
    found: str | None = await link.value(select(func.string_agg(_as_text(list(groups.c)), _NEXT)))
    return found


def _as_text(values: Key) -> ColumnElement[str]:
    """Nothing where one of them is missing, and then no engine adds it to its text."""
    text: ColumnElement[str] = values[0]
    for number in values[1:]:
        text = _joined(_joined(text, _BETWEEN), number)
    return text


async def _read(how: Callable[[str, int], Tally], text: str | None, length: int) -> Tally:
    """In a thread: a year's text is some megabytes, and other pages do not wait for it."""
    return await asyncio.to_thread(how, text, length) if text else Counter()


def _joined(text: ColumnElement[str], more: ColumnElement[Any]) -> ColumnElement[str]:
    return text.op("||", precedence=20)(more)  # binds tighter than any sum, as it does in SQL


def _counted(text: str, length: int) -> Tally:
    """Of a text with every case: each different key once, however many have it."""
    told = Counter(text.split(_NEXT.value))
    return Counter({_values(written.rsplit(_BETWEEN.value, length - 1)): number for written, number in told.items()})


def _taken_over(text: str, length: int) -> Tally:
    """Of a text with every key and, behind it, how many have it."""
    found: Tally = Counter()
    for written in text.split(_NEXT.value):
        *key, number = written.rsplit(_BETWEEN.value, length)
        found[_values(key)] = int(number)
    return found


def _values(written: Sequence[str]) -> tuple[Any, ...]:
    name, *numbers = written
    return (name, *map(int, numbers))
