"""Invented places, seen through a camera that stands somewhere: a street in metres, and what it looks like from there.

Everything is a flat piece with a picture on it (`benchmarks.evidence_surfaces`), put up in space and drawn far to near, so
that from another stand near things move more than far ones, as they do for a real camera.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.evidence_surfaces import cut_out, facade, ground, plaster, sky

SIZE = (800, 600)  # pixels
_FOCAL = 640.0  # pixels: a phone's usual lens
_NEAREST = 0.4  # metres: what is nearer is not drawn
Corner = tuple[float, float, float]


@dataclass(frozen=True)
class Eye:
    """Where the camera is, in metres from the first photo's (right, up, forward), and how it is turned, in degrees."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True)
class Piece:
    """A picture in space: where its four corners are, from the upper left on clockwise."""

    image: Image.Image
    corners: tuple[Corner, Corner, Corner, Corner]

    @property
    def far(self) -> float:
        return max(z for _x, _y, z in self.corners)


def scene(kind: str, seed: int, eye: Eye, later: int) -> Image.Image:
    """The place of this seed as this eye sees it at that moment."""
    rng, now = Random(seed), Random(f"{seed}-{later}")
    low = {"heap": -18.0, "water": -9.0}.get(kind, rng.uniform(-4, 3))
    turn = _turn(eye, low, rng.uniform(-14, 14) if kind != "wall" else rng.uniform(-5, 5))
    stand = np.array([eye.x, 1.5 + eye.y, eye.z])
    picture = sky(SIZE, rng)
    pieces = [*_place(kind, rng), *_passers_by(kind, now)]
    if kind == "water":
        pieces.append(Piece(ground(now, wet=True), _flat(-4, 4, 3.2, 16, 0.02)))
    for piece in sorted(pieces, key=lambda one: -one.far):
        _draw(picture, piece, turn, stand)
    return _night(picture, rng) if kind == "night" else picture


def _turn(eye: Eye, low: float, aside: float) -> NDArray[np.float64]:
    """World to camera: x to the right, y down, z forward."""
    yaw, pitch, roll = radians(aside + eye.yaw), radians(low + eye.pitch), radians(eye.roll)
    about_y = np.array([[cos(yaw), 0, -sin(yaw)], [0, 1, 0], [sin(yaw), 0, cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, cos(pitch), -sin(pitch)], [0, sin(pitch), cos(pitch)]])
    about_z = np.array([[cos(roll), -sin(roll), 0], [sin(roll), cos(roll), 0], [0, 0, 1]])
    turned: NDArray[np.float64] = np.diag([1.0, -1.0, 1.0]) @ about_z @ about_x @ about_y
    return turned


def _flat(left: float, right: float, near: float, far: float, y: float = 0.0) -> tuple[Corner, Corner, Corner, Corner]:
    return (left, y, far), (right, y, far), (right, y, near), (left, y, near)


def _upright(x: float, z: float, wide: float, high: float, y: float = 0.0) -> tuple[Corner, Corner, Corner, Corner]:
    """Facing the first photo's camera."""
    left, right = x - wide / 2, x + wide / 2
    return (left, y + high, z), (right, y + high, z), (right, y, z), (left, y, z)


def _place(kind: str, rng: Random) -> Iterator[Piece]:
    width = rng.uniform(2.2, 4.5)
    for near in (1.6, 5.0, 12.0):  # in three, so that near ground is sharp
        yield Piece(ground(rng), _flat(-width - 1, width + 1, near, {1.6: 5.0, 5.0: 12.0, 12.0: 48.0}[near]))
    if kind == "wall":
        far = rng.uniform(2.6, 4.5)
        yield Piece(plaster(rng), _upright(0, far, 12, 7))
        for _ in range(rng.randint(1, 3)):
            yield Piece(
                cut_out(rng, rng.choice(("sign", "crack", "stain"))),
                _upright(
                    rng.uniform(-1.6, 1.6), far - 0.02, rng.uniform(0.3, 0.9), rng.uniform(0.3, 0.9), rng.uniform(0.3, 2.2)
                ),
            )
        return
    for side in (-1, 1):
        z = rng.uniform(1.5, 3.0)
        while z < 34:
            deep, high, x = rng.uniform(3, 6), rng.uniform(3, 11), side * (width + rng.uniform(0, 0.8))
            left, right = ((x, z), (x, z + deep)) if side < 0 else ((x, z + deep), (x, z))
            yield Piece(
                facade(rng),
                ((left[0], high, left[1]), (right[0], high, right[1]), (right[0], 0, right[1]), (left[0], 0, left[1])),
            )
            z += deep
    yield Piece(facade(rng), _upright(rng.uniform(-2, 2), 36, 14, rng.uniform(5, 12)))
    for _ in range(rng.randint(6, 12)):
        yield _thing(rng, rng.choice(("pole", "tree", "sign", "box", "bike")), width, rng.uniform(3.5, 24))
    if kind == "heap":
        for _ in range(rng.randint(25, 45)):
            x, z = rng.gauss(0, 0.9), rng.uniform(2.6, 5.5)
            yield Piece(
                cut_out(rng, rng.choice(("bag", "bag", "box", "stain"))),
                _upright(x, z, rng.uniform(0.3, 0.8), rng.uniform(0.2, 0.6), rng.uniform(0, 0.3)),
            )


