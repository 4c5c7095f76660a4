"""The pictures that take most memory to decode, each just within the limits of `bot.imaging`, and such just beyond."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from bot.imaging import MOST_COEFFICIENTS, MOST_PIXELS, MOST_PIXELS_WEBP, MOST_PIXELS_WHOLE


def _square(most: int, mode: str, format_name: str, **how: Any) -> bytes:
    side, out = int(most**0.5), io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert(mode).save(out, format_name, **how)
    return out.getvalue()


PROGRESSIVE = {"progressive": True, "quality": 90}
LARGEST: dict[str, Callable[[], bytes]] = {
    "see-through": lambda: _square(MOST_PIXELS_WHOLE, "RGBA", "PNG", compress_level=1),
    "grey and see-through": lambda: _square(MOST_PIXELS_WHOLE, "LA", "PNG", compress_level=1),
    "plain": lambda: _square(MOST_PIXELS_WHOLE, "RGB", "PNG", compress_level=1),
    "palette": lambda: _square(MOST_PIXELS_WHOLE, "P", "GIF"),
    "progressive": lambda: _square(MOST_COEFFICIENTS // 3, "RGB", "JPEG", subsampling=0, **PROGRESSIVE),
    "progressive, few colours": lambda: _square(MOST_PIXELS, "RGB", "JPEG", subsampling=2, **PROGRESSIVE),
    "for print": lambda: _square(MOST_PIXELS, "CMYK", "JPEG", quality=90),
    "small file": lambda: _square(MOST_PIXELS_WEBP, "RGBA", "WEBP", quality=50),
}
BEYOND: dict[str, Callable[[], bytes]] = {
    "see-through, too large": lambda: _square(MOST_PIXELS_WHOLE * 11 // 10, "RGBA", "PNG", compress_level=1),
    "progressive, too large": lambda: _square(MOST_COEFFICIENTS * 11 // 30, "RGB", "JPEG", subsampling=0, **PROGRESSIVE),
    "too large": lambda: _square(MOST_PIXELS * 11 // 10, "L", "JPEG", quality=50),
    "small file, too large": lambda: _square(MOST_PIXELS_WEBP * 11 // 10, "RGBA", "WEBP", quality=50),
}
