"""A workbook that is written as its rows come is read by another library as what was put in, whatever that was."""

import csv
import io
import json
import unicodedata
from collections.abc import AsyncIterator, Sequence
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exporting import BEGIN_A_FORMULA, as_cell, as_line
from bot.papers.export_sheet import BOM, csv_line, stream_csv
from bot.papers.row_heights import row_height
from bot.papers.streamed_xlsx import (
    CUT,
    FONT_SIZE,
    LONGEST_CELL,
    SCREEN_HEIGHT,
    Cell,
    Column,
    Layout,
    _is_plain,
    as_text,
    stream_xlsx,
)
from tests.security.payloads import payloads


def _heading(book: Any, sheet: Any) -> int:
    sheet.write_row(0, 0, ["số", "lời"], book.add_format({"bold": True}))
    return 1


LAYOUT = Layout(sheet_name="Sổ", columns=[Column("số", 5), Column("lời", 40)], heading=_heading)


async def rows_of(rows: Sequence[Sequence[Cell]]) -> AsyncIterator[Sequence[Cell]]:
    for row in rows:
        yield row


async def made(rows: Sequence[Sequence[Cell]], **more: int) -> bytes:
    return b"".join([chunk async for chunk in stream_xlsx(LAYOUT, rows_of(rows), **more)])


def read(file: bytes, *, read_only: bool = False) -> list[list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(file), read_only=read_only)
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def plain(text: str) -> str:
    """What a reader of XML and of this format gives back of it: no control character, no lone half of a letter."""
    return "".join(
        "\ufffd" if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n\r\x85" else c for c in text
    ).translate(dict.fromkeys(map(ord, "\ufffe\uffff"), "\ufffd"))


async def test_whatever_a_resident_wrote_is_text_and_comes_back_as_it_was() -> None:
    """Every hostile payload, and what this format reads as a letter's number; no cell is a formula, none a link."""
    texts = [*payloads(), "_x0041_", "a & b < c > d", "  đầu và cuối  ", "dòng\r\nmới", "0123", "=1+1", "1e5"]
    texts = [text for text in texts if len(text) < LONGEST_CELL]
    file = await made([[number, text] for number, text in enumerate(texts)])
    [sheet] = read(file)
    assert [row[0] for row in sheet[1:]] == list(range(len(texts)))
    # This reader leaves what stands for an underscore as it is.
    assert [str(row[1] or "").replace("_x005F_", "_") for row in sheet[1:]] == [plain(text) for text in texts]
    book = openpyxl.load_workbook(io.BytesIO(file))
    assert {cell.data_type for row in book.active.iter_rows(min_row=2) for cell in row} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink for row in book.active.iter_rows() for cell in row)


@pytest.mark.parametrize("number", [0, 1, 8, 9, 10, 27])
async def test_rows_that_a_sheet_cannot_hold_go_on_in_the_next(number: int) -> None:
    """No row is lost or told twice, each sheet has the heading; a sheet here holds nine rows and its heading."""
    sheets = read(await made([[n, f"dòng {n}"] for n in range(number)], most_rows=10))
    assert [row for sheet in sheets for row in sheet[1:]] == [[n, f"dòng {n}"] for n in range(number)]
    assert all(sheet[0] == ["số", "lời"] and len(sheet) <= 10 for sheet in sheets)


async def test_a_cell_longer_than_a_cell_is_cut_and_says_so() -> None:
    [[_, [_, cut], [_, whole]]] = read(await made([[1, "ơ" * (LONGEST_CELL + 1)], [2, "ơ" * LONGEST_CELL]]), read_only=True)
    assert cut.endswith(CUT)
    assert (len(cut), len(whole)) == (LONGEST_CELL, LONGEST_CELL)


async def test_the_same_rows_are_the_same_file_and_it_comes_in_parts() -> None:
    rows: list[list[Cell]] = [[n, "một dòng khá dài " * 20] for n in range(3000)]
    assert await made(rows) == await made(rows)
    parts = [len(part) async for part in stream_xlsx(LAYOUT, rows_of(rows))]
    assert len(parts) > 5


async def test_a_csv_is_read_as_vietnamese_and_computes_nothing() -> None:
    texts = [*payloads("formula"), "Ngõ 12 tối", '"trích" và, phẩy; chấm', "dòng\nmới", "x" * 40_000, "\0"]
    parts = [part async for part in stream_csv(["số", "lời"], rows_of([[n, text] for n, text in enumerate(texts)]))]
    file = b"".join(parts)
    assert file.startswith(BOM)
    found = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert found[0] == ["số", "lời"]
    assert [int(row[0]) for row in found[1:]] == list(range(len(texts)))
    for text, (_, cell) in zip(texts, found[1:], strict=True):
        assert len(cell) <= LONGEST_CELL
        assert cell == as_cell(text) or len(text) > LONGEST_CELL or "\0" in text


PIECES = [
    *(
        "",
        " ",
        "Ngõ 12",
        '"',
        "\n",
        "\r",
        "\0",
        "_x",
        "_x0041_",
        "&",
        "<",
        "x" * LONGEST_CELL,
        "ơ" * 5000,
        "\u00a0",
        "\ud800",
    ),
    *("\u202e", "\x85", "\U0001f600\u200d", "\uffff", *sorted(BEGIN_A_FORMULA)),
]
texts = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)
cells = st.one_of(st.none(), st.integers(-9, 10**6), texts)


@given(st.lists(cells, min_size=1, max_size=5))
def test_a_line_of_csv_is_as_the_standards_writer_has_it(row: list[Cell]) -> None:
    """Each cell by itself, cut and made harmless; the line looks at all of them at once."""
    told = io.StringIO()

    def harmless(text: str) -> str:
        text = text.replace("\0", "\ufffd")
        return as_cell(text if len(text) < LONGEST_CELL else f"{text[: LONGEST_CELL - 5]} […]")

    writer = csv.writer(told, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    assert csv_line(row) == told.getvalue()


@given(st.lists(cells, min_size=1, max_size=5))
def test_a_row_that_is_taken_as_it_is_has_nothing_to_change(row: list[Cell]) -> None:
    if _is_plain(row):
        assert all(as_text(cell) == cell for cell in row if isinstance(cell, str))


def test_most_rows_are_taken_as_they_are() -> None:
    assert _is_plain(["7K3M-9QX2", None, 3, "Ngõ 12 tối ba đêm nay.\nSáng nay vẫn thế \U0001f600"])
    assert not any(
        _is_plain([1, piece]) for piece in ("a&b", "<", "\r", "_x0041_", "\0", "\u202e", "x" * (LONGEST_CELL + 1))
    )


async def test_a_row_is_as_high_as_its_cells_need() -> None:
    rows: list[list[Cell]] = [[n, "một dòng khá dài " * (n % 20) + "\ndòng" * (n % 3)] for n in range(200)]
    sheet = openpyxl.load_workbook(io.BytesIO(await made(rows))).active
    for number, row in enumerate(rows, start=2):
        told = [(cell, column.width) for cell, column in zip(row, LAYOUT.columns, strict=True) if isinstance(cell, str)]
        assert sheet.row_dimensions[number].height == row_height(told, size=FONT_SIZE, most=SCREEN_HEIGHT)


@given(texts)
def test_a_line_of_json_is_json_and_hides_nothing(text: str) -> None:
    """Letters that nobody sees, or that break and turn a line, stand there as their numbers, each by itself."""
    line = as_line({"text": text})
    assert json.loads(line) == {"text": text}
    whole = json.dumps({"text": text}, ensure_ascii=False)
    assert line == "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in whole)
