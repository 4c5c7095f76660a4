"""An index of words in memory that answers as `storage.prints` does: many processes can ask it without a database."""

from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np


class Index:
    """Prints in the order in which they came, which decides between those that share as many words."""

    def __init__(self, prints: Sequence[Collection[int]]) -> None:
        numbers = np.repeat(np.arange(len(prints), dtype=np.int32), [len(one) for one in prints])
        words = np.fromiter(chain.from_iterable(prints), dtype=np.int32, count=len(numbers))
        order = np.argsort(words, kind="stable")
        self._words, self._numbers = words[order], numbers[order]

    def alike(self, words: Sequence[int], most: int) -> list[int]:
        """Numbers of those that share at least two words, those that share most first."""
        asked = np.array(words, dtype=np.int32)
        starts, ends = np.searchsorted(self._words, asked), np.searchsorted(self._words, asked, "right")
        if not (ends - starts).any():
            return []
        rows = np.concatenate([self._numbers[start:end] for start, end in zip(starts, ends, strict=True)])
        numbers, shared = np.unique(rows, return_counts=True)
        numbers, shared = numbers[shared > 1], shared[shared > 1]
        return [int(one) for one in numbers[np.lexsort((numbers, -shared))][:most]]
