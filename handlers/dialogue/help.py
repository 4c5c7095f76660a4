"""What this is, how it is used, and where one is. Each ends with the open question, so that nobody is left standing."""

from bot.domain.changing import replace
from bot.domain.draft import WardSource
from bot.domain.ledger import read_start
from bot.domain.reply import Choice
from bot.domain.ward import WardCode
from handlers.dialogue.asking import ask_next, new_button, shown_day, ward_name
from handlers.dialogue.choices import Act
from handlers.dialogue.turn import Turn


def start(turn: Turn) -> None:
    """/start, perhaps with the ward of a notice board's code: "/start ward_00091", or of one board: "/start ward_00091_b17".

    Whoever presses Start begins anew: what comes next is a matter of its own and joins no earlier case. An unfinished
    draft is never thrown away for it.
    """
    code, board = read_start(turn.incoming.argument.strip())
    turn.say("chat_start")
    if code in turn.city.wards:
        _preset(turn, turn.city.wards[code].code, board)
    if turn.draft is not None:
        turn.say("chat_draft_open")
        ask_next(turn)
        return
    turn.say("chat_start_now")
    if turn.conversation.case_code is not None:
        turn.conversation = replace(turn.conversation, case_code=None)
        turn.say("chat_start_earlier")


def _preset(turn: Turn, code: WardCode, board: int | None) -> None:
    turn.conversation = replace(turn.conversation, preset_ward=code, preset_board=board)
    turn.say("chat_start_ward", ward=ward_name(turn, code))
    draft = turn.draft
    if draft is not None and not draft.ward_codes and draft.ward_source is None:
        turn.update(replace(draft, ward_codes=(code,), ward_source=WardSource.PRESET), turn.conversation.asked)


def help_me(turn: Turn) -> None:
    """How it works, and who reads it."""
    turn.say("chat_help", choices=[[Choice(turn.word("codes_button_home"), Act.CODES.value)]])
    ask_next(turn)


def greet(turn: Turn) -> None:
    """A greeting is no matter yet."""
    if turn.draft is None:
        turn.say("chat_start")
        turn.say("chat_start_now")
    else:
        turn.say("chat_draft_open")
        ask_next(turn)


async def where_am_i(turn: Turn) -> None:
    """The open draft, else the case that words would join, else the beginning."""
    if turn.draft is not None:
        turn.say("chat_where_draft")
        ask_next(turn)
        return
    code = turn.conversation.case_code
    case = await turn.uow.cases.by_code(code) if code else None
    if case is None:
        turn.say("chat_where_start")
        return
    turn.say(
        "chat_where_case",
        code=case.code,
        status=turn.word(f"chat_status_{case.status.value}"),
        due=shown_day(turn, case.due_at),
        choices=[[new_button(turn)]],
    )
