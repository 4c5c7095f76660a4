"""Writes a document as PDF: typst sets `assets/paper.typ`, and the document goes into it as JSON.

Nothing that anybody typed is ever markup: it arrives as strings, and `#` or a backslash in them mean nothing. The file
carries its fonts, is tagged for screen readers, and has a fixed date, so that two of the same document are the same.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal

from bot.papers.blocks import Block, Heading, Paper, Paragraph, Picture, Table, Unit
from bot.papers.fonts import fonts, paper_font
from bot.papers.numbers import count

ASSETS = Path(__file__).parent / "assets"
DOTS = 200  # an inch, of pictures


def noon(when: date) -> datetime:
    """What a file says it was made at."""
    return datetime.combine(when, time(12), UTC)


def write_pdf(paper: Paper) -> bytes:
    return set_pages("paper.typ", as_data(paper), noon(paper.dated))[0]


def set_pages(
    template: str, data: dict[str, Any], made_at: datetime, form: Literal["pdf", "svg", "png"] = "pdf"
) -> list[bytes]:
    """A PDF, or a picture a page, of a template of ours and the data that it reads as JSON from `sys.inputs.data`."""
    import typst

    made: Any = typst.compile(
        ASSETS / template,
        root=ASSETS,
        font_paths=fonts(),
        format=form,
        ppi=DOTS if form == "png" else None,
        sys_inputs={"data": json.dumps(data | {"font": paper_font()}, ensure_ascii=False)},
        timestamp=made_at,
        pdf_standards=["a-2a", "ua-1"] if form == "pdf" else [],
    )
    return [made] if isinstance(made, bytes) else list(made)  # one page comes as it is, and its stubs know no other


def as_data(paper: Paper) -> dict[str, Any]:
    """The document as the template reads it; numbers are written as an office writes them."""
    head, foot = paper.letterhead, paper.signature
    return {
        "language": paper.language.value,
        "title": paper.title,
        "above": head.above,
        "office": head.office,
        "nation": head.nation,
        "motto": head.motto,
        "number": head.number,
        "place_and_date": head.place_and_date,
        "draft": head.draft,
        "type": paper.type,
        "subject": paper.subject,
        "body": _blocks(paper.body, paper),
        "behalf": foot.behalf,
        "position": foot.position,
        "recipients_title": foot.recipients_title,
        "recipients": list(foot.recipients),
        "annex_title": paper.annex_title,
        "annex_note": paper.annex_note,
        "annex": _blocks(paper.annex, paper),
    }


def _blocks(blocks: Sequence[Block], paper: Paper) -> list[dict[str, Any]]:
    return [_block(block, paper) for block in blocks]


def _block(block: Block, paper: Paper) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"what": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"what": "paragraph", "text": block.text, "manner": block.manner.value}
    if isinstance(block, Picture):
        return {
            "what": "picture",
            "svg": block.svg,
            "caption": block.caption,
            "said": block.said,
            "width": block.width,
        }
    return _table(block, paper)


def _table(table: Table, paper: Paper) -> dict[str, Any]:
    return {
        "what": "table",
        "caption": table.caption,
        "columns": [
            {"title": column.title, "is_text": column.unit is Unit.TEXT, "width": column.width} for column in table.columns
        ],
        "rows": [[shown(cell, paper) for cell in row] for row in table.rows],
        "has_total": table.has_total,
        "notes": list(table.notes),
    }


def shown(cell: object, paper: Paper) -> str:
    """A cell as it is read on paper."""
    if cell is None:
        return paper.empty
    return count(cell, paper.language) if isinstance(cell, int) else str(cell)
