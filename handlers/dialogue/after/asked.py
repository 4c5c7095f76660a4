"""Staff asked the resident something: the button for whoever has nothing to say to it. Words are heard by `follow_up`."""

from bot.domain.case import CaseStatus
from bot.domain.draft import DraftPart
from bot.services.add_to_case import add_to_case
from handlers.dialogue.after.receipts import their_case
from handlers.dialogue.asking import ask_next, new_button, shown_day
from handlers.dialogue.turn import Turn


async def nothing_more(turn: Turn, value: str) -> None:
    """A line of the thread that staff can read; the clocks run again. Pressed twice it is said once."""
    case = await their_case(turn, value)
    if case is None or case.status is CaseStatus.CLOSED or case.clocks.waits_since is None:
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    asked = int(case.clocks.waits_since.timestamp())
    part = DraftPart(source_id=f"nothing:{case.code}:{asked}", text=turn.word("answer_asks_nothing"))
    case = await add_to_case(turn.uow, case=case, part=part, now=turn.now, city=turn.city)
    turn.case_id = case.id
    turn.say("after_asked_thanks", code=case.code, due=shown_day(turn, case.due_at), choices=[[new_button(turn)]])
    ask_next(turn)
