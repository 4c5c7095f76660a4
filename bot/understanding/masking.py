"""Hides personal data in a text without moving anything else. Where it stands, `personal_data` finds."""

import unicodedata
from collections.abc import Iterable

from bot.understanding.personal_data import Span

DOT = "•"


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with every letter and digit of the spans as a dot.

    Signs and spaces stay, so that a reader still sees what kind of thing it was. The result is as long as the text, and
    every position is the same in both. Spans may overlap; what of them lies outside the text is nothing.
    """
    hidden = list(text)
    for span in spans:
        for place in range(max(0, span.start), min(span.end, len(text))):
            if _tells_something(text[place]):
                hidden[place] = DOT
    return "".join(hidden)


def _tells_something(sign: str) -> bool:
    """A letter, a digit, or a mark that stands beside its letter: the marks of "bảy" alone would give it away."""
    return sign.isalnum() or unicodedata.category(sign)[0] in "MN"
