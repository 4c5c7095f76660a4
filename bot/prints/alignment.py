"""Lays one picture over another and says whether they are the same photo.

A copy fits after moving and stretching alone, to a fraction of a pixel, in nearly every part of it. Another photo of the
same place does not: the camera stood elsewhere, so that things have shifted by different amounts, or what was in front of it
has changed. Three steps: words that both have give a rough fit, least squares a fine one, and then every part is looked at
by itself. Lucas and Kanade, "An iterative image registration technique" (1981), with the light's gain and offset.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.prints.grey import Grey, blurred, canvas, numbers
from bot.prints.words import AREA, STRETCHES, Words, asked_places, words_of

FINE_AREA = 352 * 352  # pixels of the canvas that is compared
BLOCK = 22  # pixels a side of a part
# One after the other: how many times smaller, and the blur there in pixels. Least squares must not take a neighbouring
# stripe, or line of text, for its own.
STEPS = ((2, 4.0), (2, 2.5), (1, 2.0), (1, 1.0))
ROUGH_FITS = 3  # are tried
ROUNDS = 7  # of least squares at each of them
LEAST_COVER = 0.6  # of each lies on the other: a tenth cropped at every side leaves 0.64
LEAST_COVER_MORE = 0.75  # of one of them, mostly all: it is the crop
LEAST_PARTS = 6  # with something in them, or nothing can be said
LEAST_SHARE = 0.55  # of the parts must look the same; a stamp or a change spoils its own only
MOST_DRIFT = 0.45  # pixels by which what should lie on top of one another may be bent away, on average
MOST_SHIFT = 1.2  # the same for the middle part by itself, noise included
MOST_SCATTERED = 0.015  # of the parts may show something else, all over the picture
STAMP_ROWS = 5  # a stamp lies in no more of the rows than this part of them
_OTHER = 0.5  # correlation below which they differ
_CLEAR = 8.0  # grey levels: what is fainter may be noise
_ALIKE = 0.7  # correlation from which two parts look the same
_PLAIN = 3.5  # grey levels: a part with less in it says nothing
_BIN = 12.0  # pixels: how exactly words that belong together agree where the picture lies
_LEAST_OVERLAP = 0.35  # on the way to the best fit
_UP_TO = 1.7  # times: no fit is stretched further

Floats = NDArray[np.floating]
_Place = tuple[tuple[float, float], float, int, int]  # a stretch, a shift of the bins, a bin


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a point of the one picture lies in the other: x · wide + left, y · high + top."""

    wide: float
    left: float
    high: float
    top: float

    @property
    def reverse(self) -> "Fit":
        """Where a point of the other lies in the one."""
        return Fit(1 / self.wide, -self.left / self.wide, 1 / self.high, -self.top / self.high)

    def times(self, factor: float) -> "Fit":
        """The same on canvases so many times larger."""
        return Fit(self.wide, self.left * factor, self.high, self.top * factor)

    @property
    def is_sane(self) -> bool:
        return 1 / _UP_TO < self.wide < _UP_TO and 1 / _UP_TO < self.high < _UP_TO


