"""The rows of an export as a spreadsheet has them: CSV and XLSX of the same cells, a thread as lines in one of them.

JSONL (`bot.exporting`) is the whole truth; here a thread is told in lines and a very long one is cut.
"""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.exporting import as_cell
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


def cells_of(row: Mapping[str, Any]) -> list[Cell]:
    """Of one exported case, in the order of the columns."""
    return [_cell(row[name]) for name in _COLUMNS]


def export_layout() -> Layout:
    return Layout(
        sheet_name="homthu", columns=[Column(name, _WIDTHS.get(name, _USUAL)) for name in _COLUMNS], heading=_heading
    )


async def stream_csv(titles: Sequence[str], rows: AsyncIterator[Sequence[Cell]]) -> AsyncIterator[bytes]:
    """For Excel in Vietnamese too: a mark before the first byte, every cell in quotes, none that computes."""
    waiting = io.StringIO()
    sheet = csv.writer(waiting, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    waiting.write(BOM.decode())
    sheet.writerow(titles)
    async for row in rows:
        sheet.writerow([as_cell(_cut(cell)) if isinstance(cell, str) else cell for cell in row])
        if waiting.tell() >= _CHUNK:
            yield waiting.getvalue().encode("utf-8", "replace")
            waiting.seek(0)
            waiting.truncate()
    yield waiting.getvalue().encode("utf-8", "replace")


def titles_of(layout: Layout) -> list[str]:
    return [column.title for column in layout.columns]


def _cut(text: str) -> str:
    """A NUL ends the file for some readers; a cell longer than a spreadsheet's is torn into the next row."""
    text = text.replace("\0", "\ufffd")
    return text if len(text) < LONGEST_CELL else f"{text[: LONGEST_CELL - 5]} […]"


def _heading(book: "Workbook", sheet: "Worksheet") -> int:
    sheet.write_row(0, 0, _COLUMNS, book.add_format({"bold": True, "bottom": 1} | FONT))
    return 1


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(map(_line, value))
    return int(value)


def _line(message: Mapping[str, Any]) -> str:
    files = f" (+{len(message['files'])})" if message["files"] else ""
    return f"{message['at'][:16].replace('T', ' ')} {message['author']}{files}: {message['text']}"
