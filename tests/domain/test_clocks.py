"""The clocks of a case, told by its events: what runs, what stands, what was promised."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CaseId
from bot.domain.clocks.fold import fold, step
from bot.domain.clocks.setting import Setting, laid_again, new_round, stood_for
from bot.domain.clocks.state import Clock, Clocks, Step, clock_due, clocks_of, next_alarm
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_hours import worked_between
from bot.domain.working_time import WorkingCalendar, with_changes

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ORDINARY = WorkingCalendar(frozenset(), frozenset(), HANOI)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=HANOI).astimezone(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def event(kind: EventKind, at: datetime, **details: str) -> CaseEvent:
    return CaseEvent(case_id=CaseId(1), kind=kind, at=at, details=details)


def filed(at: datetime = MONDAY, days: int = 10, *, is_urgent: bool = False) -> Clocks:
    setting = new_round(at, days, ORDINARY, is_urgent=is_urgent)
    told = event(EventKind.FILED, at, **setting.details())
    return fold([told], created_at=at, due_at=setting.due_at, is_urgent=is_urgent)


def hanoi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def alarms(clocks: Clocks) -> list[tuple[Clock, Step]]:
    """Every warning that comes if nobody ever does anything, in order."""
    found = []
    while alarm := next_alarm(clocks):
        found.append((alarm.clock, alarm.step))
        clocks = step(clocks, event(EventKind.ESCALATED, alarm.at, clock=alarm.clock, step=alarm.step))
    return found


def test_a_case_has_eight_hours_seven_days_and_its_category() -> None:
    clocks = filed()
    assert [(clock.value, clock_due(clocks, clock)) for clock in clocks_of(clocks)] == [
        ("accept", hanoi("2026-03-03 09:00")),
        ("answer", hanoi("2026-03-11 17:00")),
        ("resolve", hanoi("2026-03-16 17:00")),
        ("days45", hanoi("2026-04-16 09:00")),
    ]


def test_in_an_emergency_somebody_answers_within_four_hours() -> None:
    clocks = filed(is_urgent=True, days=1)
    assert [clock.value for clock in clocks_of(clocks)] == ["urgent", "resolve", "days45"]
    assert clock_due(clocks, Clock.URGENT) == hanoi("2026-03-02 14:00")


def test_taking_accepts_moving_does_not_and_giving_back_undoes_it() -> None:
    clocks = step(filed(), event(EventKind.MOVED, MONDAY + HOUR, why="wrong_ward"))
    assert clocks.accepted_at is None
    clocks = step(clocks, event(EventKind.TAKEN, MONDAY + 2 * HOUR))
    assert clocks.accepted_at == MONDAY + 2 * HOUR
    for kind in (EventKind.HANDED_BACK, EventKind.RETURNED):
        assert step(clocks, event(kind, MONDAY + 3 * HOUR)).accepted_at is None
    answered = step(clocks, event(EventKind.ANSWERED, MONDAY + 3 * HOUR))
    assert step(answered, event(EventKind.HANDED_BACK, MONDAY + 4 * HOUR)).accepted_at == MONDAY + 2 * HOUR


def test_everybody_is_warned_in_turn_and_once() -> None:
    found = alarms(filed())
    assert len(found) == len(set(found)) == 12
    for clock in (Clock.ACCEPT, Clock.ANSWER, Clock.RESOLVE, Clock.DAYS45):
        assert [who for what, who in found if what is clock] == list(Step)
    assert found[0] == (Clock.ACCEPT, Step.OWNER)
    answered = step(filed(), event(EventKind.ANSWERED, MONDAY + HOUR))
    assert {clock for clock, _ in alarms(answered)} == {Clock.RESOLVE, Clock.DAYS45}


def test_nobody_is_warned_while_staff_wait_or_after_the_end() -> None:
    for kind in (EventKind.ASKED, EventKind.CLOSED):
        assert next_alarm(step(filed(), event(kind, MONDAY + HOUR))) is None


def test_an_answer_that_reached_nobody_answers_nothing() -> None:
    asked = step(filed(), event(EventKind.ASKED, MONDAY + HOUR))
    lost = step(asked, event(EventKind.UNDELIVERED, MONDAY + 2 * HOUR, answer="yes"))
    assert (lost.answered_at, lost.waits_since, lost.accepted_at) == (None, None, MONDAY + HOUR)
    receipt = step(asked, event(EventKind.UNDELIVERED, MONDAY + 2 * HOUR, reply="7"))
    assert receipt == asked


def test_an_answer_taken_back_was_never_given() -> None:
    at = MONDAY + HOUR
    asked = step(step(filed(), event(EventKind.ANSWERED, at)), event(EventKind.ASKED, at))
    assert step(asked, event(EventKind.NOTED, at + HOUR, took_back=at.isoformat())) == filed()


def test_three_days_of_waiting_are_three_days_more() -> None:
    """Asked on Tuesday at ten, answered on Friday at ten: a deadline at Monday's end is at Thursday's."""
    asked_at, answered_at = hanoi("2026-03-10 10:00"), hanoi("2026-03-13 10:00")
    asked = step(filed(), event(EventKind.ASKED, asked_at))
    setting = stood_for(asked, asked_at, answered_at, ORDINARY)
    clocks = step(asked, event(EventKind.GOES_ON, answered_at, **setting.details()))
    assert (clocks.due_at, clocks.waits_since) == (hanoi("2026-03-19 17:00"), None)
    assert clock_due(clocks, Clock.DAYS45) == hanoi("2026-04-19 09:00")


def test_a_dispute_begins_every_clock_anew() -> None:
    closed = step(step(filed(), event(EventKind.ANSWERED, MONDAY)), event(EventKind.CLOSED, MONDAY + DAY))
    warned = step(closed, event(EventKind.ESCALATED, MONDAY, clock="resolve", step="owner"))
    at = MONDAY + 5 * DAY
    setting = new_round(at, 10, ORDINARY, is_urgent=False)
    assert step(warned, event(EventKind.DISPUTED, at, times="1", **setting.details())) == filed(at)


def test_a_new_holiday_moves_what_lies_ahead_and_nothing_else() -> None:
    """Wednesday the 11th becomes a day off: told on Tuesday, when the hours of accepting are long over."""
    clocks, now = filed(), hanoi("2026-03-10 10:00")
    setting = laid_again(clocks, now, with_changes(ORDINARY, {date(2026, 3, 11): False}))
    assert setting is not None
    moved = step(clocks, event(EventKind.DEADLINE_MOVED, now, **setting.details()))
    assert moved.accept_due_at == clocks.accept_due_at
    assert moved.answer_due_at == hanoi("2026-03-12 17:00")
    assert moved.due_at == hanoi("2026-03-17 17:00")
    assert laid_again(moved, now, with_changes(ORDINARY, {date(2026, 3, 11): False})) is None
    assert laid_again(clocks, hanoi("2026-03-16 17:00"), with_changes(ORDINARY, {date(2026, 3, 16): False})) is None


def test_a_date_that_was_promised_stays() -> None:
    promised = step(filed(), event(EventKind.GOES_ON, MONDAY, due=hanoi("2026-03-20 17:00").isoformat()))
    moved = laid_again(promised, MONDAY + DAY, with_changes(ORDINARY, {date(2026, 3, 19): False, date(2026, 3, 20): False}))
    assert moved is None or moved.due_at == promised.due_at


# A case's life: what happens, how long after the last thing.
_KINDS = st.sampled_from(["taken", "handed_back", "answered", "asked", "speaks", "moved", "closed", "disputed", "holiday"])
_LIVES = st.lists(st.tuples(_KINDS, st.integers(1, 4 * 24 * 60)), max_size=25)
_DAYS_OFF = st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 8, 1)), st.booleans(), max_size=8)


def live(life: list[tuple[str, int]], days_off: dict[date, bool], *, is_urgent: bool) -> list[tuple[CaseEvent, Clocks]]:
    """Each event with the clocks after it, as the services make them of the clocks before."""
    clocks, at, calendar = filed(is_urgent=is_urgent), MONDAY, ORDINARY
    setting = new_round(MONDAY, 10, ORDINARY, is_urgent=is_urgent)
    found = [(event(EventKind.FILED, MONDAY, **setting.details()), clocks)]
    for what, minutes in life:
        at += timedelta(minutes=minutes)
        for told in happens(what, at, clocks, calendar):
            clocks = step(clocks, told)
            found.append((told, clocks))
        if what == "holiday":
            calendar = with_changes(ORDINARY, days_off)
            moved = laid_again(clocks, at, calendar) if clocks.closed_at is None else None
            if moved is not None:
                told = event(EventKind.DEADLINE_MOVED, at, **moved.details())
                clocks = step(clocks, told)
                found.append((told, clocks))
    return found


def happens(what: str, at: datetime, clocks: Clocks, calendar: WorkingCalendar) -> list[CaseEvent]:
    if what == "holiday":
        return []
    if what == "disputed":
        setting = new_round(at, 10, calendar, is_urgent=clocks.is_urgent)
        return [event(EventKind.DISPUTED, at, **setting.details())] if clocks.closed_at else []
    if what == "speaks":
        if clocks.closed_at:
            setting = stood_for(clocks, clocks.closed_at, at, calendar)
            return [event(EventKind.ADDED, at, reopened="yes", **setting.details())]
        if clocks.waits_since:
            setting = stood_for(clocks, clocks.waits_since, at, calendar)
            return [event(EventKind.ADDED, at), event(EventKind.GOES_ON, at, **setting.details())]
        return [event(EventKind.ADDED, at)]
    return [] if clocks.closed_at else [event(EventKind(what), at)]


@given(life=_LIVES, days_off=_DAYS_OFF, is_urgent=st.booleans())
def test_the_events_alone_give_back_the_clocks(
    life: list[tuple[str, int]], days_off: dict[date, bool], *, is_urgent: bool
) -> None:
    lived = live(life, days_off, is_urgent=is_urgent)
    events, clocks = [told for told, _ in lived], lived[-1][1]
    assert fold(events, created_at=MONDAY, due_at=MONDAY, is_urgent=is_urgent) == clocks


@given(life=_LIVES, is_urgent=st.booleans())
def test_no_clock_runs_while_it_stands(life: list[tuple[str, int]], *, is_urgent: bool) -> None:
    """What is left, or how late it is, is the same when the resident speaks as when staff began to wait or closed."""
    lived = live(life, {}, is_urgent=is_urgent)
    for (_, before), (told, after) in pairwise(lived):
        since = before.waits_since or before.closed_at
        resumes = told.kind is EventKind.GOES_ON or (told.kind is EventKind.ADDED and "reopened" in (told.details or {}))
        if since is None or not resumes:
            continue
        minute = timedelta(minutes=1)
        left = worked_between(since, before.due_at, ORDINARY), worked_between(told.at, after.due_at, ORDINARY)
        late = worked_between(before.due_at, since, ORDINARY), worked_between(after.due_at, told.at, ORDINARY)
        assert abs(left[0] - left[1]) <= minute
        assert abs(late[0] - late[1]) <= minute


@given(life=_LIVES, days_off=_DAYS_OFF, is_urgent=st.booleans())
def test_no_clock_is_negative_and_none_rings_while_it_stands(
    life: list[tuple[str, int]], days_off: dict[date, bool], *, is_urgent: bool
) -> None:
    for told, clocks in live(life, days_off, is_urgent=is_urgent):
        assert clocks.stood >= timedelta()
        assert clocks.counted_more >= timedelta()
        assert clocks.began_at <= told.at
        assert all((due := clock_due(clocks, clock)) and due > clocks.began_at for clock in (Clock.DAYS45,))
        if not clocks.is_running:
            assert next_alarm(clocks) is None
        else:
            assert len(alarms(clocks)) == len(set(alarms(clocks)))


@given(life=_LIVES, days_off=_DAYS_OFF, hours=st.integers(0, 2_000))
def test_a_changed_calendar_moves_only_what_lies_ahead(
    life: list[tuple[str, int]], days_off: dict[date, bool], hours: int
) -> None:
    told, clocks = live([one for one in life if one[0] != "holiday"], {}, is_urgent=False)[-1]
    now = told.at + hours * HOUR
    setting = laid_again(clocks, now, with_changes(ORDINARY, days_off))
    if setting is None:
        return
    moved = step(clocks, event(EventKind.DEADLINE_MOVED, now, **setting.details()))
    for clock in (Clock.ACCEPT, Clock.ANSWER, Clock.RESOLVE):
        before, after = clock_due(clocks, clock), clock_due(moved, clock)
        if before != after:
            assert before
            assert after
            assert before > now
            assert after > now
    assert replace(moved, told=frozenset()) != replace(clocks, told=frozenset())
    assert laid_again(moved, now, with_changes(ORDINARY, days_off)) is None, "once is enough"


@given(
    setting=st.builds(
        Setting,
        due_at=st.datetimes(timezones=st.just(UTC)),
        counted_from=st.none() | st.datetimes(timezones=st.just(UTC)),
        counted_days=st.integers(0, 90),
        counted_more=st.integers(0, 100_000).map(lambda minutes: timedelta(minutes=minutes)),
        accept_due_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        answer_due_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_what_an_event_tells_is_read_back(setting: Setting) -> None:
    assert Setting.read(setting.details()) == setting
