"""What a resident holds of a case: its code at once, the receipt with its secret when it is wanted.

An anonymous case's receipt is said with the code, for nothing else leads back to it; on the web chat the resident types the
secret's last four digits again, so that it is surely written down. `bot.services.receipt` keeps the secret out of storage.
"""

import hmac
from dataclasses import replace

from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseKind, read_code
from bot.domain.reply import Choice
from bot.services.receipt import KEPT_DIGITS, receipt_text
from bot.services.tie_chats import is_theirs_by_bond
from handlers.dialogue.after.telling import standing_for
from handlers.dialogue.asking import ask_next, kind_name, new_button, shown_day
from handlers.dialogue.choices import Act, about_case
from handlers.dialogue.labels import contact_button
from handlers.dialogue.turn import Rows, Turn

_PROVES = "."  # between a code and the proof that its secret was shown
MOST = 6  # cases that a question offers


def say_filed(turn: Turn, case: Case) -> None:
    """The code, the deadline and who has it now; the code's line has a fixed shape that others read."""
    turn.case_id = case.id
    may_enter = case.kind is CaseKind.COMMENDATION and not case.is_sensitive
    contest = [[Choice(turn.word("contest_button"), about_case(Act.CONTEST, case.code))]] if may_enter else []
    turn.say(
        "after_filed",
        code=case.code,
        due=shown_day(turn, case.due_at),
        who=standing_for(turn, case).who,
        choices=[
            *contest,
            [case_button(turn, case), receipt_button(turn, case)],
            [new_button(turn)] if case.is_anonymous else [new_button(turn), contact_button(turn, case.code)],
        ],
    )
    if case.main_case_id is not None:
        turn.say("after_filed_joined")
    if case.kind is CaseKind.COMMENDATION:
        turn.say("after_filed_praise")
    if may_enter:
        turn.say("contest_offer")
    if case.is_anonymous:
        turn.say("after_filed_anonymous")
        _say_receipt(turn, case)


def case_button(turn: Turn, case: Case) -> Choice:
    return Choice(turn.word("after_button_case"), about_case(Act.CASE, case.code))


def receipt_button(turn: Turn, case: Case) -> Choice:
    return Choice(turn.word("after_button_receipt"), about_case(Act.RECEIPT, case.code))


async def own_case(turn: Turn, code: str) -> Case | None:
    """The case of this code, if it is this resident's: a button may come from anywhere.

    A case without a chat is also whose who has shown its secret here: then the code comes as a `handle`.
    """
    plain, _, proof = code.partition(_PROVES)
    read = read_code(plain)
    case = await turn.uow.cases.by_code(read) if read else None
    if case is None or case.resident_id == turn.conversation.resident_id:
        return case
    is_shown = is_without_chat(case) and turn.city.receipts.is_proof(case.code, turn.incoming.address, proof)
    return case if is_shown else None


async def their_case(turn: Turn, code: str) -> Case | None:
    """The same, and what they wrote in another chat that is tied to this one, where it may be read here."""
    case = await own_case(turn, code)
    if case is not None:
        return case
    read = read_code(code.partition(_PROVES)[0])
    case = await turn.uow.cases.by_code(read) if read else None
    if case is None or not await is_theirs_by_bond(turn.uow, case, turn.incoming.address):
        return None
    turn.by_bond.add(case.id)
    return case


def is_without_chat(case: Case) -> bool:
    """Whether no chat leads to its resident: it was told at the counter, or what staff wrote did not arrive."""
    return (
        not CAPABILITIES[case.address.channel].reaches_resident or case.reach_since is not None or case.heard_at is not None
    )


def handle_of(turn: Turn, case: Case) -> str:
    """What names the case in this chat's buttons: its code, with a proof where it was not filed by this resident.

    A bond is looked at anew with each press: a proof would outlive it.
    """
    if case.resident_id == turn.conversation.resident_id or case.id in turn.by_bond:
        return case.code
    return f"{case.code}{_PROVES}{turn.city.receipts.proof(case.code, turn.incoming.address)}"


async def press(turn: Turn, code: str) -> None:
    """The receipt of this case."""
    case = await own_case(turn, code)
    if case is None:
        turn.say("chat_button_stale")
    else:
        turn.case_id = case.id
        _say_receipt(turn, case)
    ask_next(turn)


async def repeat(turn: Turn) -> None:
    """The receipt of the conversation's case, or of the only one; otherwise the resident says which."""
    resident_id, code = turn.conversation.resident_id, turn.conversation.case_code
    case = await own_case(turn, code) if code else None
    cases = [case] if case else await turn.uow.cases.of_resident(resident_id, most=MOST) if resident_id is not None else []
    if not cases:
        turn.say("after_receipt_none")
    elif len(cases) == 1:
        turn.case_id = cases[0].id
        _say_receipt(turn, cases[0])
    else:
        rows = [[Choice(_label(turn, case), about_case(Act.RECEIPT, case.code))] for case in cases]
        turn.say("after_receipt_which", choices=rows)
    ask_next(turn)


async def check_digits(turn: Turn, value: str) -> None:
    """The four digits that were typed again, "7K3M-9QX2:1234"; wrong ones are asked for once more."""
    code, _, typed = value.partition(":")
    case = await own_case(turn, code)
    if case is None:
        turn.say("chat_button_stale")
    elif not _ends_with(turn, case, typed):
        turn.say("after_keep_wrong", choices=_keep_row(turn, case))
    else:
        turn.say("after_keep_right", choices=[[case_button(turn, case)]])
    ask_next(turn)


def _ends_with(turn: Turn, case: Case, typed: str) -> bool:
    secret = turn.city.receipts.secret(case.code).replace(" ", "")
    return hmac.compare_digest(typed.strip().encode("utf-8", "replace"), secret[-KEPT_DIGITS:].encode())


def _say_receipt(turn: Turn, case: Case) -> None:
    turn.say_text(
        receipt_text(turn.language, case.code, turn.city.receipts, turn.city.public_url),
        choices=_with_keep(turn, case),
        receipt_of=case.code,
    )


def _with_keep(turn: Turn, case: Case) -> Rows:
    """Only a browser forgets its chat by being closed; only there an anonymous case could be lost with the page."""
    if not case.is_anonymous or not turn.can.is_own_page:
        return ()
    return [*_keep_row(turn, case), [case_button(turn, case)], [new_button(turn)]]


def _keep_row(turn: Turn, case: Case) -> Rows:
    return [[Choice(turn.word("after_button_keep"), about_case(Act.KEPT, case.code))]]


def _label(turn: Turn, case: Case) -> str:
    return turn.word("after_button_case_of", code=case.code, kind=kind_name(turn, case.kind, is_emergency=case.is_emergency))


async def add_here(turn: Turn, code: str) -> None:
    """What comes next joins this case. An unfinished draft is never thrown away for it."""
    case = await their_case(turn, code)
    if case is None:
        turn.say("chat_button_stale")
    elif turn.draft is not None:
        turn.say("chat_draft_open")
    else:
        turn.case_id = case.id
        turn.conversation = replace(turn.conversation, case_code=case.code)
        turn.say("after_add_here", code=case.code)
    ask_next(turn)
