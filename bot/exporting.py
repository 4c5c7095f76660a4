"""One case as one JSON-ready row, for `homthu export`. Which cases there are is storage's to say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.thread import ThreadMessage
from bot.routing.wards import Wards


def export_row(case: Case, thread: Sequence[ThreadMessage], wards: Wards) -> dict[str, Any]:
    """The row's fields, in the order of the contract. Moments are ISO 8601 in UTC; what is unknown is None.

    `ward` is the code, `ward_name` the name in a sentence; `source_id` the channel's id of the message that opened the case.
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
        "messages": [_message(line) for line in thread],
    }


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
