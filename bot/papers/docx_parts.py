"""The pieces of WordprocessingML that python-docx has no words for: fonts of every script, fields, borders, tables.

Tables are written as elements at once: through python-docx's cells a table of a city's wards takes seconds.
"""

from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
TWIPS = 56.6929  # in a millimetre
MOST_WHOLE = 15  # rows of a table that is not cut by the end of a page


def name_fonts(properties: Any) -> None:
    """Times New Roman for every script: Word takes another font for Asian and complex letters, unless told."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def speak(properties: Any, language: str) -> None:
    """What spelling checkers and screen readers take the text for."""
    spoken = properties.find(qn("w:lang"))
    if spoken is None:
        spoken = OxmlElement("w:lang")
        properties.append(spoken)
    tag = {"vi": "vi-VN", "en": "en-GB"}[language]
    for script in ("val", "eastAsia"):
        spoken.set(qn(f"w:{script}"), tag)


def add_words(paragraph: Any, text: str, size: float | None = None, *, bold: bool = False, italic: bool = False) -> Any:
    run = paragraph.add_run()
    for number, line in enumerate(text.split("\n")):
        if number:
            run.add_break()
        run.add_text(line)
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)
    return run


def add_page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, code in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = code
        run._r.append(mark)  # python-docx has no fields


def rule_under(paragraph: Any, room: float, wide: float) -> None:
    """An empty, flat paragraph whose lower border is a line of `wide` in the middle of `room`, both millimetres."""
    setting = paragraph.paragraph_format
    setting.space_before = setting.space_after = Pt(0)
    setting.line_spacing = Pt(3)
    indent = max((room - wide) / 2, 0)
    setting.left_indent = setting.right_indent = Mm(indent)
    setting.first_line_indent = Mm(0)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()  # python-docx has no borders
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def table_of(
    widths: Sequence[float], rows: Sequence[Sequence[str]], *, aligned: Sequence[str], size: float, has_total: bool
) -> Any:
    """A bordered table: its first row is said again on every page, and no row is split between two.

    Args:
        widths: Millimetres, one a column.
        rows: The header first.
        aligned: "left", "right" or "center" for each column below the header.
        size: Of the letters, points.
        has_total: The last row is in bold.
    """
    table = OxmlElement("w:tbl")
    table.append(_table_properties(sum(widths)))
    grid = OxmlElement("w:tblGrid")
    for width in widths:
        grid.append(_with("w:gridCol", w=str(round(width * TWIPS))))
    table.append(grid)
    last = len(rows) - 1
    is_whole = len(rows) <= MOST_WHOLE
    for number, row in enumerate(rows):
        line = OxmlElement("w:tr")
        properties = OxmlElement("w:trPr")
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        line.append(properties)
        is_strong = number == 0 or (has_total and number == last)
        for width, text, side in zip(widths, row, aligned, strict=True):
            line.append(
                _cell(
                    width, text, "center" if number == 0 else side, size, is_strong, number == 0, is_whole and number < last
                )
            )
        table.append(line)
    return table


def _table_properties(width: float) -> Any:
    properties = OxmlElement("w:tblPr")
    properties.append(_with("w:tblW", w=str(round(width * TWIPS)), type="dxa"))
    properties.append(_with("w:jc", val="center"))
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_with(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    properties.append(borders)
    properties.append(_with("w:tblLayout", type="fixed"))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_with(f"w:{side}", w="57", type="dxa"))
    properties.append(margins)
    return properties


def _cell(width: float, text: str, side: str, size: float, is_strong: bool, is_header: bool, is_kept: bool) -> Any:
    cell = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    properties.append(_with("w:tcW", w=str(round(width * TWIPS)), type="dxa"))
    if is_header:
        properties.append(_with("w:shd", val="clear", color="auto", fill="EBEBEB"))
    properties.append(_with("w:vAlign", val="center"))
    cell.append(properties)
    paragraph = OxmlElement("w:p")
    setting = OxmlElement("w:pPr")
    if is_header or is_kept:
        setting.append(OxmlElement("w:keepNext"))
    setting.append(_with("w:spacing", before="40", after="40", line="240", lineRule="auto"))
    setting.append(_with("w:ind", firstLine="0"))
    setting.append(_with("w:jc", val=side))
    paragraph.append(setting)
    run = OxmlElement("w:r")
    look = OxmlElement("w:rPr")
    if is_strong:
        look.append(OxmlElement("w:b"))
    look.append(_with("w:sz", val=str(round(size * 2))))
    run.append(look)
    words = OxmlElement("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    paragraph.append(run)
    cell.append(paragraph)
    return cell


def _with(name: str, **values: str) -> Any:
    element = OxmlElement(name)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element