def compare(asked: Image.Image, other: Image.Image, places: Sequence[Words] = ()) -> dict[str, float | bool]:
    """Whether these are the same photo, with what was measured: each as its limit above calls it.

    Args:
        places: The words of `asked` at each stretch, where they are known already.
    """
    best = Measured()
    for measured in _overlays(asked, other, places or asked_places(asked)):
        best = max(best, measured, key=lambda one: (one.is_same, one.is_alike, one.share))
        if best.is_same:
            break
    return {
        "same": best.is_same,
        "share": best.share,
        "scattered": best.scattered,
        "drift": best.drift,
        "shift": best.shift,
        "parts": best.parts,
        "cover": best.cover,
    }


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found where the one picture lies on the other; see the limits above."""

    share: float = 0.0
    scattered: float = 0.0
    drift: float = 99.0
    shift: float = 99.0
    parts: int = 0
    cover: float = 0.0
    cover_more: float = 0.0

    @property
    def is_alike(self) -> bool:
        """Whether they show the same, however one is bent against the other."""
        covered = self.cover >= LEAST_COVER and self.cover_more >= LEAST_COVER_MORE
        return covered and self.parts >= LEAST_PARTS and self.share >= LEAST_SHARE

    @property
    def is_same(self) -> bool:
        lies = self.drift <= MOST_DRIFT and self.shift <= MOST_SHIFT
        return self.is_alike and lies and self.scattered <= MOST_SCATTERED


def _overlays(asked: Image.Image, other: Image.Image, places: Sequence[Words]) -> Iterator[Measured]:
    """The one laid over the other wherever it may fit; and the other over the one, where they look alike but seem bent.

    A stamp on the picture that is laid pulls least squares more than a stamp on the one beneath.
    """
    here, there = canvas(asked, FINE_AREA), canvas(other, FINE_AREA)
    for rough in _rough(places, other):
        fit = _fine(here, there, rough.times((FINE_AREA / AREA) ** 0.5))
        if fit is None:
            continue
        found = _measured(here, there, fit)
        yield found
        back = _fine(there, here, fit.reverse) if found.is_alike and not found.is_same else None
        if back is not None:
            yield _measured(there, here, back)
    whole = Fit(there.width / here.width, 0.0, there.height / here.height, 0.0)
    fit = _fine(here, there, whole) if whole.is_sane else None
    if fit is not None:
        yield _measured(here, there, fit)


def _rough(places: Sequence[Words], other: Image.Image) -> Iterator[Fit]:
    """The stretches and places that most words agree on, best first: lines of text agree in several."""
    known = defaultdict(list)
    for word, x, y in words_of(other):
        known[word].append((x, y))
    agreeing: dict[_Place, set[tuple[float, float, float, float]]] = defaultdict(set)
    for stretch, words in zip(STRETCHES, places, strict=True):
        for word, x, y in words:
            for there_x, there_y in known.get(word, ()):
                left, top = there_x - x * stretch[0], there_y - y * stretch[1]
                for shift in (0.0, 0.5):  # so that no edge between two bins parts those who agree
                    place = (stretch, shift, round(left / _BIN + shift), round(top / _BIN + shift))
                    agreeing[place].add((x, y, there_x, there_y))
    for _ in range(ROUGH_FITS):
        if not agreeing:
            return
        best = max(agreeing, key=lambda place: len(agreeing[place]))
        taken = agreeing[best]
        pairs = np.array(sorted(taken))
        wide, left = _line(pairs[:, 0], pairs[:, 2], best[0][0])
        high, top = _line(pairs[:, 1], pairs[:, 3], best[0][1])
        yield Fit(wide, left, high, top)
        agreeing = {place: rest for place, pairs in agreeing.items() if len(rest := pairs - taken)}


def _line(here: Floats, there: Floats, slope: float) -> tuple[float, float]:
    """The slope and offset that the pairs agree on; the slope stays what it was where they are too few to tell."""
    offset = float(np.median(there - slope * here))
    near = np.abs(there - slope * here - offset) < _BIN
    if near.sum() >= 3 and np.ptp(here[near]) > 60:
        better, better_offset = np.polyfit(here[near], there[near], 1)
        if abs(better / slope - 1) < 0.1:
            return float(better), float(better_offset)
    return slope, offset


def _measured(here: Image.Image, there: Image.Image, fit: Fit) -> Measured:
    laid, both = _laid(there, fit, here.size)
    covers = (float(both.mean()), float(both.sum() * fit.wide * fit.high / (there.width * there.height)))
    picture, laid = blurred(numbers(here), 0.8), blurred(laid, 0.8)
    share, parts = _share(picture, laid, both)
    picture, laid = blurred(picture, 1.2), blurred(laid, 1.2)
    drift, shift = _drift(picture, laid, both)
    return Measured(share, _scattered(picture, laid, both), drift, shift, parts, min(covers), max(covers))


def _laid(image: Image.Image, fit: Fit, size: tuple[int, int]) -> tuple[Grey, NDArray[np.bool_]]:
    """The picture as it lies under the other one, and where it is there at all."""
    data = (fit.wide, 0, fit.left, 0, fit.high, fit.top)
    laid = image.transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    there = Image.new("L", image.size, 255).transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    return numbers(laid), np.asarray(there) > 250


def _fine(asked: Image.Image, other: Image.Image, fit: Fit) -> Fit | None:
    """The fit with the least difference, to a fraction of a pixel. None where there is none."""
    for times, sigma in STEPS:
        small, there = asked.reduce(times), other.reduce(times)
        found = _finer(numbers(small), there, fit.times(1 / times), sigma)
        if found is None:
            return None
        fit = found.times(times)
    return fit


def _finer(picture: Grey, other: Image.Image, fit: Fit, sigma: float) -> Fit | None:
    high, wide = picture.shape
    xs, ys = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    goal, soft = _edges(picture, sigma), Image.fromarray(_edges(numbers(other), sigma))
    for _ in range(ROUNDS):
        laid, both = _laid(soft, fit, (wide, high))
        both[:2] = both[-2:] = False
        both[:, :2] = both[:, -2:] = False
        if both.mean() < _LEAST_OVERLAP:
            return None
        step = _step(goal, laid, both, xs, ys, fit)
        fit = Fit(fit.wide + step[0], fit.left + step[1], fit.high + step[2], fit.top + step[3])
        if not fit.is_sane:
            return None
        if abs(step[0]) * wide + abs(step[1]) + abs(step[2]) * high + abs(step[3]) < 0.05:
            break
    return fit


def _edges(grey: Grey, sigma: float) -> Grey:
    """Without the slow light and shade: a brightened copy has lost what was lightest in it, and would be pulled away."""
    return blurred(grey, sigma) - blurred(grey, 3 * sigma)


def _step(goal: Grey, laid: Grey, both: NDArray[np.bool_], xs: Grey, ys: Grey, fit: Fit) -> Floats:
    """How to change the fit: one step of Gauss and Newton over every fourth pixel, outliers (a stamp) weighing little."""
    chosen = np.zeros_like(both)
    chosen[::2, ::2] = both[::2, ::2]
    down, across = _slopes(laid)
    seen, wanted = laid[chosen].astype(np.float64), goal[chosen].astype(np.float64)
    gain = _gain(seen, wanted)
    error = wanted - gain * seen - (wanted.mean() - gain * seen.mean())
    usual = 1.48 * np.median(np.abs(error)) + 1
    weight = 1 / (1 + (error / (2 * usual)) ** 2) ** 2
    by_x, by_y = gain * across[chosen] / fit.wide, gain * down[chosen] / fit.high
    slopes = np.stack([by_x * xs[chosen], by_x, by_y * ys[chosen], by_y, seen, np.ones_like(seen)], axis=1)
    weighed = slopes * weight[:, None]
    return np.asarray(np.linalg.solve(weighed.T @ slopes + 1e-3 * np.eye(6), weighed.T @ error))


def _gain(seen: Floats, wanted: Floats) -> float:
    """How much stronger the one is. A stamp on a near-empty wall is stronger than all of the wall: it is cut down first."""
    calm = [np.clip(one, *(np.array([-1, 1]) * (5 * np.median(np.abs(one)) + 1))) for one in (seen, wanted)]
    return float(np.clip(np.cov(*calm)[0, 1] / max(calm[0].var(), 1e-3), 0.2, 5))


def _slopes(grey: Grey) -> tuple[Grey, Grey]:
    """How much lighter it gets with each pixel down, and to the right."""
    down, across = np.gradient(grey, axis=0), np.gradient(grey, axis=1)
    return np.asarray(down, dtype=np.float32), np.asarray(across, dtype=np.float32)


def _parts(grey: Grey, side: int) -> Grey:
    """Its squares, one after the other, each as a row."""
    high, wide = grey.shape[0] // side, grey.shape[1] // side
    squares = grey[: high * side, : wide * side].reshape(high, side, wide, side).transpose(0, 2, 1, 3)
    return squares.reshape(high * wide, side * side)


def _centred(parts: Grey) -> Floats:
    return np.asarray(parts - parts.mean(axis=1, keepdims=True), dtype=np.float64)


def _share(picture: Grey, laid: Grey, both: NDArray[np.bool_]) -> tuple[float, int]:
    """How many of the parts with something in them look the same, and how many there are."""
    alike, spread, _rows = _likeness(picture, laid, both)
    telling = spread.max(axis=0) > _PLAIN
    return (float((alike[telling] > _ALIKE).mean()), int(telling.sum())) if telling.any() else (0.0, 0)


def _scattered(picture: Grey, laid: Grey, both: NDArray[np.bool_]) -> float:
    """How many of the parts clearly show different things, without the few rows that have most of those.

    A stamp lies in a few rows. Words that were filled into the same form lie all over it.
    """
    alike, spread, rows = _likeness(picture, laid, both)
    differs = (alike < _OTHER) & (spread.min(axis=0) > _CLEAR)
    at_most = picture.shape[0] // BLOCK // STAMP_ROWS + 1
    each = np.bincount(rows[differs], minlength=at_most)
    return float((each.sum() - np.convolve(each, np.ones(at_most), "valid").max()) / max(1, len(rows)))


def _likeness(picture: Grey, laid: Grey, both: NDArray[np.bool_]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Of each part that both have: its correlation, how much there is in it in either, and its row."""
    whole = _parts(both.astype(np.float32), BLOCK).mean(axis=1) > 0.98
    one, two = _centred(_parts(picture, BLOCK)[whole]), _centred(_parts(laid, BLOCK)[whole])
    spread = np.stack([one.std(axis=1), two.std(axis=1)])
    alike = (one * two).mean(axis=1) / (spread.prod(axis=0) + 0.5)
    return alike, spread, np.nonzero(whole)[0] // (picture.shape[1] // BLOCK)


