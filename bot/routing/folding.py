"""Text → words that can be compared, whatever way they were typed.

A word has two faces: `plain` without any mark ("hoa"), and `marked`, where the tone stands at the end so that both
placements are one ("hoà" and "hòa" are the same word). Finding names among words is `bot.routing.matching`.
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


def words_of(text: str) -> list[Word]:
    """The words of a text in order; punctuation and digits' signs only separate them."""
    nfc = text if text.isascii() else unicodedata.normalize("NFC", text)
    return [
        Word(*fold(found.group()), found.group()[0].isupper(), found.start(), found.end()) for found in _WORD.finditer(nfc)
    ]


def folded(text: str) -> str:
    """The plain words with one space between them: "  Trợ giúp! " → "tro giup"."""
    return " ".join(word.plain for word in words_of(text))


def same_words(found: Sequence[Word], plain: Sequence[str], marked: Sequence[str]) -> bool:
    """Are these words that name? Marks count as soon as the writer set any; a text without marks is compared without."""
    if any(word.plain != wanted for word, wanted in zip(found, plain, strict=True)):
        return False
    if not any(word.has_marks for word in found):
        return True
    return all(word.marked == wanted for word, wanted in zip(found, marked, strict=True))
