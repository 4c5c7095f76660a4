"""What people do to a photo before they send it again."""

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageEnhance

Change = Callable[[Image.Image, Random], Image.Image]


def encoded(image: Image.Image, format_name: str, quality: int = 90) -> Image.Image:
    """As it comes back from a file of this format."""
    out = io.BytesIO()
    image.save(out, format_name, **({} if format_name == "PNG" else {"quality": quality}))
    return Image.open(out).convert("RGB")


def reencoded(image: Image.Image, rng: Random) -> Image.Image:
    return encoded(image, rng.choice(("JPEG", "JPEG", "WEBP", "PNG")), rng.randint(30, 90))


def resized(image: Image.Image, rng: Random) -> Image.Image:
    scale = rng.uniform(0.3, 1.6)
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)


def cropped(image: Image.Image, rng: Random) -> Image.Image:
    """Up to a tenth of the width and of the height, at each side: a third of the picture may go."""
    wide, high = image.size
    left, right, top, low = (rng.uniform(0, 0.1) for _ in range(4))
    cut = image.crop((int(left * wide), int(top * high), int((1 - right) * wide), int((1 - low) * high)))
    return cut.resize((wide, high)) if rng.random() < 0.25 else cut


def stamped(image: Image.Image, rng: Random) -> Image.Image:
    """A date drawn into it, some with a bar behind."""
    image, size = image.copy(), max(12, image.height // rng.choice((10, 14, 20, 28)))
    draw, words = (
        ImageDraw.Draw(image),
        f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/2026  {rng.randint(6, 18):02}:20:31",
    )
    left, top = rng.choice((0.03, 0.45)) * image.width, rng.choice((0.03, 0.88)) * image.height
    if rng.random() < 0.3:
        draw.rectangle((left - 4, top - 2, left + 11 * size, top + 1.3 * size), fill=(0, 0, 0))
    draw.text((left, top), words, fill=rng.choice(((255, 150, 0), (255, 255, 255), (255, 40, 40))), font_size=size)
    return image


def lit(image: Image.Image, rng: Random) -> Image.Image:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(rng.uniform(0.7, 1.4))).enhance(
        rng.uniform(0.8, 1.25)
    )


def everything(image: Image.Image, rng: Random) -> Image.Image:
    return reencoded(stamped(lit(resized(cropped(image, rng), rng), rng), rng), rng)


CHANGES: dict[str, Change] = {
    "re-encoded": reencoded,
    "resized": resized,
    "cropped (≤ 10 % a side)": cropped,
    "date stamped": stamped,
    "brightness, contrast": lit,
    "all of these": everything,
}
