"""A workbook of any length, written as its rows come: memory holds a few hundred rows, and no disk ever sees one.

xlsxwriter makes the workbook without the rows: titles, widths, formats, how it is printed. Its own way of writing many rows
keeps them in the open in a temporary file and takes eight times as long, so they are put into its empty sheet here. Every
cell is text or a number: nothing that anybody typed is ever taken for a formula or a link.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.papers.row_heights import HIGHEST, height_of, lines_of, room_of

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767  # characters; more is no workbook
SCREEN_HEIGHT = 60.0  # points of a row that is not for paper: a long list stays a list
MOST_ROWS = 1_048_576  # of a sheet
CUT = " […]"

Cell = str | int | None

_LEVEL = 3  # of zlib: a tenth larger than the best, and three times as quick
_CHUNK = 400  # rows that wait before they are written
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same rows are the same file
# What XML cannot hold, and what no reader shows.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # a reader would take it for the letter of that number
_MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))  # in this order
_NOT_AS_IT_IS = ("_x", *(mark for mark, _ in _MARKUP))
_SHEET = "xl/worksheets/sheet{}.xml"


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in letters of the usual font."""

    title: str
    width: float
    is_centred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All of a workbook but its rows. `heading` writes what stands above them; returns how many rows that are."""

    sheet_name: str
    columns: Sequence[Column]
    heading: "Callable[[Workbook, Worksheet], int]"
    is_for_paper: bool = False  # A4 across, everything in one page's width


async def stream_xlsx(
    layout: Layout, rows: AsyncIterator[Sequence[Cell]], *, most_rows: int = MOST_ROWS
) -> AsyncIterator[bytes]:
    """The workbook's bytes, as far as they are. More rows than a sheet holds go on in a next one, below the same heading.

    Args:
        rows: One cell for each column, in order; None is empty.
        most_rows: Of a sheet, its heading included.
    """
    skeleton = _skeleton(layout, 1)
    before, after = _around(skeleton[_SHEET.format(1)])
    head = len(re.findall(r"<row ", before))
    write_row = _row_writer(layout, _styles(before, len(layout.columns)))
    out = _Out()
    sheets, is_over = 0, False
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as made:
        while not is_over:
            sheets += 1
            with made.open(_entry(_SHEET.format(sheets)), "w", force_zip64=True) as sheet:
                # Each begins as the first; only that one is open in front.
                sheet.write((before if sheets == 1 else before.replace(' tabSelected="1"', "")).encode())
                waiting: list[str] = []
                number, is_over = head, True
                async for row in rows:
                    number += 1
                    waiting.append(write_row(number, row))
                    if len(waiting) >= _CHUNK:
                        sheet.write("".join(waiting).encode())
                        waiting.clear()
                        yield out.take()
                    if number >= most_rows:
                        is_over = False
                        break
                sheet.write("".join([*waiting, after]).encode())
            yield out.take()
        for name, content in _skeleton(layout, sheets).items():
            if not name.startswith("xl/worksheets/sheet"):
                made.writestr(_entry(name), content)
    yield out.take()


def as_text(text: str) -> str:
    """As a cell holds it: cut where it is longer than a cell, without what cannot be written."""
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - len(CUT)] + CUT
    if not text.isprintable():
        text = _UNWRITABLE.sub("\ufffd", text)
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    for mark, told in _MARKUP:  # four searches are quicker than one translation
        if mark in text:
            text = text.replace(mark, told)
    return text


class _Out(RawIOBase):
    """What a zip file is written to that cannot be gone back in."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _WHEN)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _skeleton(layout: Layout, sheets: int) -> dict[str, bytes]:
    """The parts of a workbook with so many sheets that have a heading and no row."""
    from datetime import UTC, datetime

    from xlsxwriter.workbook import Workbook

    with BytesIO() as made:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = Workbook(made, options)
        book.set_properties({"created": datetime(*_WHEN, tzinfo=UTC)})
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(layout.sheet_name if number == 1 else f"{layout.sheet_name} {number}")
            for place, column in enumerate(layout.columns):
                look = {"text_wrap": True, "valign": "top", "border": int(layout.is_for_paper)}
                look |= {"align": "center"} if column.is_centred else {}
                sheet.set_column(place, place, column.width, book.add_format(look | FONT))
            head = layout.heading(book, sheet)
            sheet.freeze_panes(head, 0)
            if layout.is_for_paper:
                sheet.set_landscape()
                sheet.set_paper(9)  # A4
                sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
                sheet.fit_to_pages(1, 0)
                sheet.set_footer("&R&P/&N")
        book.close()
        with ZipFile(made) as whole:
            return {name: whole.read(name) for name in whole.namelist()}


FONT_SIZE = 11  # points
FONT = {"font_name": "Times New Roman", "font_size": FONT_SIZE}


def _around(sheet: bytes) -> tuple[str, str]:
    """What stands before and behind the rows. Its extent would have to be known before them, so it is left out."""
    text = re.sub(r"<dimension [^>]*/>", "", sheet.decode()).replace("<sheetData/>", "<sheetData></sheetData>")
    before, end, after = text.partition("</sheetData>")
    return before, end + after


def _styles(before: str, columns: int) -> list[str]:
    """The number of each column's format, as its row of `<cols>` has it."""
    found = {
        place: style
        for first, last, style in re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"', before)
        for place in range(int(first), int(last) + 1)
    }
    return [found.get(place, "0") for place in range(1, columns + 1)]


def _row_writer(layout: Layout, styles: Sequence[str]) -> Callable[[int, Sequence[Cell]], str]:
    """On paper, cells without anything are written too, for their borders."""
    letters = [_letters(place) for place in range(len(styles))]
    behind = [f'" s="{style}"' for style in styles]
    rooms = [room_of(column.width, FONT_SIZE) for column in layout.columns]
    with_empty, highest = layout.is_for_paper, HIGHEST if layout.is_for_paper else SCREEN_HEIGHT

    def write(number: int, row: Sequence[Cell]) -> str:
        cells, lines, is_plain = [""], 1, _is_plain(row)
        for letter, style, room, value in zip(letters, behind, rooms, row, strict=True):
            if value is None or value == "":
                if with_empty:
                    cells.append(f'<c r="{letter}{number}{style}/>')
            elif isinstance(value, int):
                cells.append(f'<c r="{letter}{number}{style}><v>{value}</v></c>')
            else:
                if len(value) / room > lines or "\n" in value:
                    lines = max(lines, lines_of(value, room))
                text = value if is_plain else as_text(value)
                cells.append(f'<c r="{letter}{number}{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        height = height_of(lines, size=FONT_SIZE, most=highest)
        cells[0] = f'<row r="{number}" ht="{height:g}" customHeight="1">'
        cells.append("</row>")
        return "".join(cells)

    return write


def _is_plain(row: Sequence[Cell]) -> bool:
    """Whether `as_text` would leave every cell as it is; a look at all of them at once, since nearly always it does."""
    texts = "".join([cell for cell in row if isinstance(cell, str)])
    shown = texts.replace("\n", "")  # the one that is no printable letter and may stand in a cell
    return len(texts) <= LONGEST_CELL and shown.isprintable() and not any(mark in texts for mark in _NOT_AS_IT_IS)


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)
