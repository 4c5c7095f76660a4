"""Closings as tests report them: each with all that its outcome owes, unless the test takes something away."""

from datetime import date, timedelta
from typing import Any

from bot.domain.closing import ClosingReport, Ground
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.outcome import Outcome

PROOF = StoredFile("e0" * 32, FileKind.DOCUMENT, "bien-ban.pdf", "application/pdf", 1200)
PROOF_BYTES = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TODAY = date(2026, 11, 18)  # by the desk's clock in tests


def owed(outcome: Outcome, today: date = TODAY) -> dict[str, Any]:
    """What an outcome owes beside its words."""
    of: dict[Outcome, dict[str, Any]] = {
        Outcome.DONE: {"what": "Thay bóng đèn", "unit": "Tổ điện", "done_on": today, "files": (PROOF,)},
        Outcome.PLANNED: {"planned_for": today + timedelta(days=30)},
        Outcome.NOT_OURS: {"handed_to": "Công ty Điện lực Hà Nội"},
        Outcome.REFUSED: {"ground": Ground.REPEATED, "basis": "Điều 9 Luật Tiếp công dân"},
        Outcome.DUPLICATE: {},  # the test knows of which case
        Outcome.NO_ACTION: {},
    }
    return of[outcome]


def report(outcome: Outcome = Outcome.DONE, text: str = "Xong.", today: date = TODAY, **more: Any) -> ClosingReport:
    """A report that may close a case; `more` replaces parts of it."""
    return ClosingReport(outcome=outcome, text=text, **(owed(outcome, today) | more))


def fields(outcome: str = "done", text: str = "Xong.", *, today: date = TODAY) -> dict[str, str]:
    """The same as the close form's fields; the proof is a file beside them."""
    said = {"outcome": outcome, "text": text}
    for name, value in (owed(Outcome(outcome), today) if outcome in set(Outcome) else {}).items():
        if name != "files":
            said[name] = value.isoformat() if isinstance(value, date) else str(value)
    return said
