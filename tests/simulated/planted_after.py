"""More faults, in what happens beside and after the staff's work: deputies, second persons, plans, questions, oblivion."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.clocks.setting import laid_again
from bot.domain.people import StaffMember
from bot.domain.proposal import Verdict
from bot.domain.staffing import Standing
from bot.services import ask_later, close_case, closing_gate, lay_again, postpone_case, two_people
from handlers.timekeeping import DuePlans
from storage import case_rows, visible_cases
from storage.absences import SqlAbsences
from storage.cases import SqlCases
from storage.erasure import SqlErasure
from storage.outbox import SqlOutbox
from storage.proposals import SqlProposals
from tests.simulated import invariants_of_after as after
from tests.simulated import invariants_of_people as people
from tests.simulated.fault import Fault


def _old_deputies_stay(patch: pytest.MonkeyPatch) -> None:
    standing = SqlAbsences.standings_of

    async def standings(self: SqlAbsences, deputy: StaffMember, now: datetime) -> tuple[Standing, ...]:
        found = [await standing(self, deputy, now - timedelta(days=days)) for days in range(0, 60, 3)]
        return tuple({one.staff_id: one for times in found for one in times}.values())

    patch.setattr(SqlAbsences, "standings_of", standings)


def _one_is_enough(patch: pytest.MonkeyPatch) -> None:
    for place in (two_people, close_case):
        patch.setattr(place, "TWO_PEOPLE_DESKS", frozenset())


def _nobody_is_barred(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visible_cases, "_not_barred", lambda *_: [])
    patch.setattr(case_rows, "_visible", case_rows._visible.__wrapped__)  # not what is kept from before


def _a_verdict_is_lost(patch: pytest.MonkeyPatch) -> None:
    """What was sent back is kept as confirmed."""
    decide = SqlProposals.decide

    async def confirms(self: SqlProposals, proposal_id: int, verdict: Verdict, **more: Any) -> bool:
        return await decide(self, proposal_id, Verdict.CONFIRMED, **more)

    patch.setattr(SqlProposals, "decide", confirms)


def _days_are_promised_without_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(postpone_case, "MOST_ALONE", 99)


def _plans_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> int:
        return 0

    patch.setattr(DuePlans, "do", nothing)


def _questions_come_twice(patch: pytest.MonkeyPatch) -> None:
    ask = ask_later._ask

    async def asks(*about: Any) -> None:
        await ask(*about)
        await ask(*about)

    patch.setattr(ask_later, "_ask", asks)


def _who_was_reached_is_a_task_still(patch: pytest.MonkeyPatch) -> None:
    async def reached(*_: Any) -> bool:
        return True

    patch.setattr(SqlOutbox, "reached", reached)


def _the_joined_are_left_behind(patch: pytest.MonkeyPatch) -> None:
    async def joined(*_: Any, **__: Any) -> list[Any]:
        return []

    patch.setattr(SqlCases, "joined", joined)


def _a_duplicate_is_of_itself(patch: pytest.MonkeyPatch) -> None:
    duplicate = closing_gate._duplicate

    async def itself(uow: Any, staff: Any, case: Any, *about: Any) -> Any:
        return case.id if await duplicate(uow, staff, case, *about) else None

    patch.setattr(closing_gate, "_duplicate", itself)


def _what_is_over_moves_too(patch: pytest.MonkeyPatch) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    patch.setattr(lay_again, "laid_again", lambda clocks, now, calendar: laid_again(clocks, min(now, long_ago), calendar))


def _words_are_never_erased(patch: pytest.MonkeyPatch) -> None:
    erase = SqlErasure.erase

    async def keeps(self: SqlErasure, case: Any, **given: Any) -> Any:
        return await erase(self, case, **(given | {"keeps_words": True}))

    patch.setattr(SqlErasure, "erase", keeps)


def _addresses_are_never_forgotten(patch: pytest.MonkeyPatch) -> None:
    async def forget(*_: Any) -> bool:
        return False

    patch.setattr(SqlErasure, "forget", forget)


FAULTS = (
    Fault("old deputies stay", _old_deputies_stay, people.whoever_acts_may, seed=2),
    Fault("one is enough", _one_is_enough, people.what_takes_two_had_two),
    Fault("nobody is barred", _nobody_is_barred, people.what_takes_two_had_two),
    Fault("a verdict is lost", _a_verdict_is_lost, people.a_proposal_is_decided_once_and_by_another),
    Fault("days are promised without end", _days_are_promised_without_end, people.a_third_new_day_has_a_leader),
    Fault("plans are forgotten", _plans_are_forgotten, after.a_planned_case_is_never_forgotten),
    Fault("questions come twice", _questions_come_twice, after.each_question_is_asked_once_and_of_what_is_closed),
    Fault(
        "who was reached is a task still",
        _who_was_reached_is_a_task_still,
        after.what_did_not_arrive_is_a_task_until_it_is_known,
        seed=2,
    ),
    Fault("the joined are left behind", _the_joined_are_left_behind, after.the_joined_follow_their_main, seed=2),
    Fault("a duplicate is of itself", _a_duplicate_is_of_itself, after.a_duplicate_is_of_another_that_was_closed),
    Fault("what is over moves too", _what_is_over_moves_too, after.a_changed_calendar_moves_only_what_lies_ahead, seed=4),
    Fault("words are never erased", _words_are_never_erased, after.nothing_of_a_forgotten_resident_is_left),
    Fault("addresses are never forgotten", _addresses_are_never_forgotten, after.nothing_of_a_forgotten_resident_is_left),
)
