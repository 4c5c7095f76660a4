"""A case as a row of `homthu export`, a correction as one of `homthu route --corrections`. Which there are, storage says."""

import csv
import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from bot.domain.case import CaseStatus
from bot.domain.correction import Correction
from bot.domain.privacy import pseudonym
from bot.domain.sheet_rows import ExportedCase, ExportedMessage, LastClosing

# What a spreadsheet may read as "compute this", full-width forms included. Not in it: the empty string.
BEGIN_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


VERSION = (
    1  # of a row's schema, `bot/papers/data/export.schema.json`; last in each row, so that no reader of before stumbles
)


_CLOSED = CaseStatus.CLOSED.value
_NOT_CLOSED = dict.fromkeys(
    ("what", "unit", "done_on", "planned_for", "handed_to", "ground", "basis", "has_evidence", "override")
)
_TO_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False)  # made once: `json.dumps` makes one for every call


class SupportsWrite(Protocol):
    """Takes text."""

    def write(self, text: str, /) -> object: ...


class Sheet(Protocol):
    """Takes rows."""

    def writerow(self, row: Iterable[Any], /) -> object: ...


def export_row(case: ExportedCase, ward_names: Mapping[str, str], closing: LastClosing | None = None) -> dict[str, Any]:
    """The row's fields, in the order of the contract. Moments are ISO 8601 in UTC; what is unknown is None.

    `ward` is the code, `ward_name` the name in a sentence; `source_id` the channel's id of the message that opened it;
    `resident` is what staff call who wrote it. From `what` to `override` stands what its present closing says: None while
    it is open, and where nobody was asked (before closings were checked). `disputes` and `closings` count its whole life.
    """
    return {
        "code": case.code,
        "kind": case.kind,
        "category": case.category or None,
        "ward": case.ward_code,
        "ward_name": ward_names.get(case.ward_code) if case.ward_code else None,
        "desk": case.desk,
        "channel": case.channel,
        "source_id": case.source_id,
        "status": case.status,
        "outcome": case.outcome,
        "text": case.text,
        "created_at": case.created_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
        "resident": pseudonym(case.code),
        **(_closed_as(closing) if closing and closing.is_gated and case.status == _CLOSED else _NOT_CLOSED),
        "disputes": case.disputes,
        "closings": closing.times if closing else 0,
        "messages": [_message(line) for line in case.messages],
        "v": VERSION,
    }


def _closed_as(said: LastClosing) -> dict[str, Any]:
    """What staff typed is made safe for a spreadsheet; who closed it is nobody's business outside."""
    return {
        "what": as_cell(said.what) or None,
        "unit": as_cell(said.unit) or None,
        "done_on": said.done_on.isoformat() if said.done_on else None,
        "planned_for": said.planned_for.isoformat() if said.planned_for else None,
        "handed_to": as_cell(said.handed_to) or None,
        "ground": said.ground,
        "basis": as_cell(said.basis) or None,
        "has_evidence": said.has_evidence,
        "override": "yes" if said.is_overridden else "no",
    }


def correction_row(correction: Correction) -> dict[str, str]:
    """The row's fields, named and ordered as in the set that routing is measured on: `text,lat,lon,expected_codes,kind`.

    Degrees are WGS 84, empty without a point; `expected_codes` is the ward that staff moved the case to.
    """
    point = correction.point
    return {
        "text": as_cell(correction.text),
        "lat": str(point.lat) if point else "",
        "lon": str(point.lon) if point else "",
        "expected_codes": correction.truth or "",
        "kind": "correction",
    }


def as_cell(text: str) -> str:
    """A resident's words as a cell that no spreadsheet takes for a formula. To routing the apostrophe means nothing."""
    return f"'{text}" if text.lstrip(" ")[:1] in BEGIN_A_FORMULA else text


def sheet(out: SupportsWrite) -> Sheet:
    """Writes rows for a spreadsheet; each cell that somebody typed goes through `as_cell` first.

    Every cell in quotes: a spreadsheet of a country whose separator is a semicolon would else begin a cell after each.
    """
    return csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)


def as_line(row: Mapping[str, Any]) -> str:
    """The row as JSON on one line, whatever reads lines: what breaks, turns or colours them is written as its number."""
    line = _TO_JSON.encode(row)
    if line.isprintable():
        return line
    for letter in {letter for letter in set(line) if not letter.isprintable()}:
        line = line.replace(letter, json.dumps(letter)[1:-1])  # by letters from "\\" to "f": none of them is another's
    return line


def _message(line: ExportedMessage) -> dict[str, Any]:
    return {
        "author": line.author,
        "text": line.text,
        "at": line.at,
        "edited_at": line.edited_at,
        "files": [{"sha256": one.key or None, "type": one.media_type, "trouble": one.trouble} for one in line.files],
        "delivery": line.delivery,
    }
