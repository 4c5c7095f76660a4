"""What may follow a closing: the resident says whether it is true. Which closing is meant is told by its moment."""

from datetime import datetime, timedelta

from bot.domain.case import Case, CaseStatus

DISPUTE_WITHIN = timedelta(days=30)  # after a closing; later the same thing is a matter of its own
STARS = (1, 2, 3, 4, 5)


def closing_of(case: Case) -> str:
    """The case's present closing, short enough for a button; empty while it is open."""
    return f"{int(case.closed_at.timestamp()):x}" if case.closed_at else ""


def may_be_disputed(case: Case, now: datetime) -> bool:
    """Is it closed, and not so long ago that nobody remembers?"""
    return case.status is CaseStatus.CLOSED and case.closed_at is not None and now - case.closed_at <= DISPUTE_WITHIN
