"""What a resident is told when their case is closed: how it ended, what that means for them, and what they can do.

Each outcome has sentences of its own, so that no refusal reads like work that was done.
"""

from bot.domain.case import Case
from bot.domain.city_day import shown_date
from bot.domain.closing import ClosingReport
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.services.staff_change import WardNames, office_of
from bot.wording import say


def closing_text(language: Language, case: Case, report: ClosingReport, wards: WardNames) -> str:
    """The closing as the resident reads it."""
    return say(
        language,
        "answer_closed",
        code=case.code,
        office=office_of(language, case, wards),
        outcome=say(language, f"outcome_{report.outcome.value}"),
        text=closing_body(language, report),
        means=_means(language, report),
    )


def closing_body(language: Language, report: ClosingReport) -> str:
    """What the thread keeps of it: the facts that the outcome owes, a line each, and the closer's own words."""
    facts = [say(language, f"closing_said_{name}", words=words) for name, words in _facts(language, report) if words]
    return "\n\n".join(part for part in ("\n".join(facts), report.text) if part)


def _facts(language: Language, report: ClosingReport) -> list[tuple[str, str]]:
    ground = say(language, f"closing_ground_{report.ground.value}") if report.ground else ""
    return [
        ("what", report.what),
        ("unit", report.unit),
        ("done_on", shown_date(report.done_on)),
        ("planned_for", shown_date(report.planned_for)),
        ("handed_to", report.handed_to),
        ("ground", ground),
        ("basis", report.basis),
    ]


def _means(language: Language, report: ClosingReport) -> str:
    """What it means for them and what they can do."""
    if report.outcome is Outcome.NOT_OURS and report.is_handed_over:
        return say(language, "closing_means_handed_over")
    return say(language, f"closing_means_{report.outcome.value}", day=shown_date(report.planned_for))
