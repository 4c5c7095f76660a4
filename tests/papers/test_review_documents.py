"""The review as DOCX, PDF and XLSX: the same figures in all three, the same bytes every time, whatever was typed."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.section import Section as PageSection

from bot.domain.figures import Figures
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.domain.review import Review, Row, Section, Term
from bot.papers import PaperForm, write_review
from bot.papers.numbers import count
from tests.house.imports import ROOT
from tests.papers.reviews import TAY_HO, busy, docx_text, hanoi, in_order, pdf_pages, review_of, xlsx_rows

VI, EN = Language.VI, Language.EN


def written(review: Review, form: PaperForm, language: Language = VI) -> bytes:
    return write_review(review, hanoi(), language, form)


@cache
def busy_as(form: PaperForm) -> bytes:
    """The busy ward's review in that form, made once: it is the same every time, which has a test of its own."""
    return written(busy(), form)


def expected_cells(row: Row) -> list[int]:
    """What stands in a row of a table of cases, reckoned from the review alone."""
    now = row.now
    ended = [now.outcomes.counts.get(outcome, 0) for outcome in Outcome]
    return [now.accepted, row.before.accepted, now.closed, *ended, now.kept, now.missed, now.disputed, now.reopened]


def rows_that_are_shown(review: Review) -> list[tuple[str, list[int]]]:
    """Rows of the kinds, wards, channels and the total, with the names a reader knows them by."""
    kinds = {"violation_public": "Phản ánh vi phạm nơi công cộng", "conduct_official": "Phản ánh về cán bộ"}
    channels = {"webchat": "Trò chuyện trên web", "zalo": "Zalo"}
    named = [(kinds[row.key], row) for row in review.kinds] + [(channels[row.key], row) for row in review.channels]
    named += [(hanoi().wards[row.key].full_name, row) for row in review.wards]
    return [(name, expected_cells(row)) for name, row in [*named, ("Tổng cộng", review.total)]]


@pytest.mark.parametrize("ward", [TAY_HO, None], ids=["ward", "city"])
def test_every_number_is_the_reviews_in_all_three(ward: str | None) -> None:
    """Tables of a ward, and of the city with its 126 wards, are read back whole and compared with the review."""
    review = busy(ward)
    file = written(review, PaperForm.DOCX)
    in_docx = [
        tuple(cell.text for cell in row.cells)[1:] for table in docx.Document(BytesIO(file)).tables for row in table.rows
    ]
    in_xlsx = [tuple(row[1:]) for rows in xlsx_rows(written(review, PaperForm.XLSX)).values() for row in rows]
    in_pdf = re.sub(r"\s", "", "".join(pdf_pages(written(review, PaperForm.PDF))))  # columns may come without a space

    shown = rows_that_are_shown(review)
    assert len(shown) == (5 if ward else 131)
    for name, cells in shown:
        told = [count(cell, VI) for cell in cells]
        assert tuple(told) in in_docx, name
        assert tuple(cells) in in_xlsx, name
        assert "".join(told) in in_pdf, name


