"""What must be true of all that is stored, whatever happened. Each returns a line for everything that is not so."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Row

from bot.domain.figures import Figures, Hours
from bot.domain.outcome import Outcome
from tests.simulated import invariants_of_after as after
from tests.simulated import invariants_of_people as people
from tests.simulated import invariants_of_time as time
from tests.simulated.record import Record
from tests.simulated.recount import Life, counted, lives_of
from tests.simulated.recount_review import differences, recounted

Invariant = Callable[[Record, dict[int, Life]], Iterator[str]]
_SPOKEN = ("answered", "closed", "postponed")
MOST_LINES = 5  # of one invariant


def broken(record: Record) -> dict[str, list[str]]:
    """Each broken invariant by its name, with a few lines about it; empty where all is well."""
    lives = lives_of(record)
    found = {invariant.__name__: list(invariant(record, lives)) for invariant in INVARIANTS}
    return {name: lines[:MOST_LINES] for name, lines in found.items() if lines}


def each_case_is_where_its_events_say(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Open or closed, one desk, one ward, one owner: stored as the timeline tells it."""
    for case in record.cases:
        life = lives[case.id]
        told = (life.ward, life.desk, life.outcome, life.closed_at, life.disputes, life.hops, life.has_joined, life.owner)
        is_so = (
            *(case.ward_code or "", case.desk, case.outcome or "", case.closed_at, case.disputes, case.hops),
            *(case.main_case_id is not None, case.owner_id),
        )
        if told != is_so:
            yield f"{case.code} is {is_so}, told {told}"


