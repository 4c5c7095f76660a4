"""A case as a row of `homthu export`, a correction as one of `homthu route --corrections`. Which there are, storage says."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.case import Case, CaseStatus
from bot.domain.closing import Closing
from bot.domain.correction import Correction
from bot.domain.privacy import pseudonym
from bot.domain.thread import ThreadMessage
from bot.routing.wards import Wards

# What a spreadsheet may read as "compute this", full-width forms included. Not in it: the empty string.
_BEGIN_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


VERSION = (
    1  # of a row's schema, `bot/papers/data/export.schema.json`; last in each row, so that no reader of before stumbles
)


class SupportsWrite(Protocol):
    """Takes text."""

    def write(self, text: str, /) -> object: ...


class Sheet(Protocol):
    """Takes rows."""

    def writerow(self, row: Iterable[Any], /) -> object: ...


def export_row(
    case: Case, thread: Sequence[ThreadMessage], wards: Wards, closings: Sequence[Closing] = ()
) -> dict[str, Any]:
    """The row's fields, in the order of the contract. Moments are ISO 8601 in UTC; what is unknown is None.

    `ward` is the code, `ward_name` the name in a sentence; `source_id` the channel's id of the message that opened it;
    `resident` is what staff call who wrote it. From `what` to `override` stands what its present closing says: None while
    it is open, and where nobody was asked (before closings were checked). `disputes` and `closings` count its whole life.
    """
    return {
        "code": case.code,
        "kind": case.kind.value,
        "category": case.category or None,
        "ward": case.ward_code,
        "ward_name": wards[case.ward_code].full_name if case.ward_code and case.ward_code in wards else None,
        "desk": case.desk.value,
        "channel": case.address.channel.value,
        "source_id": case.source_id,
        "status": case.status.value,
        "outcome": case.outcome.value if case.outcome else None,
        "text": case.text,
        "created_at": _moment(case.created_at),
        "due_at": _moment(case.due_at),
        "closed_at": _moment(case.closed_at),
        "resident": pseudonym(case.code),
        **_closed_as(closings[-1] if closings and case.status is CaseStatus.CLOSED else None),
        "disputes": case.disputes,
        "closings": len(closings),
        "messages": [_message(line) for line in thread],
        "v": VERSION,
    }


def _closed_as(closing: Closing | None) -> dict[str, Any]:
    """What staff typed is made safe for a spreadsheet; who closed it is nobody's business outside."""
    known = closing if closing is not None and closing.is_gated else None
    said = known.report if known else None
    return {
        "what": as_cell(said.what) or None if said else None,
        "unit": as_cell(said.unit) or None if said else None,
        "done_on": said.done_on.isoformat() if said and said.done_on else None,
        "planned_for": said.planned_for.isoformat() if said and said.planned_for else None,
        "handed_to": as_cell(said.handed_to) or None if said else None,
        "ground": said.ground.value if said and said.ground else None,
        "basis": as_cell(said.basis) or None if said else None,
        "has_evidence": known.has_evidence if known else None,
        "override": ("yes" if known.overridden_by is not None else "no") if known else None,
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
    return f"'{text}" if text.lstrip(" ")[:1] in _BEGIN_A_FORMULA else text


def sheet(out: SupportsWrite) -> Sheet:
    """Writes rows for a spreadsheet; each cell that somebody typed goes through `as_cell` first.

    Every cell in quotes: a spreadsheet of a country whose separator is a semicolon would else begin a cell after each.
    """
    return csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)


def as_line(row: Mapping[str, Any]) -> str:
    """The row as JSON on one line, whatever reads lines: what breaks, turns or colours them is written as its number."""
    line = json.dumps(row, ensure_ascii=False)
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)


def _message(line: ThreadMessage) -> dict[str, Any]:
    return {
        "author": line.author.value,
        "text": line.text,
        "at": _moment(line.at),
        "edited_at": _moment(line.edited_at),
        "files": [
            {"sha256": a.file.key or None, "type": a.file.media_type, "trouble": a.file.trouble and a.file.trouble.value}
            for a in line.attachments
        ],
        "delivery": line.delivery.value if line.delivery else None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
