"""What must be true of deadlines and warnings, and of whose hands a disputed case comes into. See `invariants`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.domain.case import CaseId
from bot.domain.clocks.fold import fold
from bot.domain.clocks.state import Clocks, next_alarm
from bot.domain.people import Role
from bot.domain.thread import CaseEvent, EventKind
from storage.case_clocks import clocks_from
from tests.simulated.record import Record
from tests.simulated.recount import Life

# Warnings wait for working hours, at most over the nine days of Tết, and for the next look.
WARNED_WITHIN = timedelta(days=12)
_STEPS = ("owner", "leader", "city")


def the_deadline_is_what_was_last_said(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Of everything on the timeline that names a deadline, the last word counts."""
    for case in record.cases:
        said = [event.details["due"] for event in record.events[case.id] if "due" in (event.details or {})]
        if not said or datetime.fromisoformat(said[-1]) != case.due_at:
            yield f"{case.code} is due {case.due_at}, told {said[-1:]}"


def a_replay_gives_the_clocks_that_are_stored(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Walking all events at once is what was written step by step, the next warning's moment included."""
    for case in record.cases:
        stored = clocks_from(case)
        replayed = replay(case, record.events[case.id])
        alarm = next_alarm(replayed)
        if stored != replayed or case.alarm_due_at != (alarm.at if alarm else None):
            yield f"{case.code}: {stored} warned next {case.alarm_due_at}, replayed {replayed}, {alarm}"


def replay(case: Row[Any], events: Any) -> Clocks:
    told = (
        CaseEvent(case_id=CaseId(case.id), kind=EventKind(event.kind), at=event.at, details=event.details)
        for event in events
    )
    return fold(told, created_at=case.created_at, due_at=case.due_at, is_urgent=case.is_emergency)


def every_warning_comes_once_and_in_its_order(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Owner, leader, city: once a clock and round; nobody is warned of what is closed or waits for the resident."""
    for case in record.cases:
        told: dict[str, list[str]] = {}
        is_running = True
        for event in record.events[case.id]:
            details = event.details or {}
            if event.kind in ("filed", "disputed") or details.get("reopened"):
                told, is_running = {}, True
            elif event.kind in ("closed", "asked"):
                is_running = False
            elif event.kind in ("goes_on", "postponed", "undelivered") and _is_open(record, case.id, event):
                is_running = True
                if event.kind == "postponed":  # of the new day nobody was warned yet
                    told.pop("resolve", None)
            elif event.kind == "escalated":
                steps = told.setdefault(details["clock"], [])
                steps.append(details["step"])
                if steps != list(_STEPS[: len(steps)]):
                    yield f"{case.code}: of {details['clock']} {steps} were warned"
                if not is_running:
                    yield f"{case.code}: {details['step']} was warned of {details['clock']} while nothing ran"


def _is_open(record: Record, case_id: int, at: Row[Any]) -> bool:
    """Whether the case was open when this happened."""
    is_open = False
    for event in record.events[case_id]:
        if event.kind in ("filed", "disputed", "came_back") or (event.details or {}).get("reopened"):
            is_open = True
        if event.kind == "closed":
            is_open = False
        if event.id == at.id:
            return is_open
    return is_open


def nobody_who_is_late_goes_unwarned(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """No warning lies around for long; where the deadline is over, the city knows."""
    for case in record.cases:
        if case.status != "open" or case.main_case_id is not None:
            continue
        if case.alarm_due_at is not None and case.alarm_due_at < record.now - WARNED_WITHIN:
            yield f"{case.code}: the warning of {case.alarm_due_at} was never given"
        is_late = case.waits_since is None and case.due_at < record.now - WARNED_WITHIN - timedelta(days=3)
        warned = [event.details for event in record.events[case.id] if event.kind == "escalated"]
        if is_late and {"clock": "resolve", "step": "city"} not in warned:
            yield f"{case.code}: late since {case.due_at}, and the city does not know"


def a_disputed_case_never_comes_back_to_its_closer(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Nobody takes, is given or closes what they closed wrongly, unless the city has nobody else there; twice is its own."""
    city = {member.id for member in record.staff.values() if member.role is Role.CITY_COORDINATOR}
    for case in record.cases:
        closers: set[int] = set()
        times = 0
        both = {one.at: {one.closer_id, one.proposed_by} - {None} for one in record.closings.get(case.id, [])}
        disputed: set[int] = set()
        barred = {staff_id for case_id, staff_id in record.barred if case_id == case.id}
        for event in record.events[case.id]:
            details = event.details or {}
            if event.kind == "disputed":
                times += 1
                disputed |= closers
                if times > 1 and details["desk"] not in ("disputed", "leaders"):
                    yield f"{case.code}: disputed {times} times, and waits at {details['desk']}"
                if details.get("owner") and int(details["owner"]) in disputed:
                    yield f"{case.code}: given to whoever closed it"
            if event.kind in ("taken", "closed") and event.staff_id in disputed:
                away = {one for one in city if record.is_away(one, event.at)}
                if not city <= disputed | barred | away:
                    yield f"{case.code}: {event.kind} by whoever closed it before"
            if event.kind == "closed":  # also where it was the city's last resort: the next dispute bars those as well
                closers = both.get(event.at, set())
