"""Which parts of a text a search found, to be shown as such."""

import unicodedata
from typing import NamedTuple

from bot.routing.folding import words_of


class Part(NamedTuple):
    """A stretch of the text."""

    text: str
    is_found: bool


def parts_of(text: str, asked: str) -> list[Part]:
    """The text in order, its words that were asked for apart; all of it in one part when none was.

    Compared as the search does it: without marks and case, the last word asked for as a beginning. "o ga" finds "ổ gà".
    """
    text = unicodedata.normalize("NFC", text)
    plain = [word.plain for word in words_of(asked)]
    parts: list[Part] = []
    done = 0
    for word in words_of(text) if plain else ():
        if word.plain not in plain and not word.plain.startswith(plain[-1]):
            continue
        if word.start > done:
            parts.append(Part(text[done : word.start], False))
        parts.append(Part(text[word.start : word.end], True))
        done = word.end
    if done < len(text):
        parts.append(Part(text[done:], False))
    return parts
