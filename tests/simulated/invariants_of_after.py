"""What must be true after staff have spoken: planned cases, later questions, words that did not arrive, who is forgotten.

See `invariants`.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.domain.people import Language
from bot.wording import say
from tests.simulated.record import Record
from tests.simulated.recount import Life
from tests.simulated.town import HANOI

_SOON = timedelta(days=2)  # for the next look, and for a night in between
_WAITS_TO_BE_ERASED = timedelta(days=7)  # after its closing


def a_planned_case_is_never_forgotten(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Once its day is over it is open again, unless it was closed otherwise since; and never before.

    What had joined one that is erased by then, or was closed otherwise since, comes back on its own day.
    """
    planned = {case.id: case.closed_at for case in record.cases if case.outcome == "planned" and case.erased_at is None}
    for case in record.cases:
        kept = record.closings.get(case.id, [])
        last = kept[-1] if kept else None
        is_led = case.main_case_id is not None and planned.get(case.main_case_id) == case.closed_at
        if last is not None and last.at == case.closed_at and last.outcome == "planned" and not is_led:
            is_over = last.planned_for < (record.now - _SOON).astimezone(HANOI).date()
            if is_over and case.erased_at is None:
                yield f"{case.code}: planned for {last.planned_for}, and still closed"
        for event in record.events[case.id]:
            plans = [one.planned_for for one in kept if one.at < event.at and one.planned_for]
            if event.kind == "came_back" and (not plans or event.at.astimezone(HANOI).date() <= plans[-1]):
                yield f"{case.code}: came back at {event.at}, planned for {plans[-1:]}"


def each_question_is_asked_once_and_of_what_is_closed(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """After two days, after four weeks, at most once a closing; never after a dispute, and nobody without a chat."""
    for case in record.cases:
        asked: list[str] = []
        closed_at: datetime | None = None
        for event in record.events[case.id]:
            details = event.details or {}
            if event.kind == "closed":
                asked, closed_at = [], event.at
            elif event.kind in ("disputed", "came_back") or details.get("reopened"):
                closed_at = None
            elif event.kind == "questioned":
                asked.append(details["after"])
                wanted = timedelta(days=2) if details["after"] == "2d" else timedelta(weeks=4)
                is_right = closed_at is not None and event.at >= closed_at + wanted and case.channel != "counter"
                if not is_right or asked not in (["2d"], ["4w"], ["2d", "4w"]):
                    yield f"{case.code}: closed {closed_at}, asked {asked} at {event.at}"


def what_did_not_arrive_is_a_task_until_it_is_known(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """From the first words of staff that failed to arrive until somebody reached the resident, by whatever means."""
    for case in record.cases:
        since: datetime | None = None
        for event in record.events[case.id]:
            if event.kind == "undelivered" and "answer" in event.details and case.channel != "counter":
                since = since or event.at
            elif event.kind == "reached":
                since = None
        if case.erased_at is None and case.reach_since != since:
            yield f"{case.code}: to be reached since {case.reach_since}, told {since}"


def the_joined_follow_their_main(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """They wait and end with it, are counted there, and nobody joins what has joined something itself."""
    cases = {case.id: case for case in record.cases}
    counted = Counter(case.main_case_id for case in record.cases if case.main_case_id is not None)
    for case in record.cases:
        if case.joined_count != counted[case.id]:
            yield f"{case.code}: {counted[case.id]} joined it, and it counts {case.joined_count}"
        main = cases.get(case.main_case_id)
        if main is not None and (main.main_case_id is not None or main.id == case.id):
            yield f"{case.code} joined {main.code}, which has joined another"
        if main is not None and case.status == "open" and main.status == "closed":
            yield f"{case.code} waits, and {main.code}, which it joined, is closed"


def a_duplicate_is_of_another_that_was_closed(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Closed just then, by the order in which things happened: two closings may well share their minute."""
    for case_id, kept in record.closings.items():
        ends = {event.details.get("closing"): event.id for event in record.events[case_id] if event.kind == "closed"}
        for one in kept:
            if one.duplicate_of is None:
                continue
            before = [event for event in record.events.get(one.duplicate_of, []) if event.id < ends[str(one.id)]]
            turns = [event.kind for event in before if event.kind in ("closed", "disputed") or _opens(event)]
            if one.duplicate_of == case_id or turns[-1:] != ["closed"]:
                yield f"case {case_id}: the same as {one.duplicate_of}, which was not closed then"


def _opens(event: Row[Any]) -> bool:
    return "reopened" in (event.details or {})


def a_changed_calendar_moves_only_what_lies_ahead(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """No deadline that was over is moved, none into the past, and the case names the day that did it."""
    for case in record.cases:
        due: datetime | None = None
        for event in record.events[case.id]:
            details = event.details or {}
            told = datetime.fromisoformat(details["due"]) if "due" in details else due
            if event.kind == "deadline_moved" and due is not None and told is not None:
                is_over = due <= event.at and told != due
                if is_over or (told != due and told <= event.at) or not details.get("day"):
                    yield f"{case.code}: at {event.at} moved from {due} to {told} by {details.get('day')}"
            due = told


def nothing_of_a_forgotten_resident_is_left(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Neither words nor where they can be reached, soon; what is kept by law has its words, and no resident."""
    tombstone = say(Language.VI, "person_tombstone")
    needed = {(case.channel, case.external_id) for case in record.cases}
    for channel, external_id in record.forgotten - needed:
        left = [name for name, known in record.known_at.items() if (channel, external_id) in known]
        if left:
            yield f"{channel} {external_id}: still in {', '.join(left)}"
    for case in record.cases:
        is_late = case.erase_asked_at is not None and case.closed_at is not None
        if is_late and case.closed_at < record.now - _WAITS_TO_BE_ERASED - _SOON:
            yield f"{case.code}: closed {case.closed_at}, and not erased"
        if case.erased_at is None:
            continue
        if case.external_id:
            yield f"{case.code}: erased, and still of {case.external_id}"
        if not _is_kept_by_law(case) and {one.text for one in record.messages[case.id]} | {case.text} != {tombstone}:
            yield f"{case.code}: erased, and has words"
        if not _is_kept_by_law(case) and any(one.id in record.shown for one in record.messages[case.id]):
            yield f"{case.code}: erased, and has files"


def _is_kept_by_law(case: Row[Any]) -> bool:
    return bool(case.is_sensitive or case.accused or case.desk in ("restricted", "leaders"))