def test_the_same_review_is_the_same_file_in_another_process(tmp_path: Path) -> None:
    """Another process, at another time of another zone, with other hashes, writes the same bytes, within its memory."""
    ours = {form.value: hashlib.sha256(written(busy(None), form)).hexdigest() for form in PaperForm}
    code = (
        "import hashlib, json, sys, time\n"
        "import bot.cli, bot.papers, bot.papers.places\n"
        "assert not {'docx', 'typst', 'xlsxwriter'} & set(sys.modules), 'a server without documents loads them'\n"
        "from tests.papers.test_review_documents import *\n"
        "begun = time.process_time()\n"
        "made = {form.value: hashlib.sha256(written(busy(None), form)).hexdigest() for form in PaperForm}\n"
        "spent = time.process_time() - begun\n"
        "print(json.dumps([made, int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024, spent]))"
    )
    other = {"TZ": "America/New_York", "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=other, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    theirs, megabytes, seconds = json.loads(told.stdout)
    assert theirs == ours
    assert megabytes < 350  # of this the tests' own libraries take a good part
    assert seconds < 9


def test_a_document_says_nothing_of_who_made_it_and_when() -> None:
    about = docx.Document(BytesIO(busy_as(PaperForm.DOCX))).core_properties
    assert (about.author, about.last_modified_by, about.created) == ("", "", about.modified)
    assert about.created is not None
    assert about.created.date() == date(2026, 6, 30)
    book = openpyxl.load_workbook(BytesIO(busy_as(PaperForm.XLSX))).properties
    assert (book.creator or "", book.created.date() if book.created else None) == ("", date(2026, 6, 30))


def sizes(section: PageSection) -> tuple[int, ...]:
    """Millimetres: the page's width and height, its margins above, below, left and right."""
    lengths = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    return tuple(round(length.mm) for length in (*lengths, section.left_margin, section.right_margin) if length is not None)


def test_the_layout_is_that_of_administrative_documents() -> None:
    """A4, the decree's margins, Times for every script, the number from page two on, wide tables across."""
    file = docx.Document(BytesIO(busy_as(PaperForm.DOCX)))
    upright, across = file.sections
    assert [sizes(section)[:2] for section in file.sections] == [(210, 297), (297, 210)]
    for section in file.sections:
        assert all(20 <= margin <= 25 for margin in sizes(section)[2:4])
    assert 30 <= sizes(upright)[4] <= 35
    assert 15 <= sizes(upright)[5] <= 20
    assert upright.different_first_page_header_footer
    assert not across.different_first_page_header_footer
    assert "PAGE" in upright.header._element.xml
    fonts = file.styles["Normal"].element.rPr.rFonts.attrib.values()
    assert set(fonts) == {"Times New Roman"}
    assert len(fonts) == 4
    assert 13 <= file.styles["Normal"].font.size.pt <= 14
    tables = [table for table in file.tables if len(table.rows) > 1]  # the letterhead and the signature have one
    assert len(tables) == 7
    assert all("w:tblHeader" in table._tbl.xml for table in tables)
    assert all(table._tbl.xml.count("w:cantSplit") == len(table.rows) for table in tables)


def test_the_parts_stand_in_the_order_of_the_decree_and_of_the_reviews() -> None:
    wanted = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BÁO CÁO", "I. CÔNG TÁC LÃNH ĐẠO", "Ban hành 03 văn bản."]
    wanted += ["II. THỰC HIỆN QUY TẮC ỨNG XỬ", "III. THỰC HIỆN", "IV. TIẾP NHẬN", "V. BIỂU DƯƠNG", "VI. TỒN TẠI"]
    wanted += ["VII. PHƯƠNG HƯỚNG", "Thay bảng đã cũ.", "VIII. KIẾN NGHỊ", "[Chưa có nội dung.", "CHỦ TỊCH", "PHỤ LỤC"]
    pages = pdf_pages(busy_as(PaperForm.PDF))
    text = " ".join(pages)
    assert in_order(text, wanted)
    assert unicodedata.is_normalized("NFC", text)
    assert "Phú Thượng" not in text
    assert "ỦY BAN NHÂN DÂN PHƯỜNG TÂY HỒ" in pages[0]
    assert not pages[0].startswith("1 ")
    assert all(page.startswith(f"{number} ") for number, page in enumerate(pages[1:], start=2))


def test_sentences_say_what_was_counted() -> None:
    """The words of the two that are read are the same, and carry the figures."""
    for text in (docx_text(busy_as(PaperForm.DOCX)), " ".join(pdf_pages(busy_as(PaperForm.PDF)))):
        assert "tiếp nhận 1.859 phản ánh, kiến nghị, tăng 17% so với kỳ trước (1.585)" in text
        assert "16.890 tờ rơi, tờ gấp, tăng 13% so với kỳ trước (15.000)" in text
        assert "18 buổi tọa đàm, sinh hoạt chuyên đề, bằng kỳ trước" in text
        assert "31 trên 40 tổ dân phố, thôn đã được tuyên truyền (78%)" in text
        assert "17 hồ sơ được gộp vào hồ sơ khác" in text
        assert "Nguyễn Thị Hòa" in text
        assert "10 trường hợp khác không nêu tên" in text


EMPTY = Review(term=Term.half(2026, 2), ward_code=TAY_HO, total=Row(key="", now=Figures(), before=Figures()))


@pytest.mark.parametrize("form", list(PaperForm))
@pytest.mark.parametrize("language", list(Language))
def test_nothing_at_all_is_a_document_too(form: PaperForm, language: Language) -> None:
    file = written(EMPTY, form, language)
    assert len(file) > 5_000
    assert b"{n}" not in file


def test_an_empty_term_is_told_in_words() -> None:
    text = " ".join(pdf_pages(written(EMPTY, PaperForm.PDF)))
    assert "phường Tây Hồ không nhận được phản ánh, kiến nghị nào (kỳ trước cũng không có)" in text
    assert "Không có hồ sơ phải xử lý" in text
    assert "Chưa có số liệu: trong kỳ chưa có ai được hỏi" in text
    assert "Chưa nhập tổng số tổ dân phố, thôn" in text


def test_one_case_reads_well() -> None:
    text = docx_text(written(review_of({"vio_noise": (1, 0)}), PaperForm.DOCX))
    assert "tiếp nhận 1 phản ánh, kiến nghị (kỳ trước không có)" in text
    assert "%" not in text.split("Tổng cộng")[0].split("như sau")[1].split("Tỷ lệ")[0]
    english = docx_text(written(review_of({"vio_noise": (1, 0)}), PaperForm.DOCX, EN))
    assert "received 1 report or suggestion (none in the period before)" in english
    assert "Chart 1. By kind" in english


def test_what_nobody_counted_is_no_figure() -> None:
    """The system began within the term: the term before is dashes, and nothing is compared with it."""
    review = replace(busy(), counted_from=date(2026, 2, 1))
    text = docx_text(written(review, PaperForm.DOCX))
    assert "tiếp nhận 1.859 phản ánh, kiến nghị (kỳ trước chưa có số liệu để so sánh)" in text
    assert "1.585" not in text
    sheets = xlsx_rows(written(review, PaperForm.XLSX))
    assert [row[2] for row in sheets["Theo loại"][2:]] == ["–"] * 3
    assert "1.240" not in " ".join(pdf_pages(written(review, PaperForm.PDF)))
    assert "16.890 tờ rơi, tờ gấp, tăng 13% so với kỳ trước (15.000)" in text, "the ledger was kept before the first case"


def test_a_term_that_is_not_over_is_not_compared_with_a_whole_one() -> None:
    review = replace(busy(), is_early=True, counted_to=date(2026, 5, 4))
    text = docx_text(written(review, PaperForm.DOCX))
    assert "số liệu tính đến ngày 04/05/2026" in text
    assert "tiếp nhận 1.859 phản ánh, kiến nghị (cả kỳ trước: 1.585)" in text
    assert "tăng" not in text.split("PHỤ LỤC")[0].split("như sau")[1]


HOSTILE = (
    '#{panic("x")} #read("/etc/passwd") \\u{0} $x$ @ref <b>&amp;</b> ]]> =1+1 *_`'
    "\x00\x07\x1b[31m\ud800 \u202etxet\u202c שלום ]) #set page(fill: red) {{ 7*7 }} {n} %s"
)


@pytest.mark.parametrize("form", list(PaperForm))
def test_what_somebody_typed_is_only_text(form: PaperForm) -> None:
    """Markup of every kind, control characters, halves of characters and a hundred kilobytes stay words, or go."""
    campaign = replace(busy().campaign, doubtful=[HOSTILE])
    campaign = replace(campaign, commended=[replace(campaign.commended[0], name=HOSTILE, deed="=1+1")])
    texts = {Section.TASKS: HOSTILE, Section.PROPOSALS: "dài " * 25_000, Section.SHORTCOMINGS: "=1+1\n@SUM(A1)\n-2"}
    file = written(replace(busy(), texts=texts, campaign=campaign), form)
    if form is PaperForm.PDF:
        text = " ".join(pdf_pages(file))
    elif form is PaperForm.DOCX:
        text = docx_text(file)
    else:
        text = "\n".join(str(cell) for rows in xlsx_rows(file).values() for row in rows for cell in row if cell)
        assert not [name for name in ZipFile(BytesIO(file)).namelist() if "calcChain" in name or "externalLink" in name]
        sheets = [ZipFile(BytesIO(file)).read(one) for one in ZipFile(BytesIO(file)).namelist() if "worksheets/sheet" in one]
        assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)
    assert '#{panic("x")} #read("/etc/passwd")' in text
    assert "<b>&amp;</b>" in text
    assert "=1+1" in text
    assert not set(text) & set("\x00\x07\x1b\u202e\ud800")
    assert text.count("dài") >= 25_000


