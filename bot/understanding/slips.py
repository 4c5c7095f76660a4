"""Typing slips in long words: "phuowng" → "phuong", "khogn" → "khong", "garrbage" → "garbage".

Only a word that no list knows and that is no Vietnamese syllable is looked at, and only where exactly one known word is one
slip away: two letters changed about, or else a letter too many, one too few, a wrong one. The first is taken to be right.
Short words are left alone: there every slip is another word.
"""

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import lru_cache

from bot.understanding.text import Text, Token, is_syllable

SHORTEST, SHORTEST_ENGLISH = 5, 7  # letters
MOST = 24  # words of one text that are looked at: each costs up to a tenth of a millisecond
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Mender:
    """Knows the words of the lists: `vi` and `en`, without marks."""

    def __init__(self, vi: Container[str], en: Container[str]) -> None:
        self._vi, self._en = vi, en
        self._mended = lru_cache(maxsize=2048)(self._find)

    def mend(self, text: Text) -> Text:
        """The text with its slips mended; the same text where there are none."""
        tokens = list(text.tokens)
        looked = 0
        for at, token in enumerate(tokens):
            word = token.plain
            if len(word) < SHORTEST or word in self._vi or word in self._en or not _is_odd(word):
                continue
            looked += 1
            if looked > MOST:
                break
            meant = self._mended(word, text.is_english)
            if meant:
                tokens[at] = Token(meant, meant, token.after_stop)
        return replace(text, tokens=tuple(tokens)) if looked else text

    def _find(self, word: str, is_english: bool) -> str:
        for near in (list(_changed_about(word)), list(_others(word))):
            vietnamese = {other for other in near if other in self._vi and is_syllable(other)}
            english = {other for other in near if other in self._en and not is_syllable(other)}
            if len(word) < SHORTEST_ENGLISH:
                english = set()
            for found in (english, vietnamese) if is_english else (vietnamese, english):
                if found:  # the language of the text comes first, but one slip makes a short text look foreign
                    return found.pop() if len(found) == 1 else ""
        return ""


def _is_odd(word: str) -> bool:
    return word.isascii() and word.isalpha() and not is_syllable(word)


def _changed_about(word: str) -> Iterator[str]:
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _others(word: str) -> Iterator[str]:
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        yield from (before + letter + after for letter in _LETTERS)
