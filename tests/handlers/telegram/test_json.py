"""Whatever is sent as JSON is read as Python's own would read it, although something faster reads nearly all of it."""

import json
import random
from typing import Any

import pytest

from handlers.channels.telegram_json import packed, read, read_exactly, read_list
from handlers.channels.telegram_updates import fetched_updates, raw_update

HOSTILE = (
    "18446744073709551616",
    "-9223372036854775809",
    "9223372036854775808",
    "12345678901234567890123",
    "[1e999]",
    "[-1e999, 1e16, 1e-7, -0.0, 0.1000000000000000055]",
    "[NaN, Infinity, -Infinity]",
    '"\\ud800"',
    '"a\\u0000b\\u001f\x7f\u2028"',
    '{"a": 1, "a": 2}',
    "[" * 300 + "]" * 300,
    '"1e+19 is a number"',
    '" \\n"',
)


def same(one: Any, other: Any) -> bool:
    """Also of the same types, and NaN is NaN."""
    return repr(one) == repr(other)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_read_as_python_reads_it(text: str) -> None:
    assert same(read_exactly(text), json.loads(text))
    found = read_list(f'{{"ok": true, "result": [{text}, 1]}}', "result")
    assert found is not None
    assert same([value for value, _ in found], [json.loads(text), 1])
    assert same([json.loads(again) for _, again in found], [json.loads(text), 1])


def test_any_nesting_of_such_values_is_read_as_python_reads_it() -> None:
    chance = random.Random(8)

    def anything(depth: int) -> str:
        kind = chance.randrange(8 if depth else 5)
        if kind < 2:
            return str(chance.choice((0, 1, -1)) + chance.choice((1, -1)) * (1 << chance.randrange(80)))
        if kind < 5:
            return chance.choice((*HOSTILE[:8], '"ngõ 12"', "true", "null", "1.5", "1e+5"))
        if kind < 7:
            return "[" + ", ".join(anything(depth - 1) for _ in range(chance.randrange(4))) + "]"
        return "{" + ", ".join(f'"{n}": {anything(depth - 1)}' for n in range(chance.randrange(4))) + "}"

    for _ in range(3000):
        text = anything(4)
        assert same(read_exactly(text), json.loads(text)), text


@pytest.mark.parametrize("text", ["", "[1,]", "[01]", "\ufeff[1]", '["\x01"]', "{'a': 1}", '{"result": '])
def test_what_python_refuses_is_refused(text: str) -> None:
    for way in (read, read_exactly):
        with pytest.raises(ValueError):
            way(text)


def test_what_lies_too_deep_for_either_is_said_to_be() -> None:
    with pytest.raises(RecursionError):
        read_exactly("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize("value", [{"a": 1 << 70}, {"text": "a\ud800b"}, {"text": "ngõ", "n": [1, None, True]}])
def test_what_is_sent_says_the_same(value: dict[str, Any]) -> None:
    expected = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    assert json.loads(packed(value)) == json.loads(expected)


def test_an_update_with_an_id_past_64_bits_keeps_it_whole_beside_the_others() -> None:
    """By webhook and in a list: rounded to a fraction it would be somebody else's, or nobody's."""
    number = (1 << 64) + 7
    item = f'{{"update_id": {number}, "message": {{"chat": {{"id": 5}}, "text": "a"}}}}'
    other = '{"update_id": 9, "message": {"chat": {"id": 6}, "text": "2e+3"}}'
    assert raw_update(item.encode()).external_id == str(number)
    found = fetched_updates(f'{{"ok": true, "result": [{item}, {other}]}}'.encode())
    assert [one.raw.external_id for one in found] == [str(number), "9"]
    assert [one.update_id for one in found] == [None, 9]


def test_what_was_read_is_what_is_kept() -> None:
    """Nobody reads a kept update again who was handed its value: where cleaning changed the text there is none."""
    plain = raw_update(b'{"update_id": 1, "message": {"chat": {"id": 5}, "text": "ng\xc3\xb5 12"}}')
    assert plain.value == json.loads(plain.body)
    for text in (b'"a\\u0000b"', b'"a\x00b"', b'"a\\ud800b"'):
        odd = raw_update(b'{"update_id": 1, "message": {"chat": {"id": 5}, "text": ' + text + b"}}")
        assert odd.value is None or odd.value == json.loads(odd.body)
