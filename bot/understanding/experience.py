"""What words have stood for: how often each word, and each idea, was seen in invented examples of a category.

The rules of the lexicon know what was thought of; a sentence that nobody thought of still shares words with others of its
kind. Both are added up in `understand`. What was seen is a table in words and numbers (`data/seen.txt`), made by counting:
`learning` says how, and `benchmarks.understanding --learn` makes it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.understanding.hearing import Heard
from bot.understanding.text import Text

SEEN = Path(__file__).parent / "data" / "seen.txt"
IDEA = "@"  # before a sign that is an idea of the lexicon, not a word
SCALE = 12  # the numbers of the table are this many times the logarithm
MOST_SIGNS = 200  # of one text that are looked at
_MANY = 40  # signs; what a longer text says counts less a sign


@dataclass(frozen=True, slots=True)
class Experience:
    """`seen`: by sign, pairs of bytes: a place in `categories`, and how much it speaks for it (signed, in 1/SCALE)."""

    categories: tuple[str, ...]
    seen: Mapping[str, bytes]

    def weigh(self, signs: Iterable[str]) -> dict[str, float]:
        """How much less than the best each category is spoken for: 0 for the best, in logarithms of odds.

        Empty where no sign was ever seen.
        """
        sums: dict[int, int] = defaultdict(int)
        known = 0
        for sign in signs:
            pairs = self.seen.get(sign)
            if pairs is not None:
                known += 1
                for at in range(0, len(pairs), 2):
                    weight = pairs[at + 1]
                    sums[pairs[at]] += weight if weight < 128 else weight - 256
        if not sums:
            return {}
        best = max(sums.values())
        share = min(1.0, _MANY / known) / SCALE
        return {category: (sums[place] - best) * share for place, category in enumerate(self.categories)}

    def words_for(self, category: str, signs: Iterable[str], most: int = 3) -> tuple[str, ...]:
        """The words of a text that speak most for a category, the strongest first; ideas are left out."""
        place = self.categories.index(category)
        found = []
        for sign in signs:
            pairs = self.seen.get(sign, b"")
            for at in range(0, len(pairs), 2):
                if pairs[at] == place and 0 < pairs[at + 1] < 128 and not sign.startswith(IDEA):
                    found.append((-pairs[at + 1], sign))
        return tuple(sign for _, sign in sorted(found)[:most])


# English words that stand in every sentence. In a Vietnamese text the same letters are other words ("mẹ", "cần", "thẻ").
_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "of",
        "to",
        "in",
        "on",
        "at",
        "with",
        "without",
        "for",
        "from",
        "by",
        "as",
        "but",
        "or",
        "than",
        "then",
        "so",
        "very",
        "too",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "there",
        "my",
        "me",
        "his",
        "her",
        "him",
        "their",
        "them",
        "our",
        "us",
        "we",
        "i",
        "he",
        "she",
        "they",
        "one",
        "two",
        "three",
        "some",
        "into",
        "up",
        "out",
        "has",
        "have",
        "had",
        "not",
        "just",
        "also",
        "after",
        "before",
        "near",
        "next",
        "every",
        "each",
        "all",
    ]
)


def signs_of(words: Text, heard: Heard) -> tuple[str, ...]:
    """What is counted of a text: its words without marks and the ideas heard in it, each once."""
    empty = _EMPTY if words.is_english else frozenset()
    signs = dict.fromkeys(token.plain for token in words.tokens if token.plain not in empty)
    signs |= dict.fromkeys(f"{IDEA}{idea}" for idea in heard.said)
    signs |= dict.fromkeys(f"{IDEA}{category}" for category, _, _ in heard.direct)
    if len(signs) <= MOST_SIGNS:
        return tuple(signs)
    found = list(signs)
    return tuple(found[: MOST_SIGNS // 2] + found[-MOST_SIGNS // 2 :])


@cache
def load_experience() -> Experience:
    """The shipped table; read once."""
    first, *lines = SEEN.read_text(encoding="utf-8").splitlines()
    categories = tuple(first.split())
    places = {category: place for place, category in enumerate(categories)}
    seen = {}
    for line in lines:
        sign, *found = line.split()
        pairs = bytearray()
        for one in found:
            category, _, weight = one.partition(":")
            pairs += bytes((places[category], int(weight) % 256))
        seen[sign] = bytes(pairs)
    return Experience(categories, seen)