def test_the_workbook_has_numbers_and_not_texts() -> None:
    book = openpyxl.load_workbook(BytesIO(busy_as(PaperForm.XLSX)))
    sheet = book["Theo loại"]
    assert sheet.freeze_panes == "B3"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["B3"].number_format) == (1824, "n", "[$-42A]#,##0")
    assert {"Nội dung", "Theo loại", "Theo lĩnh vực", "Theo kênh", "Tuyên truyền", "Biểu đồ"} <= set(book.sheetnames)


def test_a_picture_in_the_document_can_be_told_to_who_cannot_see_it() -> None:
    with ZipFile(BytesIO(busy_as(PaperForm.DOCX))) as parts:
        body = parts.read("word/document.xml").decode()
        assert sum(name.endswith(".png") for name in parts.namelist()) == 5
    assert body.count("descr=") == body.count("<wp:docPr ") == 5
    assert "Phản ánh vi phạm nơi công cộng 1.824 (kỳ trước 1.562)" in body


@pytest.mark.slow  # LibreOffice starts for several seconds
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    """Converted without a window to PDF: all headings are there, in order, and no page is empty."""
    (tmp_path / "r.docx").write_bytes(busy_as(PaperForm.DOCX))
    asked = ["soffice", f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to", "pdf", "r.docx"]
    subprocess.run(asked, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    pages = pdf_pages((tmp_path / "r.pdf").read_bytes())
    wanted = ["BÁO CÁO", "I. CÔNG TÁC LÃNH ĐẠO", "IV. TIẾP NHẬN", "VIII. KIẾN NGHỊ", "PHỤ LỤC: SỐ LIỆU", "Tổng cộng"]
    # Where no font has all the letters, LibreOffice takes some from another and the text comes in pieces: compare the rest.
    assert in_order(without_marked_letters(" ".join(pages)), [without_marked_letters(line) for line in wanted])
    assert all(len(page) > 3 for page in pages)
    assert all(page.startswith(f"{number} ") for number, page in enumerate(pages[1:], start=2))


def without_marked_letters(text: str) -> str:
    return re.sub(r"[^!-~]", "", text)
