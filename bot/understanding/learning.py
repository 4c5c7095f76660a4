"""Makes the table of `experience` from examples: counting, nothing else, so that the same examples give the same table.

A sign's weight for a category is the logarithm of how much more often it was seen there than one would expect of a category
where it was never seen. Signs seen only once tell nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.understanding.categories import load_categories
from bot.understanding.experience import SCALE, signs_of
from bot.understanding.hearing import hear
from bot.understanding.lexicon import load_lexicon

_PRIOR = 5.0  # as if so many more examples of each category had been seen, with signs as often as anywhere
_LEAST = 2  # examples in which a sign must have been seen


def learn(examples: Iterable[tuple[str, str]]) -> str:
    """The table of `data/seen.txt` from pairs of text and category."""
    known = tuple(load_categories())
    lexicon = load_lexicon()
    sizes: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text, category in examples:
        sizes[category] += 1
        words = lexicon.read(text)
        for sign in signs_of(words, hear(words, lexicon)):
            counts[sign][category] += 1
    lines = [" ".join(known)]
    usual = sum(sizes.values()) / len(known)
    for sign, found in sorted(counts.items()):
        if found.total() >= _LEAST:
            often = _PRIOR * found.total() / sum(sizes.values())
            weights = {category: _weight(number, sizes[category], often, usual) for category, number in found.items()}
            lines.append(
                " ".join(
                    [
                        sign.replace(" ", "_"),
                        *(f"{category}:{weights[category]}" for category in known if weights.get(category)),
                    ]
                )
            )
    return "\n".join(lines) + "\n"


def _weight(number: int, size: int, often: float, usual: float) -> int:
    here = (number + often) / (size + _PRIOR)
    nowhere = often / (usual + _PRIOR)
    return max(-127, min(127, round(SCALE * math.log(here / nowhere))))
