"""Turns our SVG drawings into PNG for formats that take no SVG; typst draws, as it does in the PDF."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.papers.blocks import Picture
from bot.papers.review_pdf import set_pages

_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # a PNG says none


def as_png(pictures: Sequence[Picture]) -> list[bytes]:
    """A PNG each, in their order, of 200 dots an inch."""
    if not pictures:
        return []
    data = [{"svg": one.svg, "width": one.width, "height": one.height} for one in pictures]
    return set_pages("pictures.typ", {"pictures": data}, _NO_DAY, "png")