def _thing(rng: Random, what: str, width: float, z: float) -> Piece:
    wide, high, low = {
        "pole": (0.25, 6.0, 0.0),
        "tree": (3.0, 4.5, 0.8),
        "sign": (rng.uniform(0.5, 1.6), rng.uniform(0.3, 1.0), rng.uniform(1, 3)),
        "box": (0.8, 0.9, 0.0),
        "bike": (1.7, 1.1, 0.0),
    }[what]
    return Piece(cut_out(rng, what), _upright(rng.choice((-1, 1)) * rng.uniform(0.5, 1) * width, z, wide, high, low))


def _passers_by(kind: str, now: Random) -> Iterator[Piece]:
    for _ in range(0 if kind == "wall" else now.randint(0, 3)):
        what, z = now.choice(("person", "person", "bike")), now.uniform(4, 18)
        wide, high = (0.6, 1.65) if what == "person" else (1.7, 1.3)
        yield Piece(cut_out(now, what), _upright(now.uniform(-2, 2), z, wide, high))


def _draw(picture: Image.Image, piece: Piece, turn: NDArray[np.float64], stand: NDArray[np.float64]) -> None:
    seen = (turn @ (np.array(piece.corners) - stand).T).T
    if seen[:, 2].min() < _NEAREST:
        return
    flat = seen[:, :2] / seen[:, 2:] * _FOCAL + np.array(SIZE) / 2
    (left, top), (right, low) = np.floor(flat.min(axis=0)), np.ceil(flat.max(axis=0))
    box = (max(int(left), 0), max(int(top), 0), min(int(right), SIZE[0]), min(int(low), SIZE[1]))
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    image = _small_enough(piece.image, flat)
    wide, high = image.size
    there = flat - np.array(box[:2])
    data = _homography(there, np.array([(0, 0), (wide, 0), (wide, high), (0, high)], dtype=float))
    laid = image.convert("RGBA").transform(
        (box[2] - box[0], box[3] - box[1]), Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR
    )
    picture.paste(laid, box[:2], laid)


def _small_enough(image: Image.Image, flat: NDArray[np.float64]) -> Image.Image:
    """Not finer than it is seen, or it would shimmer."""
    sides = np.hypot(*(flat - np.roll(flat, -1, axis=0)).T)
    most = (max(int(max(sides[0], sides[2]) * 1.3), 8), max(int(max(sides[1], sides[3]) * 1.3), 8))
    if image.width <= most[0] and image.height <= most[1]:
        return image
    return image.resize((min(image.width, most[0]), min(image.height, most[1])), Image.Resampling.BOX)


def _homography(here: NDArray[np.float64], there: NDArray[np.float64]) -> list[float]:
    rows, goal = [], []
    for (x, y), (u, v) in zip(here, there, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        goal += [u, v]
    return [float(one) for one in np.linalg.solve(np.array(rows), np.array(goal))]


def _night(picture: Image.Image, rng: Random) -> Image.Image:
    """Only what a few lamps and windows light."""
    glow = Image.new("L", SIZE, rng.randint(14, 30))
    draw = ImageDraw.Draw(glow)
    for _ in range(rng.randint(1, 4)):
        x, y, radius = rng.uniform(60, 740), rng.uniform(40, 380), rng.uniform(60, 200)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=rng.randint(90, 255))
    light = np.asarray(glow.filter(ImageFilter.GaussianBlur(60)), dtype=np.float32)[:, :, None] / 255
    warm = np.array([1.0, 0.85, 0.6], dtype=np.float32)
    return Image.fromarray(np.clip(np.asarray(picture, dtype=np.float32) * light * warm, 0, 255).astype(np.uint8))
