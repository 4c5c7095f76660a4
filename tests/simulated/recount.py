"""The cases and the figures counted again from the events alone, as anybody would with paper and patience.

Written without a glance at `storage.figures`: what the program counts by columns, indexes and packed numbers is here a walk
over each case's timeline, one event after the other. From a case's row comes only what never changes after its filing.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.domain.people import StaffMember
from tests.simulated.record import Asked, Record
from tests.simulated.town import BEGINS

_WARD_DESKS = ("general", "restricted")
_OF_CLOSINGS = ("closings", "objections", "reopenings", "bare", "quick", "overrides")
_OF_CASES = ("postponed", "escalated", "undelivered")


@dataclass
class Life:
    """What became of a case."""

    code: str
    category: str
    channel: str
    filed_at: datetime
    ward: str
    desk: str
    outcome: str = ""
    closed_at: datetime | None = None
    disputes: int = 0
    hops: int = 0
    answered_at: datetime | None = None
    has_joined: bool = False
    owner: int | None = None
    closers: list[int] = field(default_factory=list)
    opened_at: datetime = BEGINS  # filed, or opened again
    happened: Counter[str] = field(default_factory=Counter)  # by the names of the figures

    def group(self, by: str) -> str:
        return str(getattr(self, by))


def life_of(case: Row[Any], events: Sequence[Row[Any]], proven: Collection[datetime], waived: Collection[str]) -> Life:
    """Walk the timeline.

    Args:
        proven: The moments of words of staff that came with a file.
        waived: Closings for which somebody waived a part; a neighbour's timeline does not tell why the main case was closed.
    """
    first = events[0]
    assert first.kind in ("filed", "excluded"), first.kind
    filed = next(event for event in events if event.kind == "filed")
    life = Life(case.code, case.category, case.channel, filed.at, filed.details["ward"], filed.details["desk"])
    life.opened_at = filed.at
    for event in events:
        if event.kind == "closed":
            _closed(life, event, has_proof=event.at in proven, is_waived=event.details.get("closing") in waived)
        _then(life, event.kind, event.at, event.staff_id, event.details or {})
    return life


def _closed(life: Life, event: Row[Any], *, has_proof: bool, is_waived: bool) -> None:
    life.happened["closings"] += 1
    life.happened["bare"] += event.details["outcome"] == "done" and not has_proof
    life.happened["quick"] += event.at - life.opened_at < timedelta(minutes=10)
    life.happened["overrides"] += is_waived


def _then(life: Life, kind: str, at: datetime, staff_id: int | None, details: dict[str, str]) -> None:
    if kind in ("answered", "closed", "postponed") and details.get("by") != "resident":
        life.answered_at = life.answered_at or at
    if kind == "undelivered" and "first" in details:
        life.answered_at = datetime.fromisoformat(details["first"]) if details["first"] else None
    if kind == "reached":
        life.answered_at = life.answered_at or at
    if kind == "closed":
        life.closed_at, life.outcome = at, details["outcome"]
        life.closers.append(staff_id or 0)
    if kind == "disputed":
        life.disputes += 1
        life.desk, life.owner = details["desk"], int(details["owner"]) if "owner" in details else None
        life.happened["objections"] += 1
    if details.get("reopened") and kind != "came_back":  # by words of its resident
        life.happened["reopenings"] += 1
    if kind in ("postponed", "escalated") or (kind == "undelivered" and "answer" in details):
        life.happened[kind] += 1
    if kind == "disputed" or details.get("reopened"):
        life.closed_at, life.outcome, life.opened_at = None, "", at
        # They come back together, unless the main one's resident was forgotten.
        life.has_joined = life.has_joined and kind == "came_back" and "left_main" not in details
    if kind == "joined" and "main" in details:
        life.has_joined = True
    if kind == "moved":
        _moved(life, details)
    if kind == "taken":
        life.owner = staff_id
    if kind in ("handed_back", "returned"):
        life.owner = None


def _moved(life: Life, details: dict[str, str]) -> None:
    wished = details.get("ward") or details.get("wished")
    if wished and details.get("from_desk") in _WARD_DESKS:
        life.hops += 1
    life.desk, life.owner = details["desk"], None
    if life.desk == "unplaced":
        life.ward = ""
    elif details.get("ward"):
        life.ward = details["ward"]


def lives_of(record: Record) -> dict[int, Life]:
    """Every case's, by its id."""
    found = {}
    for case in record.cases:
        proven = {message.at for message in record.messages[case.id] if message.id in record.shown}
        if case.erased_at is not None:  # the files are gone, that there were some is known
            proven |= {one.at for one in record.closings.get(case.id, []) if one.has_evidence}
        waived = {str(one.id) for one in record.closings.get(case.id, []) if one.overridden_by}
        found[case.id] = life_of(case, record.events[case.id], proven, waived)
    return found


def counted(record: Record, lives: dict[int, Life], asked: Asked) -> dict[str, dict[str, Any]]:
    """Group to what the dashboard should say of it; numbers by their names, times as sorted lists of whole hours."""
    found: dict[str, dict[str, Any]] = {}
    for case in record.cases:
        life = lives[case.id]
        if life.has_joined or (case.id, asked.who.id) in record.barred or not may_see(asked.who, life):
            continue
        facts = waits(life, case.due_at, record.now) + (
            since(life, case.due_at, record.now) if asked.start <= life.filed_at < asked.end else []
        )
        for name, value in facts:
            group = found.setdefault(life.group(asked.by.value), {})
            group[name] = group.get(name, type(value)()) + value
    return found


def may_see(who: StaffMember, life: Life) -> bool:
    """Of an inspector, and of a ward's leader."""
    if who.ward_code is None:
        return True
    return life.ward == who.ward_code and life.desk in _WARD_DESKS


def waits(life: Life, due_at: datetime, now: datetime) -> list[tuple[str, Any]]:
    """What is to be said of it at that moment, whenever it was filed."""
    return [] if life.closed_at else [("waiting", True), ("overdue", due_at < now)]


def since(life: Life, due_at: datetime, now: datetime) -> list[tuple[str, Any]]:
    """What is to be said of it where it was filed in the period."""
    is_closed = life.closed_at is not None
    is_late = life.closed_at > due_at if life.closed_at else due_at.replace(second=0, microsecond=0) < now
    facts: list[tuple[str, Any]] = [
        ("accepted", True),
        ("closed", is_closed),
        (f"outcome {life.outcome}", is_closed),
        ("kept", is_closed and not is_late),
        ("missed", is_late),
        *((name, life.happened[name]) for name in _OF_CLOSINGS),
        *((name, life.happened[name] > 0) for name in _OF_CASES),
        ("disputed", life.disputes > 0),
        ("reopened", life.disputes > 0 and not is_closed),
        ("moved", life.hops > 0),
    ]
    if life.answered_at is not None:
        facts.append(("to_answer", [_hours(life.filed_at, life.answered_at)]))
    if life.closed_at is not None:
        facts.append(("to_close", [_hours(life.filed_at, life.closed_at)]))
    return facts


def _hours(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // 3600)
