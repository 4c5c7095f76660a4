"""A case of the counter: its answers are told by staff, and its page says which ones still have to be."""

from collections.abc import Sequence
from dataclasses import replace

from admin.case.parts import TellPart
from admin.guard import Visit
from admin.pages import ThreadLine
from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, ThreadMessage
from bot.services.tell_resident import untold


def tell_part(visit: Visit, case: Case, thread: Sequence[ThreadMessage], timeline: Sequence[CaseEvent]) -> TellPart | None:
    """What has to be told; None where a channel leads to the resident."""
    if CAPABILITIES[case.address.channel].reaches_resident:
        return None
    waiting = untold(case, thread, timeline)
    return TellPart(untold=frozenset(line.id for line in waiting), may_note=visit.viewer.may(Right.ANSWER))


def as_told(lines: Sequence[ThreadLine], tell: TellPart | None) -> list[ThreadLine]:
    """The thread's answers with whether they were told, in place of whether they were sent."""
    if tell is None:
        return list(lines)
    return [
        replace(line, delivery_key="counter_untold" if line.id in tell.untold else "counter_told", is_undelivered=False)
        if line.delivery_key
        else line
        for line in lines
    ]
