"""A city's worth of photos as their words alone: what a photo is looked for among.

Some words are common, and how common decides what a look-up costs: so the words come from pictures. A few hundred invented
photos are seen through two dozen windows each and in two mirrors (mirroring changes only the sign of waves that are odd that
way, so a mirrored picture's words need no mirrored picture). Where more are wanted than that, each further one has half the
words of one of these and half those of another: every word stays as common as it is.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Transpose

from benchmarks.evidence_pictures import photo
from bot.prints.words import ORDER, words_of

PHOTOS = 220  # that all come from
WINDOWS = 24  # of a photo
_FIRST = 5_000_000  # seed: no picture that is looked for is of the crowd
_ACROSS = sum(2 << bit for bit, (_down, across) in enumerate(ORDER) if across % 2)
_DOWN = sum(2 << bit for bit, (down, _across) in enumerate(ORDER) if down % 2)
_MIRRORS = (0, _ACROSS, _DOWN, _ACROSS ^ _DOWN)
A_PHOTO = WINDOWS * len(_MIRRORS)  # prints
Print = NDArray[np.int32]
T = TypeVar("T")


def crowd(photos: int, pool: Executor, kept: Path | None) -> list[Print]:
    """So many prints, sorted words each; read from the file `kept`, or made and written there."""
    if kept is not None and kept.exists():
        with np.load(kept) as held:
            found = np.split(held["words"], held["ends"])[:-1]
        if len(found) >= min(photos, PHOTOS * A_PHOTO):
            return _more(found, photos)
    wanted = range(min(PHOTOS, -(-photos // A_PHOTO)))
    made = [one for prints in progress(pool.map(_prints, wanted, chunksize=2), "crowd, photos") for one in prints]
    if kept is not None:
        np.savez(kept, words=np.concatenate(made), ends=np.cumsum([len(one) for one in made]))
    return _more(made, photos)


def _more(prints: Sequence[Print], photos: int) -> list[Print]:
    rng, found = np.random.default_rng(1), list(prints[:photos])
    while len(found) < photos:
        one, other = (prints[int(rng.integers(len(prints)))] for _ in range(2))
        found.append(np.unique(np.concatenate([rng.permutation(half)[: len(half) // 2 + 1] for half in (one, other)])))
    return found


def progress(results: Iterator[T], name: str, every: float = 20.0) -> Iterator[T]:
    """The same results; how many there were is said every so many seconds."""
    last = time.monotonic()
    for number, result in enumerate(results, 1):
        yield result
        if time.monotonic() - last > every:
            last = time.monotonic()
            print(f"  {name}: {number}", flush=True)


def crowd_picture(number: int) -> Image.Image:
    """The picture of the crowd's print with this number, in grey; of the first `PHOTOS * A_PHOTO` only."""
    place, mirrored = divmod(number % A_PHOTO, len(_MIRRORS))
    image = _windows(number // A_PHOTO)[place]
    if mirrored & 1:
        image = image.transpose(Transpose.FLIP_LEFT_RIGHT)
    return image.transpose(Transpose.FLIP_TOP_BOTTOM) if mirrored & 2 else image


@lru_cache(2)
def _windows(number: int) -> Sequence[Image.Image]:
    rng, image = Random(f"crowd-{_FIRST + number}"), photo(_FIRST + number).convert("L")
    found = []
    for _ in range(WINDOWS):
        scale = rng.uniform(0.55, 1)
        wide, high = int(image.width * scale), int(image.height * scale * rng.uniform(0.85, 1))
        left, top = rng.randint(0, image.width - wide), rng.randint(0, image.height - high)
        found.append(image.crop((left, top, left + wide, top + high)))
    return found


def _prints(number: int) -> list[Print]:
    seen = [np.array(sorted({word for word, _x, _y in words_of(image)}), dtype=np.int64) for image in _windows(number)]
    return [np.sort(words ^ mirror).astype(np.int32) for words in seen for mirror in _MIRRORS]
