"""Several residents of one matter on one page: who joined said what, and what the case that this one joined was answered.

Only cases that the viewer may see; the others are not mentioned.
"""

from collections.abc import Mapping, Sequence

from admin.guard import Visit
from admin.pages import ReporterPart, ThreadLine
from admin.thread_lines import resident_name, thread_line
from bot.domain.case import Case, CaseId
from bot.domain.reply import DeliveryState
from bot.domain.thread import Author, ThreadMessage

MOST = 30  # neighbours whose words stand on the page; the others' cases are linked

Threads = Mapping[CaseId, Sequence[ThreadMessage]]


def joined_of(case: Case, named: Sequence[Case]) -> list[Case]:
    """Those of the named cases that joined this one, the first `MOST` of them."""
    return [other for other in named if other.main_case_id == case.id][:MOST]


def main_of(case: Case, named: Sequence[Case]) -> Case | None:
    """The one that this case joined, if it is among the named."""
    return next((other for other in named if other.id == case.main_case_id), None)


def reporter_parts(visit: Visit, joined: Sequence[Case], threads: Threads) -> list[ReporterPart]:
    return [_part(visit, other, threads.get(other.id, ())) for other in joined]


def main_answers(visit: Visit, main: Case | None, threads: Threads) -> list[ThreadLine]:
    """What staff said in the main case, notes included: to whoever may see it they are one conversation."""
    if main is None:
        return []
    return [
        thread_line(visit, main.code, message)
        for message in threads.get(main.id, ())
        if message.author is not Author.RESIDENT
    ]


def _part(visit: Visit, other: Case, thread: Sequence[ThreadMessage]) -> ReporterPart:
    states = [message.delivery for message in thread if message.delivery is not None]
    newest = states[-1] if states else None
    return ReporterPart(
        name=resident_name(visit, other.code),
        code=other.code,
        lines=[thread_line(visit, other.code, message) for message in thread if message.author is Author.RESIDENT],
        state_key=f"desk_delivery_{newest.value}" if newest else "",
        is_undelivered=newest is DeliveryState.FAILED,
    )
