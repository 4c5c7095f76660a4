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
    needed = max((_lines(text, width, size) for text, width in cells), default=1)
    return round(min(needed * size * _LEADING + _AROUND, most) * 4) / 4


def _lines(text: str, width: float, size: float) -> int:
    letters = max((width - _LOST) / (_PER_LETTER * size / 11), 1.0)
    return sum(ceil(len(part) / letters) or 1 for part in text.split("\n"))
