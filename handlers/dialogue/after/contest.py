"""The contest *người tốt, việc tốt*: a good deed is told in one message, and entered with one tap once it is filed.

The tap is the consent of the one who told it. The praised person is asked by staff (`bot.services.praise`).
"""

from dataclasses import replace

from bot.domain.case import CaseKind
from bot.domain.draft import Question
from bot.services.praise import enter_contest
from handlers.dialogue.after.receipts import own_case
from handlers.dialogue.asking import ask_next
from handlers.dialogue.report.drafting import begin
from handlers.dialogue.turn import Turn


def begin_praise(turn: Turn) -> None:
    """Begin a draft that is praise, whatever words follow. An open one is never thrown away for it."""
    if turn.draft is not None:
        turn.say("chat_draft_open")
        ask_next(turn)
        return
    draft = begin(turn.incoming, turn.conversation.preset_ward, turn.now)
    turn.conversation = replace(turn.conversation, case_code=None)
    turn.update(replace(draft, kind=CaseKind.COMMENDATION, kind_chosen=True), Question.MATTER)
    turn.say("contest_tell")


async def enter(turn: Turn, value: str) -> None:
    """Enter the case for the contest. Pressed twice it is entered once."""
    case = await own_case(turn, value)
    if case is None:
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    turn.case_id = case.id
    if case.kind is not CaseKind.COMMENDATION or case.is_sensitive or case.erased_at is not None:
        turn.say("contest_not")
    elif await enter_contest(turn.uow, case=case, zone=turn.city.zone, now=turn.now):
        turn.say("contest_entered")
    else:
        turn.say("contest_known")
    ask_next(turn)
