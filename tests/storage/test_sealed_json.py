"""A sealed JSON value comes back as it was, whoever wrote it: the fast way, the old one, a version of before."""

import json
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from storage.types import SealedJson, pack_json

VALUES = [
    {},
    [],
    {"b": 1, "a": ["ngõ 12", None, True, 1.5, -0.0, 1e16, 1e-7]},
    {"n": (1 << 64) - 1},
    {"n": 1 << 64, "m": -(1 << 63) - 1},
    {"text": "a\0b\x1f\x7f\u2028 1e+19"},
    {"1": {"2": {"3": [[["sâu"]]]}}},
    " begins with a space",
]


def stored(value: Any) -> Any:
    into = SealedJson().bind_processor(sqlite.dialect())
    return into(value)


def read(text: Any) -> Any:
    return SealedJson().result_processor(sqlite.dialect(), None)(text)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_comes_back_with_its_types(value: Any) -> None:
    assert repr(read(stored(value))) == repr(value if not isinstance(value, dict) else dict(sorted(value.items())))


@pytest.mark.parametrize("value", VALUES)
def test_what_was_written_before_is_read(value: Any) -> None:
    """But for integers past 64 bits, which no draft and no reply has."""
    if "18446744073709551616" not in (text := pack_json(value)):
        assert read(text) == json.loads(text)


def test_half_a_character_is_replaced_and_costs_nothing_else() -> None:
    assert read(stored({"text": "a\ud800b", "n": 1})) == {"text": "a\ufffdb", "n": 1}


def test_what_no_json_holds_is_refused() -> None:
    for value in (object(), {"at": {1, 2}}):
        with pytest.raises(TypeError):
            stored(value)
