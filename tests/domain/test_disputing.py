"""Who may not judge a disputed closing again, read from the case's timeline."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.case import CaseId
from bot.domain.disputing import closers_disputed
from bot.domain.people import StaffId
from bot.domain.thread import CaseEvent, EventKind

LAN, MINH, HOA = StaffId(1), StaffId(2), StaffId(3)


def event(kind: EventKind, by: StaffId | None = None, details: Mapping[str, str] | None = None) -> CaseEvent:
    return CaseEvent(case_id=CaseId(1), kind=kind, at=datetime(2026, 11, 2, tzinfo=UTC), staff_id=by, details=details)


def test_a_closing_that_stands_bars_nobody() -> None:
    assert closers_disputed([event(EventKind.CLOSED, LAN)]) == frozenset()


def test_both_who_closed_it_together_are_barred() -> None:
    timeline = [
        event(EventKind.PROPOSED, LAN, {"what": "close"}),
        event(EventKind.CLOSED, MINH),
        event(EventKind.DISPUTED),
    ]
    assert closers_disputed(timeline) == {LAN, MINH}


def test_who_proposed_what_was_sent_back_closed_nothing() -> None:
    timeline = [
        event(EventKind.PROPOSED, LAN, {"what": "close"}),
        event(EventKind.UNPROPOSED, MINH, {"what": "close"}),
        event(EventKind.CLOSED, MINH),
        event(EventKind.DISPUTED),
    ]
    assert closers_disputed(timeline) == {MINH}


def test_who_asked_for_a_new_day_judged_nothing() -> None:
    timeline = [
        event(EventKind.PROPOSED, HOA, {"what": "postpone"}),
        event(EventKind.CLOSED, MINH),
        event(EventKind.DISPUTED),
    ]
    assert closers_disputed(timeline) == {MINH}


def test_a_second_dispute_bars_the_second_closer_too() -> None:
    one = [event(EventKind.CLOSED, LAN), event(EventKind.DISPUTED), event(EventKind.CLOSED, MINH)]
    assert closers_disputed(one) == {LAN}
    assert closers_disputed([*one, event(EventKind.DISPUTED)]) == {LAN, MINH}
