"""The clocks of a case as its row keeps them: moved on with every event, in the event's own transaction.

What an event does to them is `bot.domain.clocks`; here it is only written down, with the moment of the next warning.
"""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from bot.domain.clocks.fold import moves_clocks, step
from bot.domain.clocks.state import Clock, Clocks, Step, next_alarm
from bot.domain.thread import CaseEvent
from storage.link import Link
from storage.tables import cases
from storage.types import Id

_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)
_WRITTEN = (
    *("due_at", "clocks_began_at", "counted_from", "counted_days", "counted_more", "answer_days", "accept_due_at"),
    *("answer_due_at", "accepted_at", "answered_at", "waits_since", "stood_seconds", "warned", "alarm_due_at"),
)
_of_case = select(
    *(cases.c[name] for name in (*_WRITTEN, "created_at", "closed_at", "is_emergency")),
).where(cases.c.id == bindparam("row", type_=Id))
_of_case_held = _of_case.with_for_update()
_write = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id))
    .values({name: bindparam(f"new_{name}", type_=cases.c[name].type) for name in _WRITTEN})
)


def clocks_from(row: Row[Any]) -> Clocks:
    """The clocks of a row that holds their columns."""
    return Clocks(
        began_at=row.clocks_began_at or row.created_at,
        due_at=row.due_at,
        counted_from=row.counted_from or row.due_at,
        counted_days=row.counted_days,
        counted_more=row.counted_more * _MINUTE,
        answer_days=row.answer_days,
        is_urgent=row.is_emergency,
        accept_due_at=row.accept_due_at,
        answer_due_at=row.answer_due_at,
        accepted_at=row.accepted_at,
        answered_at=row.answered_at,
        waits_since=row.waits_since,
        closed_at=row.closed_at,
        stood=row.stood_seconds * _SECOND,
        told=_warnings(row.warned),
    )


async def step_clocks(link: Link, event: CaseEvent, known: Clocks | None = None) -> None:
    """Move the case's clocks by this event; most events move none, and cost nothing.

    Args:
        known: What the row holds, where this very transaction added it: an event that changes nothing costs nothing then.
    """
    if not moves_clocks(event) or (known is not None and step(known, event) == known):
        return
    row = await link.row(_of_case_held, {"row": event.case_id})
    if row is None:
        return
    values = clock_values(step(clocks_from(row), event))
    if any(getattr(row, name) != value for name, value in values.items()):
        new = {f"new_{name}": value for name, value in values.items()}
        await link.run(_write, {"row": event.case_id, **new})


def clock_values(clocks: Clocks) -> dict[str, Any]:
    """The columns of a case that hold them."""
    alarm = next_alarm(clocks)
    return {
        "due_at": clocks.due_at,
        "clocks_began_at": clocks.began_at,
        "counted_from": clocks.counted_from,
        "counted_days": clocks.counted_days,
        "counted_more": clocks.counted_more // _MINUTE,
        "answer_days": clocks.answer_days,
        "accept_due_at": clocks.accept_due_at,
        "answer_due_at": clocks.answer_due_at,
        "accepted_at": clocks.accepted_at,
        "answered_at": clocks.answered_at,
        "waits_since": clocks.waits_since,
        "stood_seconds": clocks.stood // _SECOND,
        "warned": " ".join(f"{clock}.{who}" for clock, who in sorted(clocks.told)),
        "alarm_due_at": alarm.at if alarm else None,
    }


@lru_cache(maxsize=1024)
def _warnings(text: str) -> frozenset[tuple[Clock, Step]]:
    pairs = (pair.split(".") for pair in text.split())
    return frozenset((Clock(clock), Step(who)) for clock, who in pairs)


def farthest_warned(text: str) -> Step | None:
    """The last of the steps that any clock has come to."""
    told = {step for _, step in _warnings(text)}
    return next((step for step in reversed(Step) if step in told), None)
