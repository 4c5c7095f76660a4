"""JSON as Telegram sends and takes it: orjson where that says the same as Python's own, which costs five times as much.

orjson refuses lone surrogates, NaN and what lies deeper than a thousand levels, and reads an integer past 64 bits as a
fraction. Whoever sends such a thing is no messenger of Telegram's, and is read by Python's own as ever.
"""

import json
from typing import Any

import orjson

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_EXPONENT = "e+"  # in what such an integer has become when it is written again


def read(text: str | bytes) -> Any:
    """The value; an integer past 64 bits may have become a fraction. Raises ValueError or RecursionError."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def read_exactly(text: str) -> Any:
    """The value, every integer as it was written. Raises as `read`."""
    try:
        value = orjson.loads(text)
        if _EXPONENT not in _again(value):
            return value
    except (ValueError, TypeError):
        pass
    return json.loads(text)


def read_list(text: str, name: str) -> list[tuple[Any, str]] | None:
    """The items of the list of this name, each with its text, exactly; None where there is none. Raises as `read`."""
    try:
        items = _list_in(orjson.loads(text), name)
        found = items if items is None else [(item, _again(item)) for item in items]
        if found is None or not any(_EXPONENT in again for _, again in found):
            return found
    except (ValueError, TypeError):
        pass
    items = _list_in(json.loads(text), name)
    return items if items is None else [(item, written(item)) for item in items]


def written(value: Any) -> str:
    """On one line, as Python's own writes it: also what orjson refuses."""
    return _encode(value)


def packed(value: Any) -> bytes:
    """The value as bytes of UTF-8; what UTF-8 cannot hold is replaced."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return _encode(value).encode("utf-8", "replace")


def _again(value: Any) -> str:
    return orjson.dumps(value).decode()


def _list_in(answer: Any, name: str) -> list[Any] | None:
    found = answer.get(name) if isinstance(answer, dict) else None
    return found if isinstance(found, list) else None
