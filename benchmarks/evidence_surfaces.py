"""What the things of an invented place look like from near: walls with windows, plaster, paving, leaves, bags, signs.

Real surfaces are rough at every size and evenly so at none: each has noise whose strength falls with its fineness (1/f).
"""

from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Floats = NDArray[np.float32]


def rough(rng: Random, size: tuple[int, int], fall: float = 1.1) -> Floats:
    """Noise of about one, its waves weaker the finer they are."""
    wide, high = size
    noise = np.random.default_rng(rng.randrange(1 << 32)).standard_normal((high, wide), dtype=np.float32)
    waves = np.fft.rfft2(noise)
    fine = np.hypot(np.fft.fftfreq(high)[:, None] * high, np.fft.rfftfreq(wide)[None, :] * wide)
    fine[0, 0] = 1
    found = np.fft.irfft2(waves / fine**fall, s=(high, wide))
    return np.asarray(found / (found.std() + 1e-9), dtype=np.float32)


def colour(rng: Random, dark: int = 40, light: int = 220, lively: int = 30) -> Colour:
    middle = rng.randint(dark, light)
    red, green, blue = (min(250, max(5, middle + rng.randint(-lively, lively))) for _ in range(3))
    return red, green, blue


def _roughened(image: Image.Image, rng: Random, strength: float, fall: float = 1.1) -> Image.Image:
    noise = rough(rng, image.size, fall)[:, :, None] * strength
    pixels = np.asarray(image.convert("RGB"), dtype=np.float32)
    return Image.fromarray(np.clip(pixels * (1 + noise / 128) + noise / 2, 0, 255).astype(np.uint8))


def sky(size: tuple[int, int], rng: Random) -> Image.Image:
    light = rng.randint(150, 240)
    blue = Image.new("RGB", size, (light - rng.randint(0, 50), light - rng.randint(0, 15), light))
    return _roughened(blue, rng, rng.uniform(2, 16), 1.7)


def plaster(rng: Random) -> Image.Image:
    """A near-empty wall: stains and unevenness, most of them faint."""
    wall = Image.new("RGB", (512, 320), colour(rng, 110, 225, 18))
    return _roughened(wall, rng, rng.uniform(3, 16), rng.uniform(1.0, 1.5))


def ground(rng: Random, *, wet: bool = False) -> Image.Image:
    """Asphalt, earth or paving; or water on it, whose waves are never twice the same."""
    size = (320, 256)
    floor = Image.new("RGB", size, colour(rng, 95, 150, 8) if wet else colour(rng, 70, 165, 15))
    draw = ImageDraw.Draw(floor)
    if not wet and rng.random() < 0.5:
        step, dark = rng.choice((16, 24, 32)), colour(rng, 50, 90, 8)
        for place in range(0, 330, step):
            draw.line((place, 0, place, 256), fill=dark)
            draw.line((0, place, 320, place), fill=dark)
    for _ in range(rng.randint(4, 14)):  # patches, puddles, litter
        x, y, radius = rng.uniform(0, 320), rng.uniform(0, 256), rng.uniform(1, 16)
        draw.ellipse((x - radius, y - radius / 2, x + radius, y + radius / 2), fill=colour(rng, 40, 190))
    return _roughened(floor.filter(ImageFilter.GaussianBlur(0.8)), rng, 30 if wet else rng.uniform(8, 26), 0.9)


def facade(rng: Random) -> Image.Image:
    """A house front: windows in rows, a door or a shop, a sign, wires, dirt."""
    wide, high = 200, rng.randint(180, 380)
    front = Image.new("RGB", (wide, high), colour(rng, 90, 225, 35))
    draw = ImageDraw.Draw(front)
    columns, row, frame = rng.randint(1, 4), rng.randint(55, 90), colour(rng, 40, 210)
    for top in range(rng.randint(8, 25), high - 95, row):
        for column in range(columns):
            if rng.random() < 0.12:
                continue
            x, w, h = (column + 0.5) * wide / columns, wide / columns * rng.uniform(0.3, 0.7), row * rng.uniform(0.4, 0.7)
            draw.rectangle((x - w / 2, top, x + w / 2, top + h), fill=colour(rng, 15, 110, 20), outline=frame, width=3)
            draw.line((x, top, x, top + h), fill=frame, width=2)
            if rng.random() < 0.4:  # a balcony, a curtain, an air conditioner, washing
                draw.rectangle(
                    (x - w / 2, top + h * 0.6, x + w * rng.uniform(0, 0.6), top + h * 1.1), fill=colour(rng, 30, 230, 60)
                )
    draw.rectangle((rng.uniform(5, 60), high - 75, rng.uniform(90, 195), high), fill=colour(rng, 10, 130, 50))
    draw.rectangle((rng.uniform(0, 30), high - 96, rng.uniform(100, 200), high - 76), fill=colour(rng, 40, 220, 90))
    draw.text(
        (35, high - 95),
        "".join(rng.choice("ABCDEGHIKLMNOPQRSTUVXY ") for _ in range(11)),
        fill=colour(rng, 5, 250, 60),
        font_size=16,
    )
    for _ in range(rng.randint(0, 3)):
        draw.line((0, rng.uniform(0, high), wide, rng.uniform(0, high)), fill=(25, 25, 25))
    return _roughened(front, rng, rng.uniform(6, 22))


