"""How a case stands, in words its resident may read: one text for the chat and for the page that its receipt opens.

Whoever asks has shown that the case is theirs. What can be done about it, and how it is laid out, is the caller's.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.case import Case, CaseStatus
from bot.domain.city_day import shown_day
from bot.domain.closing import DISPUTE_WITHIN, dispute_ends_at, may_be_disputed
from bot.domain.people import Language
from bot.routing.wards import Wards
from bot.services.staff_change import ward_name, who_has_it
from bot.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Days are written as everywhere. `due` is the deadline, also of a closed case; `judge_until` is empty unless its
    closing may be disputed.
    """

    filed: str
    state: str
    who: str  # whose turn it is, as they may know it
    due: str
    is_open: bool
    is_late: bool
    is_paused: bool  # staff wait for the resident
    judge_until: str


def standing_of(language: Language, case: Case, *, has_answer: bool, wards: Wards, zone: tzinfo, now: datetime) -> Standing:
    """As it is now. `has_answer`: staff wrote to the resident."""
    is_open, may_judge = case.status is CaseStatus.OPEN, may_be_disputed(case, now)
    code = case.ward_code or ""
    ward = ward_name(language, wards[code]) if code in wards else code
    return Standing(
        filed=shown_day(case.created_at, zone),
        state=_state(language, case, has_answer=has_answer, zone=zone),
        who=who_has_it(language, case.desk, ward),
        due=shown_day(case.due_at, zone),
        is_open=is_open,
        is_late=is_open and case.due_at < now,
        is_paused=is_open and case.clocks.waits_since is not None,
        judge_until=shown_day(dispute_ends_at(case) or now + DISPUTE_WITHIN, zone) if may_judge else "",
    )


def who_acts(language: Language, standing: Standing) -> str:
    """Whose turn it is and until when, as it is said in a chat."""
    if standing.judge_until:
        return say(language, "after_case_you", due=standing.judge_until)
    if not standing.is_open:
        return say(language, "after_case_over")
    key = "waits" if standing.is_paused else "late" if standing.is_late else "next"
    return say(language, f"after_case_{key}", who=standing.who, due=standing.due)


def _state(language: Language, case: Case, *, has_answer: bool, zone: tzinfo) -> str:
    if case.status is CaseStatus.CLOSED and case.closed_at is not None:
        outcome = say(language, f"outcome_{case.outcome.value}" if case.outcome else "chat_status_closed")
        return say(language, "after_state_closed", day=shown_day(case.closed_at, zone), outcome=outcome)
    if case.disputes:
        return say(language, "after_state_disputed")
    return say(language, "after_state_answered" if has_answer else "after_state_waiting")
