"""Writes a document as DOCX, in the layout of administrative documents (Decree 30/2020/NĐ-CP, annex I).

A4 with margins of 22, 20, 30 and 18 mm; Times New Roman 14; the page's number in the middle above, from page 2 on; wide
tables on pages across. Charts are pictures of the same drawings that the PDF has. Nothing in the file says when or by
whom it was made, so that two of the same document are the same.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bot.papers.blocks import Block, Heading, Manner, Paper, Paragraph, Picture, Table, Unit
from bot.papers.docx_parts import add_page_number, add_words, name_fonts, rule_under, speak, table_of
from bot.papers.fixed_zip import packed_again
from bot.papers.pictures_png import as_png
from bot.papers.review_pdf import shown

_ROOM, _ROOM_ACROSS = 162.0, 257.0  # millimetres between the margins
_NARROW = 180.0  # a table of three columns on a page across
_HEAD = (63.0, 99.0)  # the letterhead's two halves
_MOTTO, _OFFICE = 57.0, 28.0  # their lines; the motto's is as long as its text, 13 points bold
_SIZE = 14


def write_docx(paper: Paper) -> bytes:
    document = docx.Document()
    _prepare(document, paper)
    pictures = iter(as_png(paper.pictures))
    _letterhead(document, paper)
    _blocks(document, paper.body, paper, pictures, _ROOM, 11)
    _signature(document, paper)
    if paper.annex:
        _across(document)
        _centred(document, paper.annex_title, 14, bold=True)
        _centred(document, paper.annex_note, 13, italic=True)
        _blocks(document, paper.annex, paper, pictures, _ROOM_ACROSS, 10)
    made = BytesIO()
    document.save(made)
    return packed_again(made.getvalue())


def _prepare(document: Document, paper: Paper) -> None:
    """Styles, page and properties."""
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Header"):
        style: Any = document.styles[name]
        look = style.element.get_or_add_rPr()
        name_fonts(look)
        style.font.size, style.font.color.rgb = Pt(_SIZE), RGBColor(0, 0, 0)
        if name.startswith("Heading"):
            style.font.bold, style.font.italic = True, name == "Heading 3"
            setting = style.paragraph_format
            setting.space_before, setting.space_after, setting.keep_with_next = Pt(12), Pt(6), True
    normal: Any = document.styles["Normal"]
    speak(normal.element.get_or_add_rPr(), paper.language.value)
    setting = normal.paragraph_format
    setting.space_before, setting.space_after, setting.line_spacing = Pt(0), Pt(6), 1.1
    setting.widow_control = True
    for defaults in document.styles.element.iter(qn("w:rPrDefault")):
        name_fonts(defaults.find(qn("w:rPr")))
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(22), Mm(20), Mm(30), Mm(18)
    section.header_distance = Mm(11)
    section.different_first_page_header_footer = True
    add_page_number(section.header.paragraphs[0])
    about, when = document.core_properties, datetime.combine(paper.dated, time(12), UTC)
    about.title, about.subject, about.language = paper.title[:255], paper.subject[:255], paper.language.value
    about.author = about.last_modified_by = about.comments = about.keywords = about.category = ""
    about.created = about.modified = when
    about.revision = 1


def _letterhead(document: Document, paper: Paper) -> None:
    head = paper.letterhead
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    left.width, right.width = Mm(_HEAD[0]), Mm(_HEAD[1])
    for column, width in zip(table.columns, _HEAD, strict=True):
        column.width = Mm(width)
    first = left.paragraphs[0]
    if head.above:
        add_words(_tight(first), head.above, 12)
        first = left.add_paragraph()
    add_words(_tight(first), head.office, 12, bold=True)
    rule_under(left.add_paragraph(), _HEAD[0] - 4, _OFFICE)
    add_words(_tight(left.add_paragraph(), before=6), head.number, 13)
    add_words(_tight(right.paragraphs[0]), head.nation, 12, bold=True)
    add_words(_tight(right.add_paragraph()), head.motto, 13, bold=True)
    rule_under(right.add_paragraph(), _HEAD[1] - 4, _MOTTO)
    add_words(_tight(right.add_paragraph(), before=6), head.place_and_date, 13, italic=True)
    draft = document.add_paragraph()
    draft.paragraph_format.space_before = Pt(4)
    add_words(draft, head.draft, 11, italic=True)
    _centred(document, paper.type, 14, bold=True, before=10)
    subject = _centred(document, paper.subject, 14, bold=True)
    subject.paragraph_format.left_indent = subject.paragraph_format.right_indent = Mm(10)
    rule_under(document.add_paragraph(), _ROOM, 45)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _tight(paragraph: Any, before: float = 0) -> Any:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    setting = paragraph.paragraph_format
    setting.space_before, setting.space_after, setting.line_spacing = Pt(before), Pt(0), 1.0
    return paragraph


def _centred(
    document: Document, text: str, size: float, *, bold: bool = False, italic: bool = False, before: float = 0
) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    add_words(paragraph, text, size, bold=bold, italic=italic)
    return paragraph


def _blocks(
    document: Document, blocks: Sequence[Block], paper: Paper, pictures: Iterator[bytes], room: float, size: float
) -> None:
    for block in blocks:
        if isinstance(block, Heading):
            document.add_heading(level=block.level).add_run(block.text)
        elif isinstance(block, Paragraph):
            _paragraph(document, block)
        elif isinstance(block, Picture):
            _picture(document, block, next(pictures))
        else:
            _table(document, block, paper, room, size)


def _paragraph(document: Document, block: Paragraph) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)
    size = 12 if block.manner is Manner.SMALL else None
    add_words(paragraph, block.text, size, italic=block.manner is Manner.GAP)


def _picture(document: Document, block: Picture, png: bytes) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    drawn: Any = paragraph.add_run().add_picture(BytesIO(png), width=Mm(block.width))
    about = drawn._inline.docPr  # the only road to the text for who cannot see
    about.set("descr", block.said)
    about.set("title", block.caption)
    _centred(document, block.caption, 13, italic=True)


def _table(document: Document, block: Table, paper: Paper, room: float, size: float) -> None:
    caption = _centred(document, block.caption, 13, bold=True, before=8)
    caption.paragraph_format.keep_with_next = True
    if room > _NARROW and len(block.columns) <= 3:
        room = _NARROW
    shares = sum(column.width for column in block.columns)
    made = table_of(
        [column.width / shares * room for column in block.columns],
        [[column.title for column in block.columns], *([shown(cell, paper) for cell in row] for row in block.rows)],
        aligned=["left" if column.unit is Unit.TEXT else "right" for column in block.columns],
        size=size,
        has_total=block.has_total,
    )
    caption._p.addnext(made)  # python-docx adds its own tables only
    for note in block.notes:
        add_words(document.add_paragraph(), note, size, italic=True)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _signature(document: Document, paper: Paper) -> None:
    foot = paper.signature
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    first = left.paragraphs[0]
    add_words(first, foot.recipients_title, 12, bold=True, italic=True)
    for one in foot.recipients:
        line = left.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        add_words(line, one, 11)
    add_words(_tight(right.paragraphs[0]), foot.behalf, 14, bold=True)
    add_words(_tight(right.add_paragraph()), foot.position, 14, bold=True)
    for _ in range(4):  # room for the signature and the seal
        right.add_paragraph().paragraph_format.space_after = Pt(0)
    row = table.rows[0]._tr.get_or_add_trPr()  # python-docx cannot say that a row stays whole
    row.append(docx.oxml.OxmlElement("w:cantSplit"))


def _flat(paragraph: Any) -> None:
    setting = paragraph.paragraph_format
    setting.space_before = setting.space_after = Pt(0)
    setting.line_spacing = Pt(1)


def _across(document: Document) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _flat(document.paragraphs[-1])  # the break's own: below a full page it would make an empty one
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(22), Mm(20), Mm(20), Mm(20)
    section.different_first_page_header_footer = False
