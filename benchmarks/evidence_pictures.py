"""Invented photos: streets, walls, heaps of rubbish, trees at night. Each is a scene that can be photographed twice.

A scene is things at different distances. A second photo of it is taken from a step aside, with other light, other grain and
other people passing by: the same place, and another photo. Everything follows from the seed.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (800, 600)  # pixels
KINDS = ("street", "wall", "heap", "night", "water")
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Thing:
    """Something in the scene: where it is (0 to 1 of the picture), how large, how near (1 is an arm's length away)."""

    x: float
    y: float
    wide: float
    high: float
    near: float
    colour: Colour
    shape: str
    seed: int


@dataclass(frozen=True)
class Shot:
    """How a photo of the scene was taken."""

    aside: float = 0.0  # of the picture's width that an arm's length moves
    up: float = 0.0
    turned: float = 0.0  # degrees
    light: float = 1.0
    grain: int = 0  # seed of the sensor's noise, and of who passes by


def second_shot(rng: Random) -> Shot:
    """Somebody else's photo of it, or the same person's a moment later: at a slightly different angle."""
    return Shot(
        aside=rng.choice((-1, 1)) * rng.uniform(0.03, 0.12),
        up=rng.uniform(-0.04, 0.04),
        turned=rng.choice((-1, 1)) * rng.uniform(0.4, 3.0),
        light=rng.uniform(0.8, 1.25),
        grain=rng.randrange(1, 1 << 30),
    )


def photo(seed: int, shot: Shot | None = None) -> Image.Image:
    """The scene of this seed; every fifth is of one kind."""
    shot = shot or Shot()
    kind, rng = KINDS[seed % len(KINDS)], Random(seed)
    ground = _ground(kind, rng, shot)
    draw = ImageDraw.Draw(ground, "RGBA")
    for thing in sorted(_things(kind, rng), key=lambda one: one.near):
        _draw(draw, thing, shot)
    for thing in _passers_by(kind, Random(f"{seed}-{shot.grain}")):
        _draw(draw, thing, shot)
    return _taken(ground, kind, seed, shot)


def _colour(rng: Random, dark: int = 20, light: int = 235) -> Colour:
    middle = rng.randint(dark, light)
    red, green, blue = (min(255, max(0, middle + rng.randint(-45, 45))) for _ in range(3))
    return red, green, blue


def _ground(kind: str, rng: Random, shot: Shot) -> Image.Image:
    wide, high = SIZE
    top, low = (_colour(rng, 5, 30), _colour(rng, 5, 40)) if kind == "night" else (_colour(rng, 120), _colour(rng, 60, 160))
    ramp = np.linspace(0, 1, high)[:, None, None] * (np.array(low) - np.array(top)) + np.array(top)
    grey = _texture(rng.randrange(1 << 30), rng.choice((3, 5, 8)), shift=shot.aside * 0.3)
    strength = 10 if kind == "night" else rng.uniform(20, 60)
    return Image.fromarray(np.clip(ramp + strength * grey[:, :, None], 0, 255).astype(np.uint8).reshape(high, wide, 3))


def _texture(seed: int, coarse: int, shift: float = 0.0) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Spots of several sizes, about -1 to 1, moved sideways by this part of the width."""
    wide, high = SIZE
    noise, whole = np.random.default_rng(seed), np.zeros((high, wide))
    for octave in range(5):
        cells = coarse * 2**octave
        small = Image.fromarray(noise.normal(0, 1, (cells, cells + cells // 2)).astype(np.float32))
        large = small.resize((int(wide * 1.5), high), Image.Resampling.BICUBIC)
        start = int((0.25 + shift) * wide)
        whole += np.asarray(large)[:, start : start + wide] / 1.6**octave
    return whole / 2


def _things(kind: str, rng: Random) -> list[Thing]:
    count = {"street": 26, "wall": 14, "heap": 60, "night": 22, "water": 18}[kind]
    shapes = {
        "street": ("house", "house", "pole", "box", "sign", "tree"),
        "wall": ("crack", "sign", "box", "spot"),
        "heap": ("bag", "bag", "box", "spot", "crack"),
        "night": ("lamp", "lamp", "tree", "house", "crack"),
        "water": ("ripple", "bag", "pole", "tree", "spot"),
    }[kind]
    dark, light = (15, 70) if kind == "night" else (20, 235)
    return [
        Thing(
            x=rng.uniform(-0.1, 1.1),
            y=rng.uniform(0.05, 0.95),
            wide=rng.uniform(0.03, 0.25),
            high=rng.uniform(0.04, 0.35),
            near=rng.uniform(0.1, 1.0),
            colour=_colour(rng, dark, light),
            shape=rng.choice(shapes),
            seed=rng.randrange(1 << 30),
        )
        for _ in range(count)
    ]


def _passers_by(kind: str, rng: Random) -> list[Thing]:
    if kind in ("wall", "heap"):
        return []
    return [
        Thing(
            rng.random(),
            rng.uniform(0.5, 0.9),
            0.05,
            rng.uniform(0.1, 0.2),
            0.8,
            _colour(rng),
            "bag",
            rng.randrange(1 << 30),
        )
        for _ in range(rng.randint(0, 3))
    ]


def _draw(draw: ImageDraw.ImageDraw, thing: Thing, shot: Shot) -> None:
    wide, high = SIZE
    x, y = (thing.x + shot.aside * thing.near) * wide, (thing.y + shot.up * thing.near) * high
    w, h, rng = thing.wide * wide, thing.high * high, Random(thing.seed)
    box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    if thing.shape in ("house", "box", "sign"):
        draw.rectangle(box, fill=thing.colour, outline=_colour(rng))
        for _ in range(rng.randint(2, 9)):  # windows, letters, boards
            left, top = x + rng.uniform(-0.45, 0.3) * w, y + rng.uniform(-0.45, 0.3) * h
            draw.rectangle(
                (left, top, left + rng.uniform(2, 0.2 * w + 3), top + rng.uniform(2, 0.2 * h + 3)), fill=_colour(rng)
            )
    elif thing.shape in ("pole", "crack"):
        points = [(x + rng.uniform(-0.3, 0.3) * w, y + (step / 5 - 0.5) * h * 2) for step in range(6)]
        draw.line(points, fill=thing.colour, width=rng.randint(2, 9))
    elif thing.shape == "lamp":
        for ring in range(6, 0, -1):
            radius = w * ring / 12
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 220, 150, 30 + 200 // ring**2))
    else:  # bags, trees, spots, ripples: heaps of round things
        flat = 0.25 if thing.shape == "ripple" else 1.0
        for _ in range(24 if thing.shape == "tree" else 8):
            at_x, at_y, radius = x + rng.gauss(0, 0.3) * w, y + rng.gauss(0, 0.3) * h, rng.uniform(0.05, 0.3) * w
            red, green, blue = (min(255, max(0, part + rng.randint(-40, 40))) for part in thing.colour)
            draw.ellipse((at_x - radius, at_y - radius * flat, at_x + radius, at_y + radius * flat), fill=(red, green, blue))


def _taken(picture: Image.Image, kind: str, seed: int, shot: Shot) -> Image.Image:
    """What the camera makes of it: turned, a little soft, with grain, and without the corners that turning bares."""
    if shot.turned:
        picture = picture.rotate(shot.turned, resample=Image.Resampling.BICUBIC)
    wide, high = SIZE
    picture = picture.crop((wide // 16, high // 16, wide - wide // 16, high - high // 16))
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float64)
    grain = np.random.default_rng((seed, shot.grain)).normal(0, 7 if kind == "night" else 3, pixels.shape)
    return Image.fromarray(np.clip(pixels * shot.light + grain, 0, 255).astype(np.uint8))
