"""What must be true of who does what: at whose desk, in whose place, as the second of two. See `invariants`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from bot.domain.people import Role
from bot.domain.rights import DESKS
from tests.simulated.record import Record
from tests.simulated.recount import Life

# Roles that promise a third day and waive a part of a closing.
LEADERS = frozenset({Role.WARD_LEADER, Role.CITY_COORDINATOR})
_DONE_AT_THE_DESK = ("taken", "answered", "asked", "proposed", "postponed", "closed", "moved", "handed_back")
_WARD_DESKS = ("general", "restricted")
_TAKE_TWO = ("restricted", "leaders")
MOST_ALONE = 2  # new days that staff promise without a leader


def whoever_acts_may(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """At this desk of this ward by their own role, or in the place of somebody who is away at that moment."""
    for case in record.cases:
        for event, desk, ward in places(record.events[case.id]):
            if event.kind not in _DONE_AT_THE_DESK or event.staff_id is None or "main" in (event.details or {}):
                continue
            stands = record.stands(event.staff_id, event.at)
            if not any(desk in DESKS[one.role] and one.ward_code in (None, ward) for one in stands):
                yield f"{case.code}: {event.kind} by {event.staff_id} of another desk than {desk} of {ward}"


def places(events: Any) -> Iterator[tuple[Row[Any], str, str]]:
    """Each event with the desk and the ward where the case waited before it."""
    desk = ward = ""
    for event in events:
        details = event.details or {}
        if event.kind == "filed":
            desk, ward = details["desk"], details["ward"]
        yield event, desk, ward
        if event.kind in ("moved", "disputed"):
            desk = details["desk"]
            ward = "" if desk == "unplaced" else details.get("ward") or ward


def what_takes_two_had_two(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Two different people closed it, neither of them barred or of the accused unit, nor one in the other's place."""
    for case in record.cases:
        kept = {one.at: one for one in record.closings.get(case.id, []) if one.closer_id is not None}
        for event, desk, ward in places(record.events[case.id]):
            if event.kind != "closed" or event.at not in kept or desk not in _TAKE_TWO:
                continue
            closer, proposer = kept[event.at].closer_id, kept[event.at].proposed_by
            if proposer is None or proposer == closer:
                yield f"{case.code}: closed at {desk} by {closer} alone"
                continue
            for one, other in ((closer, proposer), (proposer, closer)):
                if (case.id, one) in record.barred or _is_of_the_accused(record, case, one):
                    yield f"{case.code}: {one} had a hand in it, whom it accuses"
                eyes = [stands for stands in record.stands(one, event.at) if stands.id != other]
                if not any(desk in DESKS[stands.role] and stands.ward_code in (None, ward) for stands in eyes):
                    yield f"{case.code}: {one} saw it only in the place of {other}"


def _is_of_the_accused(record: Record, case: Row[Any], staff_id: int) -> bool:
    member = record.staff[staff_id]
    return bool(case.accused_unit) and member.unit == case.accused_unit and member.ward_code is not None


def a_proposal_is_decided_once_and_by_another(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """One waits at most; what was confirmed became a closing or a new day in that moment, what was sent back did not."""
    for case_id, proposals in record.proposals.items():
        happened = {(event.kind, event.at) for event in record.events[case_id]}
        if sum(one.verdict is None for one in proposals) > 1:
            yield f"case {case_id}: several proposals wait"
        for one in proposals:
            became = {"close": "closed", "postpone": "postponed"}[one.kind]
            kind = {"confirmed": became, "returned": "unproposed"}.get(one.verdict)
            if kind is not None and ((kind, one.decided_at) not in happened or one.decided_by == one.staff_id):
                yield f"case {case_id}: proposal {one.id} was {one.verdict}, and nothing came of it"


def a_third_new_day_has_a_leader(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Promised by one, or by whom they stand in for; and it is always later than the day before."""
    for case in record.cases:
        days = [event for event in record.events[case.id] if event.kind == "postponed"]
        for number, event in enumerate(days, 1):
            roles = {one.role for one in record.stands(event.staff_id, event.at)}
            if number > MOST_ALONE and "main" not in event.details and not roles & LEADERS:
                yield f"{case.code}: day {number} was promised by {event.staff_id} alone"
