"""A row of a workbook is high enough for its text: measured letter by letter with the font's own widths."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from bot.papers.row_heights import HIGHEST, row_height

UNIT = 7.0  # dots of a column's unit at 96 dots an inch, with the font that widths are told in; the padding comes on top
TEXT = (
    "Ngõ đường phường trường nghiêng khuỷu tay rác thải chất đống bốc mùi hôi thối, ruồi nhặng bay đầy. Tổ dân phố đã nhắc "
    "nhiều lần mà không chuyển biến; đề nghị cơ quan chức năng kiểm tra giúp 29A-123.45 WWW mmm iii"
)
WORDS = TEXT.split()


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    found = next(iter(sorted(Path("/usr/share/fonts").rglob("LiberationSerif-Regular.ttf"))), None)
    if found is None:
        pytest.skip("Liberation Serif is not installed")
    return ImageFont.truetype(str(found), round(size * 96 / 72))


def lines_of(text: str, width: float, size: int) -> int:
    """As a spreadsheet breaks them: at spaces, and anywhere in a word that is longer than the line."""
    room, lines = width * UNIT, 0
    for part in text.split("\n"):
        lines, line = lines + 1, ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if font(size).getlength(longer) <= room:
                line = longer
                continue
            lines += bool(line)
            line = word
            while font(size).getlength(line) > room and len(line) > 1:
                cut = next(n for n in range(len(line) - 1, 0, -1) if font(size).getlength(line[:n]) <= room or n == 1)
                lines, line = lines + 1, line[cut:]
    return lines


@given(
    text=st.tuples(st.integers(0, len(WORDS)), st.integers(0, 90)).map(lambda cut: " ".join((WORDS * 4)[cut[0] : sum(cut)])),
    width=st.sampled_from((14.0, 19.0, 24.0, 36.0, 52.0, 74.0)),
    size=st.sampled_from((11, 12)),
)
def test_every_line_has_its_place(text: str, width: float, size: int) -> None:
    height = row_height([(text, width)], size=size)
    assert height == HIGHEST or height >= lines_of(text, width, size) * size * 1.15


def test_it_is_not_much_too_high() -> None:
    """A register is printed: half of its paper must not be empty."""
    text = " ".join(WORDS * 4)
    assert row_height([(text, 52.0)], size=11) <= lines_of(text, 52.0, 11) * 11 * 1.26 * 1.4


def test_the_highest_cell_counts_and_excel_s_limit_holds() -> None:
    low, high = ("một dòng", 52.0), ("a\nb\nc\nd", 52.0)
    assert row_height([low, high], size=11) == row_height([high], size=11) > row_height([low], size=11)
    assert row_height([("chữ " * 9000, 5.0)], size=11) == HIGHEST
    assert row_height([("chữ " * 9000, 5.0)], size=11, most=60) == 60
    assert row_height([], size=11) > 11
