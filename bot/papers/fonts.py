"""Which font a PDF is set in: Times New Roman, or one of its widths, that has the Vietnamese letters.

A font of that name is not enough: Liberation Serif before version 2 has no "ế", and half of each word would be taken from
another. Without any, typst's own Libertinus Serif is used for the whole document; it comes with the library.
"""

from functools import cache
from pathlib import Path
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
    """Those of this machine that can be used, and typst's own; looked for once.

    Where an old and a new one have the same name, typst would take either: the old one's folder is left out.
    """
    import typst

    every = typst.Fonts()
    folders = {Path(font.path).parent for font in every.fonts() if font.path is not None}
    useless = {path.parent for name in OF_TIMES_WIDTHS for path in _files(every, name) if not _has_vietnamese(path)}
    if not useless:
        return every
    return typst.Fonts(include_system_fonts=False, font_paths=sorted(folders - useless))


@cache
def paper_font() -> str:
    """The first of Times' widths that can be used, or typst's own."""
    return next((name for name in OF_TIMES_WIDTHS if _files(fonts(), name)), OWN)


def has_times() -> bool:
    """Is there a font of Times' widths, as the decree wants?"""
    return paper_font() != OWN


def _files(found: "typst.Fonts", name: str) -> list[Path]:
    return [Path(font.path) for font in found.fonts() if font.family == name and font.path is not None]


def _has_vietnamese(path: Path) -> bool:
    from PIL import ImageFont

    try:
        font = ImageFont.truetype(str(path), _SIZE)
    except OSError:
        return False
    missing = bytes(font.getmask(_NO_LETTER))
    return all(bytes(font.getmask(letter)) != missing for letter in _HARDEST)
