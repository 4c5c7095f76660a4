"""A picture as grey numbers of a known size: what every comparison begins with."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]

SMALLEST_SIDE = 48  # pixels of a canvas
LARGEST_SIDE = 1024  # a panorama is squeezed: its copies are, too
DECODED_SIDE = 1024  # a larger JPEG is decoded at half, a quarter, an eighth


def read_grey(data: bytes) -> Image.Image:
    """The picture in grey. Raises whatever Pillow does: the caller is a process that may die.

    Args:
        data: A JPEG of our own making, at most `bot.imaging.LARGEST_SIDE` a side.
    """
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        image.draft("L", (DECODED_SIDE, DECODED_SIDE))
        return image.convert("L")


def canvas(image: Image.Image, area: int, stretch: tuple[float, float] = (1.0, 1.0)) -> Image.Image:
    """The picture resized to about `area` pixels, its shape kept, and then stretched along x and y."""
    wide, high = image.size
    scale = (area / (wide * high)) ** 0.5
    size = (_side(wide * scale * stretch[0]), _side(high * scale * stretch[1]))
    smaller = size[0] < wide and size[1] < high
    return image.resize(size, Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC)


def _side(length: float) -> int:
    return min(LARGEST_SIDE, max(SMALLEST_SIDE, round(length)))


def numbers(image: Image.Image) -> Grey:
    return np.asarray(image, dtype=np.float32)


def blurred(grey: Grey, sigma: float) -> Grey:
    """Gaussian, by rows and columns; what lies beyond the edge is taken for a mirror image."""
    radius = int(3 * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    for axis in (0, 1):
        around = [(radius, radius) if one == axis else (0, 0) for one in (0, 1)]
        wide, length = np.pad(grey, around, mode="symmetric"), grey.shape[axis]
        out = np.zeros_like(grey)
        for start, weight in enumerate(weights):
            out += weight * (wide[start : start + length] if axis == 0 else wide[:, start : start + length])
        grey = out
    return grey
