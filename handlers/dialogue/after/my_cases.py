"""The resident's own cases, newest first, a page at a time; and one of them as it stands now."""

from collections.abc import Sequence

from bot.domain.case import Case, CaseStatus
from bot.domain.closing import may_be_disputed
from bot.domain.reply import Choice
from bot.services.move_answers import chat_name
from bot.services.rate_case import closing_choices
from handlers.dialogue.after import publishing
from handlers.dialogue.after.receipts import receipt_button, their_case
from handlers.dialogue.after.telling import say_case
from handlers.dialogue.asking import ask_next, kind_name, new_button, shown_day
from handlers.dialogue.choices import Act, about_case
from handlers.dialogue.turn import Turn

PAGE = 6  # cases; each has a button of its own


async def list_cases(turn: Turn, before: Case | None = None) -> None:
    """Code, kind, state and deadline of each; the open question again, if there is one."""
    resident_id = turn.conversation.resident_id
    found: list[Case] = []
    if resident_id is not None:
        before_id = before.id if before else None
        also = await turn.uow.bonds.residents_beyond(turn.incoming.address)
        found = await turn.uow.cases.of_resident(resident_id, most=PAGE + 1, before=before_id, also=also)
    cases = found[:PAGE]
    if cases:
        rows = _rows(turn, cases, has_older=len(found) > PAGE)
        turn.say("chat_cases", cases="\n".join(_line(turn, case) for case in cases), choices=rows)
    else:
        turn.say("chat_no_cases")
    ask_next(turn)  # an open draft's buttons take the place of these


async def older(turn: Turn, code: str) -> None:
    """The page after the case of this code."""
    last = await their_case(turn, code)
    if last is None:
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    await list_cases(turn, last)


async def press(turn: Turn, code: str) -> None:
    """One case, by its button."""
    case = await their_case(turn, code)
    if case is None:
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    await show_case(turn, case)


async def show_case(turn: Turn, case: Case) -> None:
    """Its state, who acts next and by when, the newest answer, and what can be done about it."""
    turn.case_id = case.id
    say_case(turn, case, await turn.uow.cases.newest_answer(case.id))
    rows = _buttons(turn, case)
    if case.id in turn.by_bond:
        turn.say("linking_elsewhere", chat=chat_name(case.address.channel, turn.language))
    else:
        rows += await publishing.buttons(turn, case)
    turn.choose([*rows, [new_button(turn)]])
    ask_next(turn)  # an open draft's buttons take the place of these


def _buttons(turn: Turn, case: Case) -> list[list[Choice]]:
    add = Choice(turn.word("after_button_add"), about_case(Act.ADD_HERE, case.code))
    rows = [list(row) for row in closing_choices(turn.language, case)] if may_be_disputed(case, turn.now) else []
    # What opens it for good stays where it was written: a bond may be undone.
    rows.append([add] if case.id in turn.by_bond else [add, receipt_button(turn, case)])
    return rows


def _rows(turn: Turn, cases: Sequence[Case], *, has_older: bool) -> list[list[Choice]]:
    labels = [
        Choice(turn.word("after_button_case_of", code=case.code, kind=_kind(turn, case)), about_case(Act.CASE, case.code))
        for case in cases
    ]
    more = [[Choice(turn.word("after_button_older"), about_case(Act.CASES, cases[-1].code))]] if has_older else []
    return [*([label] for label in labels), *more]


def _line(turn: Turn, case: Case) -> str:
    line = turn.word(
        "chat_case_line",
        code=case.code,
        kind=_kind(turn, case),
        status=turn.word("chat_status_open" if case.status is CaseStatus.OPEN else "chat_status_closed"),
        due=shown_day(turn, case.due_at),
    )
    if case.resident_id == turn.conversation.resident_id:
        return line
    return f"{line} ({chat_name(case.address.channel, turn.language)})"


def _kind(turn: Turn, case: Case) -> str:
    return kind_name(turn, case.kind, is_emergency=case.is_emergency)
