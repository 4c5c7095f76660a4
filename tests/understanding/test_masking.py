"""Personal data is hidden where it stands; everything else stays where it was."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Span, masked
from bot.understanding.personal_data import find_personal_data


def hidden(text: str) -> str:
    return masked(text, find_personal_data(text))


def test_letters_and_digits_are_dots_and_signs_stay() -> None:
    """Staff see that there was a phone number or an address, never which."""
    assert hidden("Gọi 0912.345.678 nhé") == "Gọi ••••.•••.••• nhé"
    assert hidden("thư tới lan.tran@example.com, cảm ơn") == "thư tới •••.••••@•••••••.•••, cảm ơn"
    assert hidden("xe 29A1-123.45 đỗ") == "xe ••••-•••.•• đỗ"
    assert hidden("không có gì") == "không có gì"


def test_a_number_in_words_is_hidden_with_its_marks() -> None:
    assert hidden("số không chín một hai ba bốn năm sáu bảy tám") == "số ••••• •••• ••• ••• •• ••• ••• ••• ••• •••"


def test_marks_typed_apart_from_their_letters_are_hidden_too() -> None:
    text = unicodedata.normalize("NFD", "bảy")
    assert masked(text, [Span("phone", 0, len(text))]) == "•" * len(text)


def test_spans_that_reach_out_of_the_text_hide_what_is_inside() -> None:
    assert masked("ab cd", [Span("phone", -3, 1), Span("phone", 4, 99), Span("phone", 4, 5)]) == "•b c•"


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=5))
def test_length_and_positions_stay(text: str, places: list[tuple[int, int]]) -> None:
    result = masked(text, [Span("phone", *sorted(place)) for place in places])
    assert len(result) == len(text)
    for place, letter in enumerate(text):
        inside = any(min(pair) <= place < max(pair) for pair in places)
        assert result[place] == ("•" if inside and (letter.isalnum() or unicodedata.category(letter)[0] in "MN") else letter)
