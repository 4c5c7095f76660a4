"""The rows of an export as a spreadsheet has them: CSV and XLSX of the same cells, a thread as lines in one of them.

JSONL (`bot.exporting`) is the whole truth; here a thread is told in lines and a very long one is cut.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from bot.exporting import BEGIN_A_FORMULA, as_cell
from bot.papers.streamed_xlsx import FONT, LONGEST_CELL, Cell, Column, Layout

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

BOM = "\ufeff".encode()  # the spreadsheets in use read Vietnamese only so
_CHUNK = 1 << 17  # characters that wait before they are written

_WIDTHS = {"text": 60, "messages": 60, "what": 30, "code": 11, "ward_name": 20, "category": 18, "kind": 18}
_USUAL = 14
_COLUMNS = (
    *("code", "kind", "category", "ward", "ward_name", "desk", "channel", "source_id", "status", "outcome", "text"),
    *("created_at", "due_at", "closed_at", "resident", "what", "unit", "done_on", "planned_for", "handed_to", "ground"),
    *("basis", "has_evidence", "override", "disputes", "closings", "messages"),
)
_in_order = itemgetter(*_COLUMNS)
_EVIDENCE, _MESSAGES = _COLUMNS.index("has_evidence"), _COLUMNS.index("messages")
_YES_OR_NO = {True: "yes", False: "no", None: None}
_TORN = "\0"  # between the cells of a row, before they are in quotes
_MAY_COMPUTE = re.compile(f"{_TORN} *[{re.escape(''.join(sorted(BEGIN_A_FORMULA)))}]")


def cells_of(row: Mapping[str, Any]) -> list[Cell]:
    """Of one exported case, in the order of the columns."""
    cells = list(_in_order(row))
    cells[_EVIDENCE] = _YES_OR_NO[cells[_EVIDENCE]]
    cells[_MESSAGES] = "\n".join(map(_line, cells[_MESSAGES]))
    return cells


def export_layout() -> Layout:
    return Layout(
        sheet_name="homthu", columns=[Column(name, _WIDTHS.get(name, _USUAL)) for name in _COLUMNS], heading=_heading
    )


async def stream_csv(titles: Sequence[str], rows: AsyncIterator[Sequence[Cell]]) -> AsyncIterator[bytes]:
    """For Excel in Vietnamese too: a mark before the first byte, every cell in quotes, none that computes."""
    waiting, length = [BOM.decode(), csv_line(titles)], 0
    async for row in rows:
        line = csv_line(row)
        waiting.append(line)
        length += len(line)
        if length >= _CHUNK:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, length = [], 0
    yield "".join(waiting).encode("utf-8", "replace")


def csv_line(row: Sequence[Cell]) -> str:
    """A row as the standard's writer has it, every cell in quotes. One look at all cells finds the few that need more."""
    texts = [cell if isinstance(cell, str) else "" if cell is None else str(cell) for cell in row]
    whole = _TORN.join(texts)
    is_long = len(whole) >= LONGEST_CELL
    if is_long or whole.count(_TORN) != len(texts) - 1 or _MAY_COMPUTE.search(_TORN + whole):
        whole = _TORN.join(
            [as_cell(_cut(text)) if isinstance(cell, str) else text for cell, text in zip(row, texts, strict=True)]
        )
    quoted = whole.replace('"', '""').replace(_TORN, '","')
    return f'"{quoted}"\r\n'


def titles_of(layout: Layout) -> list[str]:
    return [column.title for column in layout.columns]


def _cut(text: str) -> str:
    """A NUL ends the file for some readers; a cell longer than a spreadsheet's is torn into the next row."""
    text = text.replace("\0", "\ufffd")
    return text if len(text) < LONGEST_CELL else f"{text[: LONGEST_CELL - 5]} […]"


def _heading(book: "Workbook", sheet: "Worksheet") -> int:
    sheet.write_row(0, 0, _COLUMNS, book.add_format({"bold": True, "bottom": 1} | FONT))
    return 1


def _line(message: Mapping[str, Any]) -> str:
    files = f" (+{len(message['files'])})" if message["files"] else ""
    return f"{message['at'][:16].replace('T', ' ')} {message['author']}{files}: {message['text']}"
