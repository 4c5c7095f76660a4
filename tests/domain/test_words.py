"""Words as they are searched: any spelling finds, and the exact one is told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.words import LONGEST_WORD, MOST_SOUGHT, Sought, beginnings_of, faces_of, words_to_find


@pytest.mark.parametrize(
    ("word", "plain", "marked"),
    [
        ("ổ", "o", "o63"),
        ("gà", "ga", "ga2"),
        ("GÀ", "ga", "ga2"),
        ("rac", "rac", "rac"),
        ("đường", "duong", "d9u7o7ng2"),
        ("Đường", "duong", "d9u7o7ng2"),
        ("hoà", "hoa", "hoa2"),
        ("hòa", "hoa", "hoa2"),
        ("nghiêng", "nghieng", "nghie6ng"),
        ("ngõ12", "ngo12", "ngo124"),
        ("ﬁ", "fi", "fi"),
        ("１２", "12", "12"),
        ("Straße", "strasse", "strasse"),
    ],
)
def test_a_word_has_two_faces(word: str, plain: str, marked: str) -> None:
    assert faces_of(word) == (plain, marked)


def test_every_vietnamese_vowel_is_told_from_every_other() -> None:
    """Twelve vowels in six tones: as many exact faces, twelve letters without their marks being only six."""
    import unicodedata

    vowels = [
        unicodedata.normalize("NFC", vowel + tone)
        for vowel in "aăâeêioôơuưy"
        for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
    ]
    assert len({faces_of(vowel)[1] for vowel in vowels}) == 72
    assert {faces_of(vowel)[0] for vowel in vowels} == set("aeiouy")
    for vowel in vowels:
        assert faces_of(unicodedata.normalize("NFD", vowel)) == faces_of(vowel)


def test_a_text_is_found_by_either_face_of_its_words() -> None:
    assert words_to_find("Ổ gà, rác!") == {"o", "=o63", "ga", "=ga2", "rac", "=rac1"}
    assert words_to_find("… — 👍 \ufffd _") == set()


def test_what_is_sought_knows_its_marks_and_its_beginning() -> None:
    assert Sought.read("ổ ga") == (("o", "<ga"), ("=o63", "<ga"))
    assert Sought.read("ổ gà") == (("o", "<ga"), ("=o63", "=ga2"))
    assert Sought.read("ổ ga").has_marks
    assert not Sought.read("o ga").has_marks
    assert Sought.read("thụy k").folded == ("thuy", "k")  # one letter begins half of all words
    assert Sought.read("nghieng").folded == ("nghieng",)  # longer than what is kept as a beginning
    assert Sought.read(" ?! ").folded == ()
    assert len(Sought.read("a b c d e f g h i j k l m").folded) == MOST_SOUGHT


def test_the_beginnings_of_words_are_found_and_nothing_elses() -> None:
    assert beginnings_of({"tran", "=tra62n", "@open", "k"}) == {"<tr", "<tra", "<tran"}
    assert beginnings_of({"nghieng"}) == {"<ng", "<ngh", "<nghi", "<nghie", "<nghien"}


@given(st.text())
def test_no_text_makes_a_word_an_engine_could_read_differently(text: str) -> None:
    """ASCII letters and digits behind one sign at most; never a quote, a space, an "@", nor one without end."""
    found = words_to_find(text)
    for word in (*found, *beginnings_of(found), *Sought.read(text).folded, *Sought.read(text).exact):
        plain = word[1:] if word[0] in "=<" else word
        assert plain.isascii()
        assert plain.isalnum()
        assert len(plain) <= 2 * LONGEST_WORD + 8


@given(st.text(max_size=60))
def test_a_text_is_found_by_itself(text: str) -> None:
    sought, found = Sought.read(text), words_to_find(text)
    assert {*sought.folded, *sought.exact} <= found | beginnings_of(found)
