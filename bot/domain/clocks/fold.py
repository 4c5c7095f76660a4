"""Walk a case's events and set its clocks. Storage takes one step with each event; walking them all gives the same."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.clocks.setting import Setting, answer_days
from bot.domain.clocks.state import Clock, Clocks, Step
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_hours import NOTHING

SECOND = timedelta(seconds=1)

# By their words: some of these kinds are another room's.
_ACCEPTS = frozenset({"taken", "assigned", "answered", "asked", "postponed", "proposed", "reached"})
_ANSWERS = frozenset({"answered", "asked", "postponed", "reached"})
_GIVES_BACK = frozenset({"handed_back", "returned"})
_OPENS = frozenset({"filed", "disputed", "came_back"})
_SPEAKS = frozenset({"added", "edited"})
_SETS = frozenset({"goes_on", "deadline_moved", "postponed", "joined"})
_ENDS = frozenset({"closed"})
_OTHERS = frozenset({"undelivered", "escalated", "noted"})
_MOVING = _ACCEPTS | _ANSWERS | _GIVES_BACK | _OPENS | _SPEAKS | _SETS | _ENDS | _OTHERS


def moves_clocks(event: CaseEvent) -> bool:
    """Whether the event can change a clock at all: most residents' words and notes cannot."""
    kind, details = event.kind.value, event.details or {}
    if kind in _SPEAKS:
        return "reopened" in details
    if kind == EventKind.NOTED.value:
        return "took_back" in details
    if kind == EventKind.JOINED.value:
        return "due" in details
    return kind in _MOVING


def fold(events: Iterable[CaseEvent], *, created_at: datetime, due_at: datetime, is_urgent: bool) -> Clocks:
    """The clocks after these events, oldest first.

    Args:
        created_at, due_at: Of the case; they count where its filing does not tell (cases of before the clocks).
        is_urgent: Somebody may be in danger.
    """
    clocks = Clocks(began_at=created_at, due_at=due_at, counted_from=due_at, is_urgent=is_urgent)
    for event in events:
        clocks = step(clocks, event)
    return clocks


def filed(setting: Setting, at: datetime, *, is_urgent: bool) -> Clocks:
    """The clocks of a case that is filed with this setting: what the event that tells of it makes of them."""
    bare = Clocks(began_at=at, due_at=setting.due_at, counted_from=setting.due_at, is_urgent=is_urgent)
    return _opened(bare, at, setting.details())


def step(clocks: Clocks, event: CaseEvent) -> Clocks:
    """The clocks after one more event."""
    if not moves_clocks(event):
        return clocks
    kind, details = event.kind.value, event.details or {}
    if kind in _OPENS or kind in _SPEAKS:
        return _opened(clocks, event.at, details)
    if kind in _ENDS:
        return replace(clocks, closed_at=event.at, waits_since=None)
    if kind == "escalated":
        return _escalated(clocks, details)
    if kind in _SETS:
        clocks = _set(clocks, kind, event.at, details)
    if kind in _GIVES_BACK and clocks.answered_at is None:
        clocks = replace(clocks, accepted_at=None)
    if kind == "noted":
        clocks = _took_back(clocks, details)
    if kind == "undelivered":
        clocks = _never_reached(clocks, details)
    if kind in _ACCEPTS:
        clocks = replace(clocks, accepted_at=clocks.accepted_at or event.at)
    if kind in _ANSWERS:
        clocks = replace(clocks, answered_at=clocks.answered_at or event.at)
    if kind == "asked" and clocks.closed_at is None:
        clocks = replace(clocks, waits_since=clocks.waits_since or event.at)
    return clocks


def _opened(clocks: Clocks, at: datetime, details: Mapping[str, str]) -> Clocks:
    """A round begins: nobody has taken the case on, nobody has answered, nobody was warned."""
    setting = Setting.read(details) or Setting.of(clocks)
    return Clocks(
        began_at=at,
        due_at=setting.due_at,
        counted_from=setting.counted_from or (at if setting.counted_days else setting.due_at),
        counted_days=setting.counted_days,
        counted_more=setting.counted_more,
        answer_days=answer_days(setting.counted_days) if setting.answer_due_at and not clocks.is_urgent else 0,
        is_urgent=clocks.is_urgent,
        accept_due_at=setting.accept_due_at,
        answer_due_at=setting.answer_due_at,
    )


def _set(clocks: Clocks, kind: str, at: datetime, details: Mapping[str, str]) -> Clocks:
    if kind in ("goes_on", "postponed") and clocks.waits_since is not None:
        clocks = replace(clocks, waits_since=None, stood=clocks.stood + _waited(clocks.waits_since, at))
    setting = Setting.read(details)
    if setting is None:
        return clocks
    if kind == "postponed":  # another day was promised: of that one nobody was warned yet
        clocks = replace(clocks, told=frozenset(pair for pair in clocks.told if pair[0] is not Clock.RESOLVE))
    return replace(
        clocks,
        due_at=setting.due_at,
        counted_from=setting.counted_from or setting.due_at,
        counted_days=setting.counted_days,
        counted_more=setting.counted_more,
        accept_due_at=setting.accept_due_at or clocks.accept_due_at,
        answer_due_at=setting.answer_due_at or clocks.answer_due_at,
    )


def _waited(since: datetime, until: datetime) -> timedelta:
    """In whole seconds, as it is stored."""
    return max(until - since, NOTHING) // SECOND * SECOND


def _took_back(clocks: Clocks, details: Mapping[str, str]) -> Clocks:
    """An answer was undone before it was sent: nobody answered by it, and nobody waits for what was not asked."""
    at = datetime.fromisoformat(details["took_back"])
    return replace(
        clocks,
        accepted_at=None if clocks.accepted_at == at else clocks.accepted_at,
        answered_at=None if clocks.answered_at == at else clocks.answered_at,
        waits_since=None if clocks.waits_since == at else clocks.waits_since,
    )


def _never_reached(clocks: Clocks, details: Mapping[str, str]) -> Clocks:
    """An answer that reached nobody answers nothing, and a question that reached nobody is not waited for."""
    if "answer" not in details or clocks.closed_at is not None:
        return clocks
    # Something else that did arrive may have answered it all the same.
    answered_at = clocks.answered_at if details["answer"] == "again" else None
    return replace(clocks, answered_at=answered_at, waits_since=None)


def _escalated(clocks: Clocks, details: Mapping[str, str]) -> Clocks:
    told = (Clock(details["clock"]), Step(details["step"]))
    return replace(clocks, told=clocks.told | {told})
