"""Lengths as Telegram counts them, and where a text may be taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.channels.telegram_text import parts, units


@pytest.mark.parametrize(("text", "length"), [("", 0), ("đèn", 3), ("😡", 2), ("e\u0301", 2), ("a😡b", 4)])
def test_length_is_counted_in_utf16_units(text: str, length: int) -> None:
    assert units(text) == length == len(text.encode("utf-16-le")) // 2


def test_a_text_is_split_where_a_person_would() -> None:
    assert parts("một hai\nba bốn\nnăm", 15) == ["một hai\nba bốn", "năm"]
    assert parts("một hai ba bốn", 8) == ["một hai", "ba bốn"]
    assert parts("mộthaibabốn", 4) == ["mộth", "aiba", "bốn"]
    assert parts("  \n ") == []


def test_an_emoji_is_never_cut_in_two() -> None:
    assert parts("😡😡😡", 3) == ["😡", "😡", "😡"]


@given(st.text(alphabet="ab \n😡đ\u0301", max_size=200), st.integers(2, 40))
def test_no_part_is_too_long_or_blank_and_no_letter_is_lost(text: str, most: int) -> None:
    found = parts(text, most)
    assert all(0 < units(part) <= most and part.strip() for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())
