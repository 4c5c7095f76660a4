"""The resident's own cases, newest first."""

from bot.domain.case import Case
from handlers.dialogue.asking import ask_next, kind_name, shown_day
from handlers.dialogue.turn import Turn

MOST = 10


async def list_cases(turn: Turn) -> None:
    """Code, kind, state and deadline of each; the open question again, if there is one."""
    resident_id = turn.conversation.resident_id
    cases = await turn.uow.cases.of_resident(resident_id, most=MOST) if resident_id is not None else []
    if cases:
        turn.say("chat_cases", cases="\n".join(_line(turn, case) for case in cases))
    else:
        turn.say("chat_no_cases")
    ask_next(turn)


def _line(turn: Turn, case: Case) -> str:
    return turn.word(
        "chat_case_line",
        code=case.code,
        kind=kind_name(turn, case.kind),
        status=turn.word(f"chat_status_{case.status.value}"),
        due=shown_day(turn, case.due_at),
    )
