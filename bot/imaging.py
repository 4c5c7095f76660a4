"""Makes the copy of a picture that may be shown: a program of its own, because it decodes what strangers sent.

`python bot/imaging.py <FORMAT> [SIDE]` reads a picture from its input, which is a file, and writes a JPEG: the right way up,
at most SIDE (or 2048) pixels a side, without anything but the pixels. It may be killed, run out of memory or out of time;
`bot.file_keeper` then keeps the original sealed. It imports nothing of ours, opens no file and knows no secret. Exit codes:
0 done, 1 not a picture for us.
"""

import io
import sys
from typing import IO

from PIL import Image, ImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Transpose
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

LARGEST_SIDE = 2048  # pixels of the copy
MOST_PIXELS = 25_000_000  # of the original, read from its header before anything is decoded
MOST_PIXELS_WHOLE = 20_000_000  # where no decoder makes it smaller at once: PNG, GIF
MOST_PIXELS_WEBP = 6_000_000  # its decoder holds the picture several times over
MOST_COEFFICIENTS = 40_000_000  # of a progressive JPEG: two bytes each, all of them held until the last scan
MEMORY = 512 * 1024 * 1024  # bytes of address space, shared libraries included
OWN_MEMORY = 160 * 1024 * 1024  # bytes of it that are this process's own
ROWS = 64  # of the copy, that are made at once
PROCESSOR_TIME = 10  # seconds

# Imported one by one: asked for a format it does not know, Pillow would load all of its seventy readers.
_FORMATS = frozenset(reader.format for reader in (GifImageFile, JpegImageFile, PngImageFile, WebPImageFile))

# EXIF orientation → how to turn the pixels. JEITA CP-3451, tag 0x0112.
_ORIENTATION = 0x0112
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


class NotForUs(Exception):
    """The picture is broken, too large, or not of the format it was said to be."""


def limit_this_process() -> None:
    """Bound what a hostile picture can take: memory, time, files. Only where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_DATA, OWN_MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_TIME),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def shown_copy(data: bytes | IO[bytes], format_name: str, side: int = LARGEST_SIDE) -> bytes:
    """The copy, as JPEG.

    Args:
        data: The original's bytes, or a file of them.
        format_name: What its first bytes say it is: JPEG, PNG, WEBP or GIF. Nothing else is tried.
        side: The most pixels a side.

    Raises:
        NotForUs: No copy can be made.
    """
    if format_name not in _FORMATS:
        raise NotForUs(format_name)
    Image.MAX_IMAGE_PIXELS = None  # ours is below, and stricter
    try:
        with Image.open(io.BytesIO(data) if isinstance(data, bytes) else data, formats=[format_name]) as image:
            if not _is_within(image):
                raise NotForUs("too many pixels")
            orientation = _orientation(image)
            # A large JPEG is decoded small: less memory, less time. A photo of 4,000 pixels becomes one of 2,000.
            decoded = min(1.0, (side * 3 // 4 if max(image.size) > LARGEST_SIDE else side) / max(image.size))
            image.draft("RGB", (int(image.width * decoded), int(image.height * decoded)))
            return _encoded(image, orientation, side)
    except NotForUs:
        raise
    except Exception as broken:  # Pillow raises whatever its decoders stumble over
        raise NotForUs(type(broken).__name__) from broken


def _is_within(image: ImageFile.ImageFile) -> bool:
    """What decoding it takes, by its header alone, is not too much."""
    pixels = image.width * image.height
    if not isinstance(image, JpegImageFile):
        return pixels <= (MOST_PIXELS_WEBP if image.format == "WEBP" else MOST_PIXELS_WHOLE)
    shares = [across * down for _, across, down, _ in image.layer]
    coefficients = pixels * sum(shares) / max(shares) if image.info.get("progressive") else 0
    return pixels <= MOST_PIXELS and coefficients <= MOST_COEFFICIENTS


def _orientation(image: ImageFile.ImageFile) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1  # broken metadata is no reason to hide the picture


def _encoded(image: ImageFile.ImageFile, orientation: int, side: int) -> bytes:
    pixels = _fitting(image, side)
    if orientation in _TURNS:
        pixels = pixels.transpose(_TURNS[orientation])
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _fitting(image: ImageFile.ImageFile, side: int) -> Image.Image:
    """Opaque, at most `side` pixels a side, with nothing but pixels.

    Made in bands, so that nothing of the original's size is ever held beside the original: only what is as high as it
    (after whole steps) and already as narrow as the copy.
    """
    scale = min(1.0, side / max(image.size))
    wide, high = (max(1, round(length * scale)) for length in image.size)
    step = max(1, max(image.size) // side)
    narrow = Image.new("RGB", (wide, -(-image.height // step)))
    for top in range(0, image.height, ROWS * step):
        band = _opaque(image.crop((0, top, image.width, min(image.height, top + ROWS * step)))).reduce(step)
        narrow.paste(band.resize((wide, band.height), Image.Resampling.BICUBIC), (0, top // step))
    image.close()
    return narrow.resize((wide, high), Image.Resampling.BICUBIC)


def _opaque(image: Image.Image) -> Image.Image:
    """On white, where the original was see-through."""
    if image.mode in ("I", "I;16", "F"):  # 16 bits of grey
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    picture = image.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def main() -> int:
    limit_this_process()
    try:
        copy = shown_copy(sys.stdin.buffer, sys.argv[1], *map(int, sys.argv[2:3]))
    except NotForUs:
        return 1
    sys.stdout.buffer.write(copy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
