"""From the first message to the code: take messages into the draft, let the resident correct it, file it."""

from bot.domain.case import Accused, Case
from bot.domain.changing import replace
from bot.domain.draft import Draft, DraftPart, Question
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.repeating import may_tell_again
from bot.services.file_case import file_case
from handlers.dialogue.after.receipts import say_filed
from handlers.dialogue.asking import ask_kind, ask_next, ask_ward
from handlers.dialogue.choices import Act, Pressed, kind_of
from handlers.dialogue.help import greet
from handlers.dialogue.report.drafting import (
    begin,
    choose_accused,
    choose_anonymous,
    choose_kind,
    choose_ward,
    count_up,
    is_full,
    is_greeting,
    next_question,
    reopen_ward,
    repeated,
    take_as_it_is,
    understand,
)
from handlers.dialogue.turn import Turn


def receive(turn: Turn) -> None:
    """Take this message into the open draft, or start one, and ask what is missing."""
    incoming, known = turn.incoming, turn.draft
    if known is not None and (part := repeated(known, incoming)) is not None:
        _repeat(turn, known, part)
        return
    draft = known or begin(incoming, turn.conversation.preset_ward, turn.now)
    if known is not None and is_full(known, incoming):
        turn.say("chat_draft_full")
        ask_next(turn)
        return
    draft = understand(incoming, draft, turn.city)
    if incoming.is_edit and draft == known:
        return  # Telegram also tells of edits that changed nothing we keep
    if known is None and is_greeting(draft) and _is_typed(incoming):
        greet(turn)
        return
    turn.update(draft, turn.conversation.asked)
    turn.conversation = replace(turn.conversation, last_group_id=incoming.group_id)
    say_troubles(turn)
    if known is None and turn.is_first_contact and not turn.is_warned:  # which said already that this is a machine
        turn.say("chat_intro")
    _say_what_did_not_help(turn, draft)
    ask_next(turn)


def _repeat(turn: Turn, draft: Draft, part: DraftPart) -> None:
    """The same words again are no more of a matter; the open question is put again while somebody may wait for it."""
    turn.update(count_up(draft, part), turn.conversation.asked)
    if may_tell_again(part.repeats + 1, turn.now - draft.started_at):
        ask_next(turn)


def say_troubles(turn: Turn) -> None:
    """Name what we could not keep; the rest of the message stands."""
    for trouble in dict.fromkeys(file.trouble for file in turn.incoming.files if file.trouble):
        turn.say(f"chat_file_{trouble.value}")


def _say_what_did_not_help(turn: Turn, draft: Draft) -> None:
    """An answer to "which ward?" that named none must not be met with the same question only."""
    incoming = turn.incoming
    if next_question(draft) is not Question.WARD:
        return
    if incoming.point is not None and not draft.ward_codes:
        turn.say("chat_point_outside")
    elif turn.before.asked is Question.WARD and _is_typed(incoming) and not incoming.is_edit:
        turn.say("chat_ward_not_found" if _only_adds(turn, draft) else "chat_ward_several")


def _only_adds(turn: Turn, draft: Draft) -> bool:
    """Did the answer name no ward at all, and so become a part of the matter?"""
    known = turn.before.draft
    return not draft.ward_codes or (known is not None and known.ward_codes == draft.ward_codes and known.text != draft.text)


def _is_typed(incoming: Incoming) -> bool:
    """The resident's own words; what is forwarded in a burst answers no question of ours."""
    return incoming.kind is IncomingKind.TEXT and not incoming.is_forwarded


async def press(turn: Turn, pressed: Pressed) -> None:
    """A button of a draft; one of another draft, or of none, is stale."""
    draft = turn.draft
    if draft is None or pressed.serial != draft.serial:
        await _press_stale(turn, pressed)
    elif pressed.act is Act.SEND:
        await send(turn)
    elif pressed.act is Act.CANCEL:
        cancel(turn)
    elif pressed.act is Act.OTHER_WARD:
        _ask_ward_again(turn, draft)
    elif pressed.act is Act.OTHER_KIND:
        ask_kind(turn, draft)
    else:
        _correct(turn, draft, pressed)


def _correct(turn: Turn, draft: Draft, pressed: Pressed) -> None:
    if pressed.act is Act.WARD:
        if pressed.value not in turn.city.wards:
            turn.say("chat_button_stale")
        else:
            draft = choose_ward(draft, turn.city.wards[pressed.value].code)
    elif pressed.act is Act.NO_WARD:
        draft = choose_ward(draft, None)
    elif pressed.act is Act.KIND:
        kind = kind_of(pressed.value)
        if kind is None:
            turn.say("chat_button_stale")
        else:
            draft = choose_kind(draft, kind, turn.city)
    elif pressed.act is Act.ANONYMOUS:
        draft = choose_anonymous(draft, is_anonymous=pressed.value == "1")
    elif pressed.act is Act.LEADER:
        draft = choose_accused(draft, Accused.LEADER if pressed.value == "1" else Accused.OFFICIAL)
    turn.update(draft, turn.conversation.asked)
    ask_next(turn)


def is_wrong(turn: Turn) -> bool:
    """ "Không", "sai rồi" to the card: ask what, instead of adding it to the matter. False at any other question."""
    if turn.draft is None or turn.before.asked is not Question.CONFIRM:
        return False
    turn.say("card_what_is_wrong")
    ask_next(turn)
    return True


def cannot_tell_ward(turn: Turn, draft: Draft) -> None:
    """The resident says in words that the ward is not known."""
    turn.update(choose_ward(draft, None), turn.conversation.asked)
    ask_next(turn)


def _ask_ward_again(turn: Turn, draft: Draft) -> None:
    draft = reopen_ward(draft)
    turn.update(draft, Question.WARD)
    ask_ward(turn, draft)


async def send(turn: Turn) -> None:
    """File the draft, if nothing is missing any more."""
    draft = turn.draft
    if draft is not None and draft.is_unclear:
        turn.update(take_as_it_is(draft), turn.conversation.asked)
        ask_next(turn)
        return
    if draft is None or next_question(draft) is not Question.CONFIRM:
        ask_next(turn)
        return
    case = await file_case(turn.uow, conversation=turn.conversation, draft=draft, city=turn.city, now=turn.now)
    filed(turn, case)


def filed(turn: Turn, case: Case) -> None:
    """The draft is a case now: what comes next joins it, and the resident is told its code."""
    turn.update(None, None)
    last_ward = case.ward_code or turn.conversation.last_ward
    turn.conversation = replace(
        turn.conversation, case_code=case.code, preset_ward=None, preset_board=None, last_ward=last_ward
    )
    say_filed(turn, case)


def cancel(turn: Turn) -> None:
    """Drop the draft; what was filed before stands."""
    if turn.draft is None:
        turn.say("chat_nothing_to_cancel")
        return
    turn.update(None, None)
    turn.say("chat_cancelled")


async def _press_stale(turn: Turn, pressed: Pressed) -> None:
    """A second tap on "Send" is answered with the code of the first; anything else is no longer valid."""
    if pressed.act is Act.SEND and turn.conversation.resident_id is not None:
        case = await turn.uow.cases.by_serial(turn.conversation.resident_id, pressed.serial)
        if case is not None:
            say_filed(turn, case)
            return
    turn.say("chat_button_stale")
    ask_next(turn)


def start_with(turn: Turn, incoming: Incoming) -> None:
    """Start a draft with words that were sent before."""
    turn.update(understand(incoming, begin(incoming, None, turn.now), turn.city), None)
    ask_next(turn)