def _drift(picture: Grey, laid: Grey, both: NDArray[np.bool_]) -> tuple[float, float]:
    """By how many pixels the one is bent against the other: what its parts' shifts have in common, and the middle shift."""
    side = 2 * BLOCK
    down, across = _slopes(laid)
    columns = picture.shape[1] // side
    whole = _parts(both.astype(np.float32), side).mean(axis=1) > 0.98
    one, two = _centred(_parts(picture, side)), _centred(_parts(laid, side))
    telling = whole & (np.maximum(one.std(axis=1), two.std(axis=1)) > _PLAIN)
    if telling.sum() < 4:
        return 99.0, 99.0
    one, two = one[telling], two[telling]
    gain = np.clip((one * two).sum(axis=1) / ((two * two).sum(axis=1) + 1), 0.3, 3)[:, None]
    # What looks different there has not moved: it is another thing, or a stamp.
    alike = (one * two).mean(axis=1) / (one.std(axis=1) * two.std(axis=1) + 0.5)
    by_x = gain * _centred(_parts(across, side)[telling])
    by_y = gain * _centred(_parts(down, side)[telling])
    shift_x, shift_y, sureness = _shifts(one - gain * two, by_x, by_y, side)
    sureness = sureness * np.clip((alike - 0.2) / 0.5, 0.02, 1)
    row, column = np.divmod(np.nonzero(telling)[0], columns)
    at_x = (column + 0.5) / columns * 2 - 1
    at_y = (row + 0.5) / (picture.shape[0] // side) * 2 - 1
    bent = np.hypot(_bending(at_x, at_y, shift_x, sureness), _bending(at_x, at_y, shift_y, sureness))
    return float(np.sqrt((bent**2).mean())), float(np.median(np.hypot(shift_x, shift_y)))


def _shifts(error: Floats, by_x: Floats, by_y: Floats, side: int) -> tuple[Floats, Floats, Floats]:
    """Each part's own shift, and how sure it is (0 to 1): a part with stripes of one direction says little."""
    xx, yy, xy = (by_x * by_x).sum(axis=1), (by_y * by_y).sum(axis=1), (by_x * by_y).sum(axis=1)
    calm = 0.02 * (xx + yy) + 0.05 * side * side
    x, y = (by_x * error).sum(axis=1), (by_y * error).sum(axis=1)
    size = (xx + calm) * (yy + calm) - xy * xy
    least = np.maximum((xx + yy) / 2 - np.hypot((xx - yy) / 2, xy), 0)
    sureness = np.minimum(1, least / (2.0 * side * side)) + 0.05
    return ((yy + calm) * x - xy * y) / size, ((xx + calm) * y - xy * x) / size, np.asarray(sureness)


def _bending(at_x: Floats, at_y: Floats, shift: Floats, sureness: Floats) -> Floats:
    """The smooth part of the shifts over the whole picture (a parabola in x and y), at nine by nine places.

    A turned or tilted camera bends everything alike; noise and a stamp do not, and weigh little.
    """

    def curves(x: Floats, y: Floats) -> Floats:
        return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)

    here = curves(at_x, at_y)
    found: Floats = np.zeros(6)
    stray: Floats = np.zeros(len(here))
    for _ in range(4):
        weighed = here * (sureness / (1 + (stray / 0.6) ** 2) ** 2)[:, None]
        found = np.linalg.solve(here.T @ weighed + 0.3 * np.eye(6), weighed.T @ shift)
        stray = np.asarray(shift - here @ found)
    x, y = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    return np.asarray(curves(x.ravel(), y.ravel()) @ found)
