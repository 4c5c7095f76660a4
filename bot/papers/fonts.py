"""Which font a PDF is set in: Times New Roman, or one of its widths, that has the Vietnamese letters.

A font of that name is not enough: Liberation Serif before version 2 has no "ế", and half of each word would be taken from
another. Without any, typst's own Libertinus Serif is used for the whole document; it comes with the library.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

OF_TIMES_WIDTHS = ("Times New Roman", "Liberation Serif", "Tinos", "TeX Gyre Termes")
OWN = "Libertinus Serif"
_HARDEST = "ếỘẫƯỹ"
_NO_LETTER = "\U0010fffd"  # drawn as every letter that a font does not have
_SIZE = 40  # pixels, to compare by


@cache
def fonts() -> "typst.Fonts":
    """Those of this machine and typst's own; looked for once."""
    import typst

    return typst.Fonts()


@cache
def paper_font() -> str:
    """The first of Times' widths that can be used, or typst's own."""
    found: dict[str, list[str]] = {}
    for font in fonts().fonts():
        if font.path is not None:
            found.setdefault(font.family, []).append(font.path)
    for name in OF_TIMES_WIDTHS:
        if name in found and all(_has_vietnamese(path) for path in found[name]):
            return name
    return OWN


def has_times() -> bool:
    """Is there a font of Times' widths, as the decree wants?"""
    return paper_font() != OWN


def _has_vietnamese(path: str) -> bool:
    from PIL import ImageFont

    try:
        font = ImageFont.truetype(path, _SIZE)
    except OSError:
        return False
    missing = bytes(font.getmask(_NO_LETTER))
    return all(bytes(font.getmask(letter)) != missing for letter in _HARDEST)
