"""What words have stood for: how often each word, and each idea, was seen in invented examples of a category.

The rules of the lexicon know what was thought of; a sentence that nobody thought of still shares words with others of its
kind. Both are added up in `understand`. What was seen is a table in words and numbers (`data/seen.txt`), made by counting:
`learning` says how, and `benchmarks.understanding --learn` makes it anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from struct import unpack

from bot.understanding.hearing import Heard
from bot.understanding.text import SMALL_WORDS, Text, Token

SEEN = Path(__file__).parent / "data" / "seen.txt"
PAIR = "_"  # between the two words of a sign
IDEA = "@"  # before a sign that is an idea of the lexicon, not a word
SCALE = 12  # the numbers of the table are this many times the logarithm
MOST_SIGNS = 400  # of one text that are looked at
_MANY = 40  # signs; what a longer text says counts less a sign


# Four bytes of one large number for each category, so that a sign's weights are added to all of them at once.
_LANE, _TIMES, _RAISED = 4, 1 << 20, 128


@lru_cache(maxsize=2048)
def _lanes(pairs: bytes) -> int:
    """The pairs of a sign as such a number: MOST_SIGNS of them fit into their lanes."""
    places, weights = pairs[::2], memoryview(pairs).cast("b")[1::2]
    return sum((_TIMES + _RAISED + weight) << (8 * _LANE * place) for place, weight in zip(places, weights, strict=True))


@dataclass(frozen=True, slots=True)
class Experience:
    """`seen`: by sign, pairs of bytes: a place in `categories`, and how much it speaks for it (signed, in 1/SCALE)."""

    categories: tuple[str, ...]
    seen: Mapping[str, bytes]

    def weigh(self, signs: Iterable[str]) -> dict[str, float]:
        """How much less than the best each category is spoken for: 0 for the best, in logarithms of odds.

        Empty where no sign was ever seen.
        """
        known = lanes = 0
        for sign in signs:
            pairs = self.seen.get(sign)
            if pairs is not None:
                known += 1
                lanes += _lanes(pairs)
        if not lanes:
            return {}
        size = len(self.categories)
        # Of each category: how often it was spoken for or against, and the sum of what was said, each raised by _RAISED.
        spoken = [divmod(lane, _TIMES) for lane in unpack(f"<{size}I", lanes.to_bytes(_LANE * size, "little"))]
        best = max(weights - _RAISED * times for times, weights in spoken if times)
        share = min(1.0, _MANY / known) / SCALE
        return {
            category: (weights - _RAISED * times - best) * share
            for category, (times, weights) in zip(self.categories, spoken, strict=True)
        }

    def words_for(self, category: str, signs: Iterable[str], most: int = 3) -> tuple[str, ...]:
        """The words of a text that speak most for a category, the strongest first; ideas are left out."""
        place = self.categories.index(category)
        found = []
        for sign in signs:
            pairs = self.seen.get(sign, b"")
            for at in range(0, len(pairs), 2):
                if pairs[at] == place and 0 < pairs[at + 1] < 128 and not sign.startswith(IDEA):
                    found.append((-pairs[at + 1], sign))
        return tuple(sign.replace(PAIR, " ") for _, sign in sorted(found)[:most])


def signs_of(words: Text, heard: Heard) -> tuple[str, ...]:
    """What is counted of a text: its words without marks, every two that follow each other, and its ideas, each once.

    A syllable says little ("cảm", "ơn"): in Vietnamese most words are two. Whom the writer only calls upon is left out, and
    so are numbers: which house it is says nothing.
    """
    empty = SMALL_WORDS if words.is_english else frozenset()
    tokens = [token for at, token in enumerate(words.tokens) if at not in heard.called_upon]
    signs = dict.fromkeys(token.plain for token in tokens if token.plain not in empty and not _is_number(token))
    signs |= dict.fromkeys(f"{IDEA}{idea}" for idea in heard.said)
    signs |= dict.fromkeys(f"{IDEA}{category}" for category, _, _ in heard.direct)
    pairs = pairwise(tokens)
    signs |= dict.fromkeys(
        f"{one.plain}{PAIR}{next_.plain}"
        for one, next_ in pairs
        if not (next_.after_stop or _is_number(one) or _is_number(next_))
    )
    if len(signs) <= MOST_SIGNS:
        return tuple(signs)
    found = list(signs)
    return tuple(found[: MOST_SIGNS // 2] + found[-MOST_SIGNS // 2 :])


def _is_number(token: Token) -> bool:
    return token.plain.isdigit()


@cache
def load_experience() -> Experience:
    """The shipped table; read once, line by line: the whole of it in memory twice would stay with the process."""
    with SEEN.open(encoding="utf-8") as lines:
        categories = tuple(next(lines).split())
        places = {category: place for place, category in enumerate(categories)}
        same: dict[bytes, bytes] = {}  # most pairs of words were seen as often, in the same category, as some other
        seen = {}
        for line in lines:
            sign, *found = line.split()
            pairs = bytearray()
            for one in found:
                category, _, weight = one.partition(":")
                pairs += bytes((places[category], int(weight) % 256))
            seen[sign] = same.setdefault(bytes(pairs), bytes(pairs))
    return Experience(categories, seen)