def each_case_is_in_exactly_one_state(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Closed with a moment and an outcome, or open with neither; unplaced without a ward, at a ward's desk with one."""
    for case in record.cases:
        is_closed = case.status == "closed"
        if {is_closed, case.closed_at is not None, case.outcome is not None} != {is_closed}:
            yield f"{case.code} is {case.status}, {case.outcome}, {case.closed_at}"
        if (case.desk in ("general", "restricted") and not case.ward_code) or (case.desk == "unplaced" and case.ward_code):
            yield f"{case.code} waits at {case.desk} of {case.ward_code}"


def what_accuses_an_official_stays_restricted(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """And nobody who is barred from a case does anything to it."""
    for case in record.cases:
        if case.is_sensitive and case.desk in ("general", "unplaced"):
            yield f"{case.code} waits at {case.desk}"
        for event in record.events[case.id]:
            if event.staff_id is not None and (case.id, event.staff_id) in record.barred:
                yield f"{case.code}: {event.kind} by somebody who is barred"


def no_open_case_lacks_a_deadline(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """After its filing, and later than its newest dispute; unless one that joined it brought a nearer one."""
    for case in record.cases:
        events = record.events[case.id]
        begun = [event.at for event in events if event.kind in ("filed", "disputed")]
        if any(event.kind == "joined" and "due" in (event.details or {}) for event in events):
            continue
        if case.due_at is None or (case.status == "open" and case.main_case_id is None and case.due_at <= max(begun)):
            yield f"{case.code} is due {case.due_at}, begun {max(begun)}"


def every_word_of_staff_is_on_its_way(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Each answer and each closing is a message that a reply to this resident carries: nobody closes silently."""
    carried = {reply.message_id: reply for reply in record.outbox if reply.message_id is not None}
    for case in record.cases:
        said = [message for message in record.messages[case.id] if message.author == "staff"]
        is_known = case.erased_at is None and (case.channel, case.external_id) not in record.once_forgotten
        for message in said if is_known else ():
            reply = carried.get(message.id)
            if reply is None or (reply.channel, reply.external_id) != (case.channel, case.external_id):
                yield f"{case.code}: message {message.id} goes nowhere"
        told = [event.at for event in record.events[case.id] if event.kind in _SPOKEN and not _by_resident(event)]
        if Counter(told) != Counter(message.at for message in said):
            yield f"{case.code}: staff spoke {len(told)} times, and there are {len(said)} messages"


def _by_resident(event: Row[Any]) -> bool:
    """Who wants to be forgotten may close what waits."""
    return (event.details or {}).get("by") == "resident"


def every_closing_passed_its_gate(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """One kept closing for each that happened, by whom it happened; with all that its outcome owes, or a leader's reason."""
    for case in record.cases:
        happened = [event for event in record.events[case.id] if event.kind == "closed"]
        kept = record.closings.get(case.id, [])
        told = [(event.at, event.staff_id, event.details["outcome"], event.details.get("closing")) for event in happened]
        if told != [(one.at, one.closer_id, one.outcome, str(one.id)) for one in kept]:
            yield f"{case.code}: {len(happened)} closings happened, {len(kept)} are kept as they did"
        for one in kept:
            is_blank = case.erased_at is not None and one.message_id is None  # its words are gone
            lacks = [] if is_blank else _owed(one, has_proof=one.message_id in record.shown)
            roles = {each.role for each in record.stands(one.overridden_by, one.at)} if one.overridden_by else set()
            is_waived = bool(one.override_reason) and bool(roles & people.LEADERS)
            if lacks and not is_waived:
                yield f"{case.code}: closed as {one.outcome} without {', '.join(lacks)}"


def _owed(closing: Row[Any], *, has_proof: bool) -> list[str]:
    """What it lacks, by a table of this file's own."""
    owes = {
        "done": {"what": closing.what, "unit": closing.unit, "day": closing.done_on, "proof": has_proof},
        "planned": {"day": closing.planned_for},
        "not_ours": {"who": closing.handed_to},
        "refused": {"ground": closing.ground, "basis": closing.basis},
        "duplicate": {"of": closing.duplicate_of},
        "no_action": {},
    }
    return [name for name, value in owes[closing.outcome].items() if not value]


def what_did_not_arrive_is_on_the_case_once(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    noted: Counter[str] = Counter()
    for events in record.events.values():
        noted.update((event.details or {})["reply"] for event in events if event.kind == "undelivered")
    for reply in record.outbox:
        is_failed = reply.state == "failed" and reply.case_id is not None
        if noted[str(reply.id)] != int(is_failed):
            yield f"reply {reply.id} is {reply.state}, noted {noted[str(reply.id)]} times"


def nothing_lies_waiting(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """Every reply was tried, every fact was told, the trail is whole."""
    for reply in record.outbox:
        if reply.state == "waiting":
            yield f"reply {reply.id} of {reply.created_at} waits"
    if record.untold:
        yield f"{record.untold} facts were never spread"
    if record.broken_trail is not None:
        yield f"the audit's chain breaks at {record.broken_trail}"


def each_closing_is_judged_once(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """A rating belongs to a closing that was; a dispute is also a "not resolved"."""
    closings = defaultdict(set)
    for case_id, events in record.events.items():
        closings[case_id] = {event.at for event in events if event.kind == "closed"}
    judged = Counter((rating.case_id, rating.closed_at) for rating in record.ratings)
    for (case_id, closed_at), times in judged.items():
        if times > 1 or closed_at not in closings[case_id]:
            yield f"case {case_id}: {times} ratings of the closing of {closed_at}"
    unhappy = Counter(rating.case_id for rating in record.ratings if not rating.is_resolved)
    for case_id, life in lives.items():
        if unhappy[case_id] != life.disputes:
            yield f"{life.code}: {life.disputes} disputes, {unhappy[case_id]} ratings that say so"


def the_figures_are_those_of_the_events(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """For every reader, period and breakdown: each number, and each waiting time."""
    for asked, found in record.figures.items():
        expected = counted(record, lives, asked)
        for group in sorted(found.keys() | expected.keys()):
            yield from _differences(f"{asked.who.role} by {asked.by} {group!r}", found.get(group), expected.get(group, {}))


def the_reviews_are_those_of_the_events(record: Record, lives: dict[int, Life]) -> Iterator[str]:
    """For every reader, ward and term: each number of each table, what is left out, and what residents thought."""
    for asked, found in record.reviews.items():
        where = f"{asked.who.role if asked.who else 'operator'} {asked.ward} {asked.start:%d.%m.}"
        yield from differences(found, recounted(record, lives, asked), _differences, where)


def _differences(where: str, figures: Figures | None, expected: dict[str, Any]) -> Iterator[str]:
    figures = figures or Figures()
    for outcome in Outcome:
        told, wanted = figures.outcomes.of(outcome), expected.get(f"outcome {outcome.value}", 0)
        if told != wanted:
            yield f"{where}: {told} ended as {outcome.value}, counted {wanted}"
    for name in Figures.__dataclass_fields__:
        value = getattr(figures, name)
        if isinstance(value, Hours):
            hours, known = Counter(dict(value.counts)), Counter(expected.get(name, []))
            if hours != known:
                yield f"{where}: {name} has {dict(hours - known)} too many, {dict(known - hours)} too few"
        elif isinstance(value, int) and value != expected.get(name, 0):
            yield f"{where}: {name} is {value}, counted {expected.get(name, 0)}"


INVARIANTS: tuple[Invariant, ...] = (
    the_reviews_are_those_of_the_events,
    each_case_is_where_its_events_say,
    each_case_is_in_exactly_one_state,
    what_accuses_an_official_stays_restricted,
    no_open_case_lacks_a_deadline,
    time.the_deadline_is_what_was_last_said,
    time.a_replay_gives_the_clocks_that_are_stored,
    time.every_warning_comes_once_and_in_its_order,
    time.nobody_who_is_late_goes_unwarned,
    time.a_disputed_case_never_comes_back_to_its_closer,
    every_word_of_staff_is_on_its_way,
    every_closing_passed_its_gate,
    what_did_not_arrive_is_on_the_case_once,
    nothing_lies_waiting,
    each_closing_is_judged_once,
    people.whoever_acts_may,
    people.what_takes_two_had_two,
    people.a_proposal_is_decided_once_and_by_another,
    people.a_third_new_day_has_a_leader,
    after.a_planned_case_is_never_forgotten,
    after.each_question_is_asked_once_and_of_what_is_closed,
    after.what_did_not_arrive_is_a_task_until_it_is_known,
    after.the_joined_follow_their_main,
    after.a_duplicate_is_of_another_that_was_closed,
    after.a_changed_calendar_moves_only_what_lies_ahead,
    after.nothing_of_a_forgotten_resident_is_left,
    the_figures_are_those_of_the_events,
)
