"""Slips of the finger in long words are mended; short words, names and everything known are left as they are."""

import time

import pytest

from bot.understanding import understand_text
from bot.understanding.lexicon import load_lexicon


def words(text: str) -> list[str]:
    return [token.plain for token in load_lexicon().read(text).tokens]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("phuowng toi co rac", "phuong toi co rac"),
        ("karaoke khogn ngu duoc", "karaoke khong ngu duoc"),
        ("the garrbage is everywhere in the street", "the garbage is everywhere in the street"),
        ("loud musci and neighbuor shouting every night", "loud musci and neighbour shouting every night"),
    ],
)
def test_one_slip_in_a_long_word_is_mended(typed: str, meant: str) -> None:
    """Only where one known word is meant: "musci" is too short to tell."""
    assert words(typed) == meant.split()


@pytest.mark.parametrize(
    "text",
    [
        "chi Nguyen o ngo 5",
        "xe 29a12345 do via he",
        "zqzqzqzq wxwxwx",
        "the flight was late and the hotel nice",
        "ксюша писала сюда",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert " ".join(words(text)) == text.casefold()


def test_a_slip_hides_no_danger() -> None:
    assert understand_text("nguoi nam bat tinh, khogn tho duoc").is_emergency
    assert understand_text("Someone is unconsciuos on the street").is_emergency


def test_a_text_of_nothing_but_unknown_words_takes_bounded_time() -> None:
    text = " ".join(f"wq{'abcdefghij'[number % 10]}zzk{'klmnopqrst'[number // 10 % 10]}" for number in range(2000))
    start = time.process_time()
    load_lexicon().read(text)
    assert time.process_time() - start < 1.0
