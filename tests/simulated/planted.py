"""Faults in what staff and the timekeeper do, each with what must find it. Those of what happens later: `planted_after`."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.case import Desk
from bot.domain.clocks import setting
from bot.domain.clocks.fold import step
from bot.domain.outcome import Outcome
from bot.services import closing_gate, dispute_case, escalate, file_case, next_hand
from handlers.timekeeping import DueWarnings
from storage import case_clocks, case_tally, figures
from storage.cases import SqlCases
from storage.closings import SqlClosings
from storage.notices import SqlNotices
from storage.outbox import SqlOutbox
from storage.recording import Recording
from storage.reviewing import counting
from tests.simulated import closers, invariants
from tests.simulated import invariants_of_time as time
from tests.simulated.fault import Fault


def _closing_words_are_lost(patch: pytest.MonkeyPatch) -> None:
    queue = SqlOutbox.add

    async def add(self: SqlOutbox, replies: Any, now: datetime, **more: Any) -> list[int]:
        return await queue(self, [new for new in replies if not (new.message_id and new.reply.choices)], now, **more)

    patch.setattr(SqlOutbox, "add", add)


def _undelivered_is_not_noted(patch: pytest.MonkeyPatch) -> None:
    async def shows(*_: Any) -> None: ...

    patch.setattr(Recording, "_show_on_case", shows)


def _undelivered_is_noted_twice(patch: pytest.MonkeyPatch) -> None:
    show = Recording._show_on_case

    async def shows(self: Recording, *about: Any) -> None:
        await show(self, *about)
        await show(self, *about)

    patch.setattr(Recording, "_show_on_case", shows)


def _disputes_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    reopen = SqlCases.reopen

    async def reopens(self: SqlCases, case: Any, *, due_at: datetime, is_disputed: bool) -> Any:
        return await reopen(self, case, due_at=due_at, is_disputed=False)

    patch.setattr(SqlCases, "reopen", reopens)


def _disputes_rate_nothing(patch: pytest.MonkeyPatch) -> None:
    async def rate(*_: Any, **__: Any) -> None: ...

    patch.setattr(dispute_case, "rate_case", rate)


def _everything_goes_to_the_general_desk(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(file_case, "choose_desk", lambda kind, ward, **_: Desk.GENERAL if ward else Desk.UNPLACED)


def _a_case_is_due_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(setting, "due_after", lambda start, *_: start)


def _moves_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    change = SqlCases.change

    async def changes(self: SqlCases, case: Any, **to: Any) -> Any:
        return await change(self, case, **{name: value for name, value in to.items() if name != "is_hop"})

    patch.setattr(SqlCases, "change", changes)


def _refused_is_added_to_done(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(figures._ENDED, Outcome.REFUSED, figures._ENDED[Outcome.DONE])


def _the_unproven_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(case_tally.WEIGHT, "bare", case_tally.WEIGHT["quick"])


def _facts_are_never_spread(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> bool:
        return False

    patch.setattr(SqlNotices, "is_anything_due", nothing)


def _the_gate_stands_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(closing_gate, "missing_parts", lambda *_: ())
    patch.setattr(closers, "missing_parts", lambda *_: ())  # or they would wonder that nothing is missing


def _a_closing_goes_around_the_gate(patch: pytest.MonkeyPatch) -> None:
    async def keep(*_: Any) -> int:
        return 0

    patch.setattr(SqlClosings, "add", keep)


def _everybody_is_warned_twice(patch: pytest.MonkeyPatch) -> None:
    once = escalate._record

    async def record(*about: Any) -> None:
        await once(*about)
        await once(*about)

    patch.setattr(escalate, "_record", record)


def _nobody_is_warned(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> int:
        return 0

    patch.setattr(DueWarnings, "do", nothing)


def _answers_move_no_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(case_clocks, "step", lambda clocks, event: step(clocks, event) if event.kind != "answered" else clocks)


def _closers_judge_themselves(patch: pytest.MonkeyPatch) -> None:
    for place in (next_hand, dispute_case):
        if hasattr(place, "closers_disputed"):
            patch.setattr(place, "closers_disputed", lambda _: frozenset())


def _a_review_loses_the_end_of_a_month(patch: pytest.MonkeyPatch) -> None:
    portions = counting.portions

    def without(start: datetime, end: datetime, length: timedelta) -> Any:
        return ((first, last - timedelta(days=2)) for first, last in portions(start, end, length))

    patch.setattr(counting, "portions", without)


FAULTS = (
    Fault("the unproven count as quick", _the_unproven_are_not_counted, invariants.the_figures_are_those_of_the_events),
    Fault("everybody is warned twice", _everybody_is_warned_twice, time.every_warning_comes_once_and_in_its_order),
    Fault("nobody is warned", _nobody_is_warned, time.nobody_who_is_late_goes_unwarned),
    Fault("answers move no clock", _answers_move_no_clock, time.a_replay_gives_the_clocks_that_are_stored),
    Fault("closers judge themselves", _closers_judge_themselves, time.a_disputed_case_never_comes_back_to_its_closer),
    Fault("the gate stands open", _the_gate_stands_open, invariants.every_closing_passed_its_gate),
    Fault("a closing goes around the gate", _a_closing_goes_around_the_gate, invariants.every_closing_passed_its_gate),
    Fault("closing words are lost", _closing_words_are_lost, invariants.every_word_of_staff_is_on_its_way),
    Fault("undelivered is not noted", _undelivered_is_not_noted, invariants.what_did_not_arrive_is_on_the_case_once, seed=2),
    Fault(
        "undelivered is noted twice", _undelivered_is_noted_twice, invariants.what_did_not_arrive_is_on_the_case_once, seed=2
    ),
    Fault("disputes are not counted", _disputes_are_not_counted, invariants.each_case_is_where_its_events_say),
    Fault("disputes rate nothing", _disputes_rate_nothing, invariants.each_closing_is_judged_once),
    Fault(
        "all go to the general desk",
        _everything_goes_to_the_general_desk,
        invariants.what_accuses_an_official_stays_restricted,
    ),
    Fault("a case is due at once", _a_case_is_due_at_once, invariants.no_open_case_lacks_a_deadline),
    Fault("moves are forgotten", _moves_are_forgotten, invariants.each_case_is_where_its_events_say),
    Fault(
        "a review loses the end of a month",
        _a_review_loses_the_end_of_a_month,
        invariants.the_reviews_are_those_of_the_events,
    ),
    Fault("refused is added to done", _refused_is_added_to_done, invariants.the_figures_are_those_of_the_events),
    Fault("facts are never spread", _facts_are_never_spread, invariants.nothing_lies_waiting),
)
