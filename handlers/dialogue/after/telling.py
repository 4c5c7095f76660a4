"""How a case stands, in a resident's words: its state, who acts next and by when, the newest answer."""

from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.closing import DISPUTE_WITHIN, dispute_ends_at, may_be_disputed
from bot.domain.people import Channel
from bot.domain.thread import Answer
from bot.services.staff_change import who_has_it
from handlers.dialogue.asking import kind_name, shorten, shown_day, ward_name
from handlers.dialogue.turn import Turn


def say_case(turn: Turn, case: Case, answer: Answer | None) -> None:
    """One case, most important first. The buttons are its caller's."""
    lines = [
        turn.word(
            "after_case",
            code=case.code,
            kind=kind_name(turn, case.kind, is_emergency=case.is_emergency),
            filed=shown_day(turn, case.created_at),
            state=state_of(turn, case, answer),
        ),
        who_acts(turn, case),
    ]
    if case.main_case_id is not None:
        lines.append(turn.word("after_case_with_others"))
    if case.address.channel is Channel.COUNTER:
        lines.append(turn.word("after_case_assisted"))
    turn.say_text("\n".join(lines))
    if answer is None:
        if case.status is CaseStatus.OPEN:
            turn.say("after_case_no_answer")
        return
    turn.say("after_case_answer", day=shown_day(turn, answer.at), text=shorten(answer.text))
    if answer.is_undelivered:
        turn.say("after_case_undelivered")


def state_of(turn: Turn, case: Case, answer: Answer | None) -> str:
    """In words; a closed case with how it ended."""
    if case.status is CaseStatus.CLOSED and case.closed_at is not None:
        return closed_as(turn, case, case.closed_at)
    if case.disputes:
        return turn.word("after_state_disputed")
    return turn.word("after_state_answered" if answer else "after_state_waiting")


def closed_as(turn: Turn, case: Case, closed_at: datetime) -> str:
    outcome = turn.word(f"outcome_{case.outcome.value}") if case.outcome else turn.word("chat_status_closed")
    return turn.word("after_state_closed", day=shown_day(turn, closed_at), outcome=outcome)


def who_acts(turn: Turn, case: Case) -> str:
    """Whose turn it is, and until when."""
    if case.status is CaseStatus.CLOSED:
        if case.closed_at is None or not may_be_disputed(case, turn.now):
            return turn.word("after_case_over")
        return turn.word("after_case_you", due=shown_day(turn, dispute_ends_at(case) or turn.now + DISPUTE_WITHIN))
    if case.clocks.waits_since is not None:
        return turn.word("after_case_waits", who=office(turn, case), due=shown_day(turn, case.due_at))
    key = "after_case_late" if case.due_at < turn.now else "after_case_next"
    return turn.word(key, who=office(turn, case), due=shown_day(turn, case.due_at))


def office(turn: Turn, case: Case) -> str:
    """Where the case waits, as its resident may know it."""
    return who_has_it(turn.language, case.desk, ward_name(turn, case.ward_code) if case.ward_code else "")
