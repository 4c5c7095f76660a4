"""A picture as words: numbers that a copy of it shares, and that other pictures do not.

A word is what lies around a spot that stands out: the signs of the slowest waves (DCT) of a quarter of the picture's side.
Cropping takes spots away and a stamp spoils those under it, but the others keep their words; a hash of the whole picture
would lose all at once. A stored picture has its words at one scale. A picture that is looked for is asked about at several,
since a crop makes what is left of it larger. Whether a picture that shares words is the same photo, `alignment` says.
"""

from math import log

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.prints.grey import Grey, blurred, canvas, numbers

AREA = 256 * 256  # pixels of the canvas that spots are looked for on
MOST_SPOTS = 40
BITS = 24  # waves whose sign is in a word; one more bit says whether the spot is light or dark
FAINTEST = 0.6  # grey levels by which a spot must stand out
SPOT = 4.0  # pixels: the blur that leaves spots of the size we want
SIDE = 72  # pixels a side of what a word is made of
GRID = 16  # samples a side of it
MARGIN = int(0.42 * SIDE)

# A tenth cropped at each side makes what is left a quarter larger; the reverse when the stored one is the crop. A picture
# may be pulled back to its old size after a crop, so that the two sides differ, but not by much.
_STEPS = (0.8, 0.87, 0.94, 1.0, 1.07, 1.15, 1.25)
STRETCHES = tuple((wide, high) for wide in _STEPS for high in _STEPS if abs(log(wide / high)) < 0.13)

_WAVES = 7
_slow = np.array([np.cos(np.pi * k * (np.arange(GRID) + 0.5) / GRID) for k in range(_WAVES)], dtype=np.float32)
ORDER = sorted(((u, v) for u in range(_WAVES) for v in range(_WAVES) if u + v), key=lambda uv: (sum(uv), uv))[:BITS]
_VALUES = 1 << np.arange(BITS)

Words = list[tuple[int, float, float]]  # the word, and where its spot is on the unstretched canvas


def words_of(image: Image.Image, stretch: tuple[float, float] = (1.0, 1.0)) -> Words:
    """At most `MOST_SPOTS`; few or none where nothing stands out (a wall, a night without lights)."""
    grey = numbers(canvas(image, AREA, stretch))
    spots, is_light = _spots(grey)
    if not len(spots):
        return []
    samples = _samples(blurred(grey, 0.6 * SIDE / GRID), spots)
    waves = np.einsum("ui,nij,vj->nuv", _slow, samples, _slow)
    signs = np.stack([waves[:, u, v] > 0 for u, v in ORDER], axis=1)
    found = (signs * _VALUES).sum(axis=1) * 2 + is_light
    return [(int(word), float(x) / stretch[0], float(y) / stretch[1]) for word, (x, y) in zip(found, spots, strict=True)]


def asked_places(image: Image.Image) -> list[Words]:
    """Its words at each of `STRETCHES`: as they are in pictures that it may be a copy of, or that may be copies of it."""
    return [words_of(image, stretch) for stretch in STRETCHES]


def asked_words(image: Image.Image) -> set[int]:
    """What to look for, to find those pictures."""
    return {word for words in asked_places(image) for word, _x, _y in words}


def _spots(grey: Grey) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where it stands out most from what is around, as (x, y), and whether it is lighter there."""
    ring = blurred(grey, SPOT) - blurred(grey, 1.6 * SPOT)
    strength = np.abs(ring)
    is_spot = (strength >= _highest_around(strength, int(SPOT))) & (strength > FAINTEST)
    inside = np.zeros_like(is_spot)
    inside[MARGIN:-MARGIN, MARGIN:-MARGIN] = True
    ys, xs = np.nonzero(is_spot & inside)
    best = np.argsort(-strength[ys, xs], kind="stable")[:MOST_SPOTS]
    ys, xs = ys[best], xs[best]
    exact_x = xs + _peak(ring[ys, xs - 1], ring[ys, xs], ring[ys, xs + 1])
    exact_y = ys + _peak(ring[ys - 1, xs], ring[ys, xs], ring[ys + 1, xs])
    return np.stack([exact_x, exact_y], axis=1), ring[ys, xs] > 0


def _highest_around(grey: Grey, radius: int) -> Grey:
    for axis in (0, 1):
        around = [(radius, radius) if one == axis else (0, 0) for one in (0, 1)]
        wide, length = np.pad(grey, around), grey.shape[axis]
        shifted = (wide[k : k + length] if axis == 0 else wide[:, k : k + length] for k in range(2 * radius + 1))
        grey = np.maximum.reduce(list(shifted))
    return grey


def _peak(before: Grey, at: Grey, after: Grey) -> NDArray[np.float64]:
    """Where between three pixels the highest point of a parabola through them lies, from the middle one."""
    bend = (before - 2 * at + after).astype(np.float64)
    flat = np.abs(bend) < 1e-6
    return np.where(flat, 0.0, np.clip(0.5 * (before - after) / np.where(flat, 1.0, bend), -0.5, 0.5))


def _samples(grey: Grey, spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """GRID by GRID values around each spot, between the pixels where they fall there."""
    steps = ((np.arange(GRID) + 0.5) / GRID - 0.5) * SIDE
    high, wide = grey.shape
    xs = np.clip(spots[:, 0, None, None] + steps[None, None, :], 0, wide - 1.001)
    ys = np.clip(spots[:, 1, None, None] + steps[None, :, None], 0, high - 1.001)
    left, top = xs.astype(int), ys.astype(int)
    right_part, low_part = xs - left, ys - top
    upper = grey[top, left] * (1 - right_part) + grey[top, left + 1] * right_part
    lower = grey[top + 1, left] * (1 - right_part) + grey[top + 1, left + 1] * right_part
    return np.asarray(upper * (1 - low_part) + lower * low_part)
