"""Writes a document as a workbook: its text on the first sheet, a sheet a table, and its pictures on the last.

Numbers are numbers, shown with a dot between thousands where the reader's language does so; whatever somebody typed is
text, and is never a formula or a link.
"""

from datetime import datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from bot.domain.people import Language
from bot.papers.blocks import Cell, Heading, Manner, Paper, Paragraph, Table, Unit
from bot.papers.pictures_png import as_png
from bot.papers.row_heights import row_height

_SIZE, _TITLE_SIZE = 12, 14  # points
_FONT = {"font_name": "Times New Roman", "font_size": _SIZE, "valign": "top"}
_THOUSANDS = {Language.VI: "[$-42A]#,##0", Language.EN: "[$-809]#,##0"}
_LETTER = 1.15  # widths are told in letters of another font
_BOLD = 0.75  # of a column: bold and capital letters are wider, and a long word is not cut
_WIDEST, _NARROWEST = 60, 9
_PAGE = 74  # A4 between its margins, in the same letters, also where another font stands in for the usual one
_MOST = 32_000  # letters in a cell; Excel takes 32,767
_SHOWN_AT = 96  # dots an inch, by which Excel reckons a picture's size


def write_xlsx(paper: Paper) -> bytes:
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": paper.title[:255], "created": datetime.combine(paper.dated, time(12))})
    looks = _Looks(book, paper.language)
    _text_sheet(book, paper, looks)
    for table in paper.tables:
        _table_sheet(book, paper, table, looks)
    if paper.pictures:
        _picture_sheet(book, paper, looks)
    book.close()
    return made.getvalue()


class _Looks:
    """The formats of cells."""

    def __init__(self, book: Any, language: Language) -> None:
        framed = {**_FONT, "border": 1}
        number = {"num_format": _THOUSANDS[language], "align": "right"}
        self.title = book.add_format({**_FONT, "font_size": _TITLE_SIZE, "bold": True, "text_wrap": True})
        self.strong = book.add_format({**_FONT, "bold": True, "text_wrap": True})
        self.plain = book.add_format({**_FONT, "text_wrap": True})
        self.leaning = book.add_format({**_FONT, "italic": True, "text_wrap": True})
        self.header = book.add_format(
            {**framed, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#EBEBEB"}
        )
        self.cells = {
            (is_text, is_total): book.add_format(
                {**framed, "bold": is_total, **({"text_wrap": True} if is_text else number)}
            )
            for is_text in (True, False)
            for is_total in (True, False)
        }


def _text_sheet(book: Any, paper: Paper, looks: _Looks) -> None:
    sheet = book.add_worksheet(paper.text_sheet)
    sheet.set_column(0, 0, _PAGE)
    _print_set_up(sheet, is_wide=False)
    head = paper.letterhead
    lines = [(head.above.replace("\n", " "), looks.plain), (head.office.replace("\n", " "), looks.strong)]
    lines += [(head.number, looks.plain), (head.place_and_date, looks.leaning), (head.draft, looks.leaning)]
    lines += [(paper.type, looks.title), (paper.subject, looks.title)]
    for block in (*paper.body, *paper.annex):
        if isinstance(block, Heading):
            lines.append((block.text, looks.strong))
        elif isinstance(block, Paragraph):
            lines.append((block.text, looks.leaning if block.manner is Manner.GAP else looks.plain))
    row = 0
    for text, look in lines:
        for start in range(0, len(text), _MOST):
            piece = text[start : start + _MOST]
            width = _PAGE if look in (looks.plain, looks.leaning) else _PAGE * _BOLD
            sheet.set_row(row, row_height([(piece, width)], size=_TITLE_SIZE if look is looks.title else _SIZE))
            sheet.write_string(row, 0, piece, look)
            row += 1


def _table_sheet(book: Any, paper: Paper, table: Table, looks: _Looks) -> None:
    sheet = book.add_worksheet(table.name)
    _print_set_up(sheet, is_wide=len(table.columns) > 5)
    sheet.write_string(0, 0, table.caption, book.add_format({**_FONT, "bold": True}))
    widths = [_width(table, at) for at in range(len(table.columns))]
    sheet.set_row(1, row_height(((c.title, w * _BOLD) for c, w in zip(table.columns, widths, strict=True)), size=_SIZE))
    for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.write_string(1, at, column.title, looks.header)
        sheet.set_column(at, at, width)
    last = len(table.rows) - 1
    for number, row in enumerate(table.rows):
        texts = [(cell[:_MOST], width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)]
        sheet.set_row(number + 2, row_height(texts, size=_SIZE))
        for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            look = looks.cells[column.unit is Unit.TEXT, table.has_total and number == last]
            _write(sheet, number + 2, at, cell, look, paper)
    for number, note in enumerate(table.notes):
        sheet.write_string(len(table.rows) + 3 + number, 0, note, book.add_format({**_FONT, "italic": True}))
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)


def _width(table: Table, at: int) -> float:
    column = table.columns[at]
    longest = max((len(str(row[at])) for row in table.rows), default=0) if column.unit is Unit.TEXT else 0
    return min(max(longest * _LETTER, _NARROWEST + 2), _WIDEST)


def _write(sheet: Any, row: int, at: int, cell: Cell, look: Any, paper: Paper) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, at, cell, look)
    else:
        sheet.write_string(row, at, paper.empty if cell is None else cell[:_MOST], look)


def _picture_sheet(book: Any, paper: Paper, looks: _Looks) -> None:
    sheet = book.add_worksheet(paper.picture_sheet)
    _print_set_up(sheet, is_wide=False)
    sheet.set_column(0, 0, _PAGE)
    row = 0
    for picture, png in zip(paper.pictures, as_png(paper.pictures), strict=True):
        sheet.write_string(row, 0, picture.caption, looks.strong)
        sheet.insert_image(
            row + 1,
            0,
            f"{row}.png",
            {"image_data": BytesIO(png), "description": picture.said, "x_scale": 1, "y_scale": 1},
        )
        row += 4 + round(picture.height / 25.4 * _SHOWN_AT / 20)  # a row is 20 dots high


def _print_set_up(sheet: Any, *, is_wide: bool) -> None:
    sheet.set_paper(9)  # A4
    if is_wide:
        sheet.set_landscape()
    sheet.set_margins(left=0.8, right=0.7, top=0.8, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&C&P")
