"""How a case stands, said in the chat: its state, who acts next and by when, the newest answer."""

from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseStatus
from bot.domain.thread import Answer
from bot.services.case_standing import Standing, standing_of, who_acts
from handlers.dialogue.asking import kind_name, shorten, shown_day
from handlers.dialogue.turn import Turn


def say_case(turn: Turn, case: Case, answer: Answer | None) -> None:
    """One case, most important first. The buttons are its caller's."""
    standing = standing_for(turn, case, answer)
    lines = [
        turn.word(
            "after_case",
            code=case.code,
            kind=kind_name(turn, case.kind, is_emergency=case.is_emergency),
            filed=standing.filed,
            state=standing.state,
        ),
        who_acts(turn.language, standing),
    ]
    if case.main_case_id is not None:
        lines.append(turn.word("after_case_with_others"))
    if not CAPABILITIES[case.address.channel].reaches_resident:
        lines.append(turn.word("after_case_assisted"))
    turn.say_text("\n".join(lines))
    if answer is None:
        if case.status is CaseStatus.OPEN:
            turn.say("after_case_no_answer")
        return
    turn.say("after_case_answer", day=shown_day(turn, answer.at), text=shorten(answer.text))
    if answer.is_undelivered:
        turn.say("after_case_undelivered")


def standing_for(turn: Turn, case: Case, answer: Answer | None = None) -> Standing:
    """How it stands, in the words of whoever asks."""
    city = turn.city
    return standing_of(turn.language, case, has_answer=answer is not None, wards=city.wards, zone=city.zone, now=turn.now)