def cut_out(rng: Random, what: str) -> Image.Image:
    """A thing with nothing around it."""
    size = {"pole": (12, 256), "sign": (120, 80), "box": (90, 100), "person": (48, 128), "bike": (150, 100)}.get(
        what, (128, 128)
    )
    wide, high = size
    shape = Image.new("L", size, 0)
    _SHAPES[what](ImageDraw.Draw(shape), rng, wide, high)
    inside = _roughened(_inside(what, rng, size), rng, rng.uniform(12, 40) if what != "sign" else 8, 0.9)
    inside.putalpha(shape.filter(ImageFilter.GaussianBlur(6)) if what == "stain" else shape)
    return inside


def _inside(what: str, rng: Random, size: tuple[int, int]) -> Image.Image:
    base = (rng.randint(30, 80), rng.randint(70, 130), rng.randint(25, 60)) if what == "tree" else colour(rng, 30, 225, 70)
    image, (wide, high) = Image.new("RGB", size, base), size
    draw = ImageDraw.Draw(image)
    if what == "sign":
        for row in range(2):
            words = "".join(rng.choice("ABCDEGHIKLMNOPQRSTUVXY ") for _ in range(9))
            draw.text((6, 8 + 34 * row), words, fill=colour(rng, 5, 250, 60), font_size=20)
    for _ in range(0 if what in ("sign", "pole") else rng.randint(3, 10)):
        x, y, radius = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(3, wide / 4)
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius),
            fill=tuple(min(255, max(0, part + rng.randint(-50, 50))) for part in base),
        )
    return image


def _blobs(draw: ImageDraw.ImageDraw, rng: Random, wide: int, high: int) -> None:
    for _ in range(14):
        x, y, radius = rng.gauss(wide / 2, wide / 6), rng.gauss(high / 2, high / 6), rng.uniform(0.08, 0.22) * wide
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _whole(draw: ImageDraw.ImageDraw, rng: Random, wide: int, high: int) -> None:
    draw.rectangle((0, rng.uniform(0, 0.1) * high, wide, high), fill=255)


def _crack(draw: ImageDraw.ImageDraw, rng: Random, wide: int, high: int) -> None:
    points = [(wide * (0.5 + rng.gauss(0, 0.15)), high * step / 8) for step in range(9)]
    draw.line(points, fill=230, width=rng.randint(2, 5))


def _person(draw: ImageDraw.ImageDraw, _rng: Random, wide: int, high: int) -> None:
    draw.ellipse((wide * 0.3, 0, wide * 0.7, high * 0.2), fill=255)
    draw.polygon([(wide * 0.15, high * 0.25), (wide * 0.85, high * 0.25), (wide * 0.7, high), (wide * 0.3, high)], fill=255)


def _bike(draw: ImageDraw.ImageDraw, _rng: Random, wide: int, high: int) -> None:
    for x in (0.2, 0.8):
        draw.ellipse((wide * (x - 0.19), high * 0.55, wide * (x + 0.19), high), fill=255)
    draw.polygon(
        [(wide * 0.15, high * 0.7), (wide * 0.4, high * 0.2), (wide * 0.75, high * 0.15), (wide * 0.85, high * 0.7)],
        fill=255,
    )


_SHAPES = {
    "sign": _whole,
    "box": _whole,
    "pole": _whole,
    "crack": _crack,
    "person": _person,
    "bike": _bike,
    "tree": _blobs,
    "bag": _blobs,
    "stain": _blobs,
}
