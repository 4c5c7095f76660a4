"""A text → the words that carry its matter, in a shape in which two people's spellings meet.

Vietnamese words are compared without marks and, where the writer set some, with them; English ones by their stem. Words
that say nothing of the matter are left out. What a phrase weighs is `finding`'s.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bot.routing.folding import words_of

LONGEST, MOST = 600, 60  # characters and words of a question that are looked at; a longer text is a report

_SMALL = tomllib.loads((Path(__file__).parent / "data" / "small_words.toml").read_text(encoding="utf-8"))
STOP_VI, STOP_EN = frozenset(_SMALL["vi"].split()), frozenset(_SMALL["en"].split())
_SHORT = {
    "nv": "nhan vien",
    "nvien": "nhan vien",
    "cb": "can bo",
    "qc": "quang cao",
    "kara": "karaoke",
    "vs": "ve sinh",
    "ub": "uy ban",
    "ubnd": "uy ban",
    "cf": "ca phe",
    "cafe": "ca phe",
    "xm": "xe may",
    "oto": "o to",
    "vh": "via he",
    "ntn": "",
    "mn": "",
    "ng": "",
    "dk": "",
    "bnh": "",
}
_AFTER_VOWEL = re.compile(r"(?<=[aeiouy])(.*)")
_TONE_KEYS = str.maketrans("", "", "sfrxjwz")
_TWICE = re.compile(r"([aeodu])\1+")
_DRAWN = re.compile(r"(.)\1{2,}")


class Token(NamedTuple):
    """One word: without marks, with them ("" where the writer set none), and its English stem."""

    plain: str
    marked: str
    stem: str


@lru_cache(maxsize=2_048)
def stem(word: str) -> str:
    """ "littering", "litters" and "litter" are one; so are "smoke" and "smoking"."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def tokens_of(text: str) -> tuple[Token, ...]:
    """Every word of a text, short forms spelled out; of a long text its beginning."""
    found: list[Token] = []
    for word in words_of(text[:LONGEST])[:MOST]:
        plain = _DRAWN.sub(r"\1", word.plain)
        spelled = _SHORT.get(plain)
        if spelled is None or word.has_marks:
            found.append(Token(plain, word.marked if word.has_marks else "", stem(plain)))
        else:
            found += (Token(part, "", stem(part)) for part in spelled.split())
    return tuple(found)


def as_typed_by_keys(plain: str) -> str:
    """What is left of a syllable when a keyboard put the keys of its marks into it: "thuoocs" → "thuoc"."""
    without = _AFTER_VOWEL.sub(lambda rest: rest[1].translate(_TONE_KEYS), plain, count=1)
    return _TWICE.sub(r"\1", without)
