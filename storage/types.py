"""Column types that mean the same on both engines, and the last defence against text that one of them refuses."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, String, Text, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from bot.ports.sealing import Vault
from storage.vaults import vault_of

# SQLite gives ids by itself only to a column declared exactly INTEGER PRIMARY KEY.
Id = BigInteger().with_variant(Integer(), "sqlite")

Convert = Callable[[Any], Any]

# Made once: `json.dumps` makes one for every call with settings of its own.
_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)
_AS_JSON = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NOT_FOR_ORJSON = " "  # orjson would read an integer past 64 bits as a fraction
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL refuses and SQLite cannot give back.

    Channels clean what comes in; this is for what they missed. Each such character becomes U+FFFD, so nothing moves.
    """
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()  # far cheaper than a search, and nearly always enough
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def pack_json(value: Any) -> str:
    """One line of JSON, keys sorted: the same value is always the same text (the audit chain hashes it)."""
    return clean(_TO_JSON.encode(value))


def pack(value: Any) -> str:
    """The same for what nobody hashes, in a fifth of the time. What orjson refuses begins with a space."""
    try:
        packed = orjson.dumps(value, option=_AS_JSON)
    except TypeError:
        return _NOT_FOR_ORJSON + pack_json(value)
    if b"null" in packed and _has_no_number(value):  # what it cannot say, orjson leaves out without a word
        return _NOT_FOR_ORJSON + pack_json(value)
    return packed.decode()


def comes_back_the_same(packed: str) -> bool:
    """Whether what was packed is read as it was: nothing had to be cleaned, and there is no number that JSON has not."""
    return not packed.startswith(_NOT_FOR_ORJSON)


def _has_no_number(value: Any) -> bool:
    """Whether there is a NaN or an infinity in it."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        value = (value,)
    for one in value:
        kind = type(one)
        if kind is str or one is None or kind is bool or kind is int:
            continue  # nearly all: a draft has fifty, and each was a call
        if isinstance(one, float):
            if not isfinite(one):
                return True
        elif isinstance(one, (dict, list, tuple)) and _has_no_number(one):
            return True
    return False


def open_json(value: str, vault: Vault | None) -> Any:
    """What `SealedJson` keeps."""
    return read_json(value if vault is None else vault.open(value))


def read_json(packed: str) -> Any:
    """The same once it is opened."""
    if not packed.startswith(_NOT_FOR_ORJSON):
        with suppress(ValueError):  # of before: NaN, half a character
            return orjson.loads(packed)
    return json.loads(packed)


# Below, each type makes both of its ways itself. `process_bind_param` would be shorter, but SQLAlchemy lays two calls around
# it, and a turn has a hundred values. A vault is asked for each time: it is given once the database is open.


class CleanText(TypeDecorator[str]):
    """Text of any length, cleaned on the way in."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:  # noqa: ARG002 - SQLAlchemy's signature, as everywhere below
        return _clean_or_none


class Json(TypeDecorator[Any]):
    """A JSON value, kept as text: nobody asks the database what is inside. None is NULL."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:  # noqa: ARG002
        return _json_or_none

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002
        return _from_json


class SealedName(TypeDecorator[str]):
    """A name that must be found again: where the database has a vault, the same seal for the same name; see there."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        def seal(value: str | None) -> str | None:
            if not value:
                return value
            vault = vault_of(dialect)
            return clean(value) if vault is None else vault.name(clean(value))

        return seal

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002
        def unseal(value: str | None) -> str | None:
            vault = vault_of(dialect)
            return value if not value or vault is None else vault.named(value)

        return unseal


class SealedKey(TypeDecorator[str]):
    """The key of a file, found again as `SealedName` is and no longer than it was: it would tell which file it is."""

    impl = String(64)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        def seal(value: str | None) -> str | None:
            vault = vault_of(dialect)
            return value if not value or vault is None else vault.file_key(value)

        return seal

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002
        def unseal(value: str | None) -> str | None:
            vault = vault_of(dialect)
            return value if not value or vault is None else vault.file_key_of(value)

        return unseal


class SealedText(TypeDecorator[str]):
    """Words: where the database has a vault they lie sealed. No statement can look into them. Empty stays empty."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        def seal(value: str | None) -> str | None:
            if not value:
                return value
            vault = vault_of(dialect)
            return clean(value) if vault is None else vault.seal(clean(value))

        return seal

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002
        def unseal(value: str | None) -> str | None:
            vault = vault_of(dialect)
            return value if not value or vault is None else vault.open(value)

        return unseal


class SealedJson(TypeDecorator[Any]):
    """A JSON value that lies sealed as `SealedText` does. None is NULL."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        def seal(value: Any) -> str | None:
            if value is None:
                return None
            vault, packed = vault_of(dialect), pack(value)
            return packed if vault is None else vault.seal(packed)

        return seal

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002
        def unseal(value: str | None) -> Any:
            return None if value is None else open_json(value, vault_of(dialect))

        return unseal


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. Naive ones are refused on the way in; UTC comes back out.

    PostgreSQL keeps `timestamptz`. SQLite has no moments: there it is text of one fixed length, so that comparing the
    texts compares the moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Convert:
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002 - SQLAlchemy's signature
        # Itself and not `process_result_value`, around which SQLAlchemy would lay two calls: a case has twenty moments.
        return _from_text if dialect.name == "sqlite" else _in_utc


class ToldMoment(TypeDecorator[str]):
    """A moment that is only told, as ISO 8601 in UTC; see `as_told`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return UtcDateTime().load_dialect_impl(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:  # noqa: ARG002
        return _told_text if dialect.name == "sqlite" else _told


def as_told(moment: Column[datetime]) -> ColumnElement[str]:
    """The moment under its own name, read as its ISO 8601 and never as a number of parts: an export has half a million."""
    return type_coerce(moment, ToldMoment()).label(moment.name)


def _clean_or_none(value: str | None) -> str | None:
    return None if value is None else clean(value)


def _json_or_none(value: Any) -> str | None:
    return None if value is None else pack_json(value)


def _from_json(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _to_utc(value: datetime | None) -> datetime | None:
    return None if value is None else _aware(value)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {value!r}")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    return _written(value if value.tzinfo is UTC else _aware(value))


_NO_PARTS, _WRITTEN_ZONE = ".000000", "+00:00"  # of a second, as `_written` has them
_WRITTEN_LENGTH = len("2026-11-22 08:00:00.000000+00:00")


# One turn writes the same moment twenty times. Equal moments are the same text: all of them are in UTC by now.
@lru_cache(maxsize=256)
def _written(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _told(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()


def _told_text(value: str | None) -> str | None:
    if value is None:
        return None
    if len(value) != _WRITTEN_LENGTH or not value.endswith(_WRITTEN_ZONE):
        return _told(_from_text(value))
    parts = value[:19] + _WRITTEN_ZONE if value.startswith(_NO_PARTS, 19) else value
    return parts.replace(" ", "T", 1)


def _from_text(value: str | None) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


class Lexemes(UserDefinedType[Any]):
    """Words as PostgreSQL compares them (`tsvector`); on SQLite a text that is never set. Written and read by SQL alone."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSVECTOR"
