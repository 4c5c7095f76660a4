"""Text → words that can be compared, whatever way they were typed.

A word has two faces: `plain` without any mark ("hoa"), and `marked`, where the tone stands at the end so that both
placements are one ("hoà" and "hòa" are the same word). Finding wards among words is `bot.routing.scanning`.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # grave, acute, tilde, hook, dot below


class Word(NamedTuple):
    """One word of a text. `start` and `end` are places in the NFC form of the text."""

    plain: str
    marked: str
    is_capital: bool
    start: int
    end: int

    @property
    def has_marks(self) -> bool:
        return self.marked != self.plain


@lru_cache(maxsize=16_384)
def fold(word: str) -> tuple[str, str]:
    """The plain and the marked face of one word."""
    plain: list[str] = []
    marked: list[str] = []
    tones: list[str] = []
    for letter in unicodedata.normalize("NFD", word.casefold()):
        if letter in _TONES:
            tones.append(letter)
        elif unicodedata.combining(letter):
            marked.append(letter)
        else:
            marked.append(letter)
            plain.append("d" if letter == "đ" else letter)
    return "".join(plain), "".join(marked + tones)


# One turn asks for the words of the same text several times: routing, understanding, the card.
@lru_cache(maxsize=64)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text in order; punctuation and digits' signs only separate them."""
    nfc = text if text.isascii() else unicodedata.normalize("NFC", text)
    return tuple(
        Word(*fold(found.group()), found.group()[0].isupper(), found.start(), found.end()) for found in _WORD.finditer(nfc)
    )


def folded(text: str) -> str:
    """The plain words with one space between them: "  Trợ giúp! " → "tro giup"."""
    return " ".join(word.plain for word in words_of(text))


def stands_at(words: Sequence[Word], place: int, plain: Sequence[str], marked: Sequence[str]) -> bool:
    """Do the words from `place` on make that name?

    Marks count as soon as the writer set any; what was written without marks is compared without.
    """
    if place + len(plain) > len(words):
        return False
    has_marks = False
    fits_marks = True
    for at, wanted in enumerate(plain, place):
        word = words[at]
        if word.plain != wanted:
            return False
        if word.marked != word.plain:
            has_marks = True
        if word.marked != marked[at - place]:
            fits_marks = False
    return fits_marks or not has_marks
