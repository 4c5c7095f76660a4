"""How one value goes from SQLite to PostgreSQL. SQLite keeps whatever it is given, in any column; PostgreSQL does not.

A text may hold no NUL and nothing that is no UTF-8: such a character becomes U+FFFD, as it would on its way in today, and is
counted. Anything else that has no place there is refused by name: nobody could say what it should become.
"""

import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, String, Table
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.errors import NotMoved
from storage.types import UtcDateTime, clean

Read = Callable[[Any], Any]

_LINES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


class Unfit(ValueError):
    """A value that the column cannot hold. Its text says why and never shows the value."""


@dataclass(slots=True)
class Plan:
    """A table on its way: the columns that are sent, those of its key, and what was replaced."""

    table: Table
    columns: list[Column[Any]]
    reads: list[Read] = field(init=False)
    replaced: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.reads = [reader_of(column) for column in self.columns]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        return [column.name for column in self.table.primary_key.columns]

    def fit(self, row: Sequence[Any], *, counts: bool) -> tuple[Any, ...]:
        """The row as PostgreSQL holds it.

        Raises:
            NotMoved: It cannot hold one of the values.
        """
        found: list[Any] = []
        for column, read, value in zip(self.columns, self.reads, row, strict=True):
            if value is None:
                found.append(None)
                continue
            try:
                fitted = read(value)
            except Unfit as why:
                raise NotMoved(line=f"{self.table.name}.{column.name} of {self._name(row)} {why}; mend it there") from None
            if counts and isinstance(value, str) and isinstance(fitted, str) and fitted != value:
                self.replaced[column.name] += 1
            found.append(fitted)
        return tuple(found)

    def _name(self, row: Sequence[Any]) -> str:
        """The row by its key where that is a number; any other may be somebody's name."""
        places = dict(zip(self.names, row, strict=True))
        key = [places[name] for name in self.key]
        return f"row {key[0]}" if len(key) == 1 and isinstance(key[0], int) else "a row"


def reader_of(column: Column[Any]) -> Read:
    """How the column's values are read from SQLite's.

    Raises:
        TypeError: A kind of column that nobody has said it of.
    """
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return _moment
    kind = plain(kind)
    if isinstance(kind, Boolean):
        return _boolean
    if isinstance(kind, Date):
        return _day
    if isinstance(kind, Float):
        return _number
    if isinstance(kind, Integer):
        return _whole(63 if isinstance(kind, BigInteger) else 31)
    if isinstance(kind, String):
        return _text(kind.length)
    raise TypeError(f"{column}: nobody has said how it is moved")


def plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What a column of this type lies as: sealed JSON is sealed text is text."""
    while isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return kind


def line_of(row: Sequence[Any]) -> bytes:
    """The canonical line of a row: a JSON list, moments in UTC."""
    return _LINES.encode([value.astimezone(UTC) if isinstance(value, datetime) else value for value in row]).encode() + b"\n"


async def digest_of(portions: AsyncIterable[Sequence[Sequence[Any]]]) -> tuple[int, str]:
    """How many rows, and the SHA-256 of their lines, in hex."""
    count, digest = 0, hashlib.sha256()
    async for rows in portions:
        count += len(rows)
        for row in rows:
            digest.update(line_of(row))
    return count, digest.hexdigest()


def _text(longest: int | None) -> Read:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Unfit("is no text")
        found = clean(value)
        if longest is not None and len(found) > longest:
            raise Unfit(f"is longer than {longest} characters")
        return found

    return read


def _whole(bits: int) -> Read:
    def read(value: Any) -> int:
        if not isinstance(value, int):
            raise Unfit("is no whole number")
        if not -(1 << bits) <= value < 1 << bits:
            raise Unfit(f"is a number of more than {bits + 1} bits")
        return value

    return read


def _number(value: Any) -> float:
    if not isinstance(value, float | int):
        raise Unfit("is no number")
    return float(value)


def _boolean(value: Any) -> bool:
    if value not in (0, 1):
        raise Unfit("is neither true nor false")
    return bool(value)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unfit("is no day") from None


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unfit("is no moment") from None
    if found.tzinfo is None:
        raise Unfit("is a moment without a time zone")
    return found.astimezone(UTC)
