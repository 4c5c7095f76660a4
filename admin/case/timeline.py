"""The timeline as it is read: what happened, a line each, and the warnings of one round folded into one.

A round lasts from filing, or from being opened again, to the next time it is opened. How a line is worded is
`admin.thread_lines`.
"""

from collections.abc import Sequence
from dataclasses import replace

from admin.guard import Visit
from admin.pages import TimelineLine
from bot.domain.closing import opens_again
from bot.domain.thread import CaseEvent, EventKind


def folded(visit: Visit, events: Sequence[CaseEvent], lines: Sequence[TimelineLine]) -> list[TimelineLine]:
    """The lines in order; several warnings of a round stand where its last one was, each within.

    Args:
        events: What the lines tell of, in the same order.
    """
    shown: list[TimelineLine] = []
    warnings: list[TimelineLine] = []
    place = 0
    for event, line in zip(events, lines, strict=True):
        if opens_again(event):
            warnings = []
        if event.kind is not EventKind.ESCALATED:
            shown.append(line)
            continue
        if warnings:
            del shown[place]
        warnings = [*warnings, line]
        place = len(shown)
        shown.append(line if len(warnings) == 1 else _together(visit, warnings))
    return shown


def _together(visit: Visit, warnings: Sequence[TimelineLine]) -> TimelineLine:
    return replace(warnings[-1], words=visit.say("desk_event_warned_often", n=len(warnings)), detail="", within=warnings)
