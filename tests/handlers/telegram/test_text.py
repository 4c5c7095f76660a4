"""Lengths as Telegram counts them, and where a text may be taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Language
from bot.wording import catalogue
from handlers.channels.telegram_text import language_of, parts, units


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


def test_our_own_questions_are_known_by_their_language() -> None:
    """Every sentence that can come with a wish for the place, also with the bot's name or a ward's in it."""
    for language in Language:
        asked = [forms[0] for key, forms in catalogue(language).items() if key.startswith("chat_ask_ward")]
        assert asked
        for text in (*asked, f"{catalogue(language)['chat_intro'][0]}\n\n{asked[0]}"):
            assert language_of(text) is language, text
