"""A closing that its resident says is not true: who may not judge it again, and when the city does instead of the ward.

Read from the case's own timeline, so that nothing has to be kept beside it. Who takes it on is `bot.services.next_hand`.
"""

from collections.abc import Sequence

from bot.domain.case import Case, Desk
from bot.domain.people import StaffId
from bot.domain.proposal import ProposalKind
from bot.domain.thread import CaseEvent, EventKind

CITY_FROM = 2  # so many times disputed: the ward had its chance to mend it
TO_CITY = "city"  # a detail of DISPUTED: it went to the city, whatever number it was
_CITY_DESKS = frozenset({Desk.DISPUTED.value, Desk.LEADERS.value})


def closers_disputed(timeline: Sequence[CaseEvent]) -> frozenset[StaffId]:
    """Everybody whose closing of this case was said to be untrue: none of them takes it on or closes it again.

    Where two people closed it together, both are among them; not whoever proposed what was never confirmed.

    Args:
        timeline: The case's events, oldest first.
    """
    found: set[StaffId] = set()
    newest: set[StaffId] = set()
    proposed: set[StaffId] = set()
    for event in timeline:
        by = {event.staff_id} if event.staff_id is not None else set()
        if event.kind is EventKind.PROPOSED:
            # Who only asked for a new day has judged nothing.
            proposed = by if (event.details or {}).get("what") == ProposalKind.CLOSE else set()
        elif event.kind in (EventKind.UNPROPOSED, EventKind.MOVED):
            # Sent back, or void: elsewhere one person may be enough, and whoever proposed before judged nothing.
            proposed = set()
        elif event.kind is EventKind.CLOSED:
            newest, proposed = by | proposed, set()
        elif event.kind is EventKind.DISPUTED:
            found |= newest
    return frozenset(found)


def city_desk(case: Case) -> Desk:
    """Where the city decides about it: what few may read in the ward is read by few there, and never by the accused."""
    return Desk.LEADERS if case.desk in (Desk.RESTRICTED, Desk.LEADERS) else Desk.DISPUTED


def went_to_city(timeline: Sequence[CaseEvent]) -> bool:
    """Whether a dispute took it from its ward to the city."""
    return any(event.kind is EventKind.DISPUTED and (event.details or {}).get(TO_CITY) for event in timeline)


def was_sent_back(timeline: Sequence[CaseEvent]) -> bool:
    """Whether the city has given it back to a ward after that: it does so once."""
    is_at_city = False
    for event in timeline:
        details = event.details or {}
        if event.kind is EventKind.DISPUTED and details.get(TO_CITY):
            is_at_city = True
        elif (
            event.kind is EventKind.MOVED and is_at_city and details.get("from_desk") in _CITY_DESKS and details.get("ward")
        ):
            return True
    return False
