"""A case whose resident has not got what staff wrote: what happened, what to do, and noting that it was done."""

from collections.abc import Sequence

from admin.case.parts import ReachPart
from admin.guard import Visit
from admin.thread_lines import failure_of
from bot.domain.case import Case
from bot.domain.reaching import BY_STAFF
from bot.domain.reply import DeliveryState
from bot.domain.rights import Right
from bot.domain.thread import Author, ThreadMessage
from bot.web import keys


def reach_part(visit: Visit, case: Case, thread: Sequence[ThreadMessage]) -> ReachPart | None:
    """None where nothing is missing."""
    if case.reach_since is None:
        return None
    failed = [one for one in thread if one.author is Author.STAFF and one.delivery is DeliveryState.FAILED]
    zone = visit.request.app[keys.SETTINGS].zone
    return ReachPart(
        count=len(failed),
        why=failure_of(visit, failed[-1].delivery_error) if failed else "",
        since=case.reach_since,
        ways={by.value: f"reach_way_{by.value}" for by in BY_STAFF},
        first_day=case.reach_since.astimezone(zone).date().isoformat(),
        today=visit.now.astimezone(zone).date().isoformat(),
        may_note=visit.viewer.may(Right.ANSWER),
    )
