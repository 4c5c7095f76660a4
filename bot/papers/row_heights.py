"""How high a row must be for its text to be read.

Excel fits rows whose height is not told when it opens a file; LibreOffice and others take a file of Excel's make at its word
and lay the lines over each other. So every row with text that wraps tells its height. It is an estimate, on the generous
side: the width of letters is an average, and words are not cut.
"""

from collections.abc import Iterable
from math import ceil

HIGHEST = 409.0  # points; Excel takes no more
_PER_LETTER = 0.97  # of a column's unit, at eleven points: Times New Roman is narrower than the font that widths are told in
_LOST = 5.0  # units at each line's end, where the next word did not fit
_LEADING = 1.26  # of a font's size, from line to line
_AROUND = 3.0  # points above and below


def row_height(cells: Iterable[tuple[str, float]], *, size: float, most: float = HIGHEST) -> float:
    """The height that shows every cell of a row.

    Args:
        cells: A text and the width of its column, as spreadsheets count widths.
        size: Of the font, in points.
        most: Points; a longer text is cut off on the screen, not in the cell.

    Returns:
        Points, in quarters as Excel keeps them.
    """
    return height_of(max((lines_of(text, room_of(width, size)) for text, width in cells), default=1), size=size, most=most)


def room_of(width: float, size: float) -> float:
    """How many letters a line of a column has."""
    return max((width - _LOST) / (_PER_LETTER * size / 11), 1.0)


def lines_of(text: str, room: float) -> int:
    """How many lines it takes, with so many letters in each."""
    return sum(ceil(len(part) / room) or 1 for part in text.split("\n"))


def height_of(lines: int, *, size: float, most: float) -> float:
    """As `row_height`."""
    return round(min(lines * size * _LEADING + _AROUND, most) * 4) / 4
