"""Decides which topic hears a message. The order matters: what works at every step comes before what a step expects."""

from collections.abc import Callable

from bot.domain.changing import replace
from bot.domain.draft import Awaits, Question
from bot.domain.incoming import IncomingKind
from bot.domain.people import Language
from handlers.dialogue import choices, fallback, help, language, questions, withheld
from handlers.dialogue.after import contest, finding, follow_up, my_cases, rating, receipts
from handlers.dialogue.after.after_filing import ACTS, ANSWERS, SHOWN_ANSWERS
from handlers.dialogue.answers import chosen, press_by_number
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import Act, Pressed
from handlers.dialogue.conduct import codes
from handlers.dialogue.oneself import person
from handlers.dialogue.report import filing, joining
from handlers.dialogue.report.apart import keep_apart
from handlers.dialogue.report.drafting import next_question
from handlers.dialogue.report.formal import say_where
from handlers.dialogue.report.safety import warn
from handlers.dialogue.spoken import Spoken, command, spoken
from handlers.dialogue.turn import Turn


async def listen(turn: Turn) -> None:
    """Let the right topic hear it. Everything a resident sent is answered, except an album's later parts."""
    kind = turn.incoming.kind
    if kind is IncomingKind.IGNORED:
        return
    if turn.conversation.has_missed and kind is not IncomingKind.BLOCKED:  # they are back: first what did not arrive
        await turn.uow.outbox.send_missed(turn.incoming.address, turn.now)
    if kind in (IncomingKind.BLOCKED, IncomingKind.UNBLOCKED):
        _note_blocked(turn, is_blocked=kind is IncomingKind.BLOCKED)
        return
    if turn.conversation.is_blocked:  # who writes again is reached again
        turn.conversation = replace(turn.conversation, is_blocked=False)
    if kind not in (IncomingKind.COMMAND, IncomingKind.CHOICE):
        warn(turn)
    if await press_by_number(turn):
        return
    kind = turn.incoming.kind  # a number may have been a press
    if await person.hear(turn):
        return
    if kind is IncomingKind.COMMAND:
        await _hear_command(turn)
    elif kind is IncomingKind.CHOICE:
        await _hear_choice(turn)
    elif kind is IncomingKind.STICKER:
        fallback.hear_sticker(turn)
    elif kind is IncomingKind.UNSUPPORTED and withheld.is_withheld(turn):
        await withheld.tell_other_ways(turn)
    elif kind is IncomingKind.UNSUPPORTED or not _holds_anything(turn):
        fallback.hear_unsupported(turn)
    else:
        await _hear_content(turn)
    await joining.offer(turn)
    await questions.tell_office(turn)
    await say_where(turn)


def _note_blocked(turn: Turn, *, is_blocked: bool) -> None:
    if not turn.is_first_contact:
        turn.conversation = replace(turn.conversation, is_blocked=is_blocked)


def _holds_anything(turn: Turn) -> bool:
    incoming = turn.incoming
    return incoming.kind is not IncomingKind.TEXT or bool(incoming.text.strip() or incoming.files or incoming.point)


async def _hear_command(turn: Turn) -> None:
    asked = command(turn.incoming.command)
    if _leave_question(turn) and asked is Spoken.CANCEL:
        _say_left(turn)
        return
    if asked is None or not await _do(turn, asked):
        fallback.hear_unknown_command(turn)


async def _hear_content(turn: Turn) -> None:
    incoming, draft = turn.incoming, turn.draft
    if incoming.is_edit:
        await _hear_edit(turn)
        return
    is_typed = incoming.kind is IncomingKind.TEXT and not incoming.is_forwarded  # somebody else's "ok" sends nothing
    if is_typed and not incoming.files and incoming.point is None:
        asked = spoken(incoming.text)
        if asked is Spoken.CANCEL and _leave_question(turn):
            _say_left(turn)
            return
        if asked is not None and await _do(turn, asked):
            turn.conversation = replace(turn.conversation, awaits=_new_question(turn))
            return
    if await _hear_answer(turn):
        return
    if is_typed and not incoming.files and incoming.point is None:
        if (pressed := await chosen(turn)) is not None:
            if not await person.press(turn, pressed):
                await _press(turn, pressed)
            return
        if await finding.hears(turn):
            return
        if codes.hears(turn):
            return
        if codes.is_answerable(turn):
            codes.answer_question(turn)
            if turn.conversation.case_code is None:
                codes.keep_question(turn)
                return
    if draft is None and turn.conversation.case_code is not None:
        if not await keep_apart(turn):
            await follow_up.receive(turn)
    else:
        questions.hint_at_status(turn)
        filing.receive(turn)


async def _hear_answer(turn: Turn) -> bool:
    """Words that answer a question outside of any draft. Whatever else comes leaves the question without harm."""
    awaits = turn.conversation.awaits
    if awaits is None:
        return False
    _leave_question(turn)
    incoming = turn.incoming
    is_typed = incoming.kind is IncomingKind.TEXT and not incoming.is_forwarded
    if awaits.what not in ANSWERS or not (is_typed or awaits.what in SHOWN_ANSWERS):
        return False
    return await ANSWERS[awaits.what](turn, awaits.about)


def _leave_question(turn: Turn) -> bool:
    """Wait for no answer any more; True where one was waited for."""
    if turn.conversation.awaits is None:
        return False
    turn.conversation = replace(turn.conversation, awaits=None)
    return True


def _new_question(turn: Turn) -> Awaits | None:
    """The question that this turn put; one of before is left by whatever else was done."""
    return turn.conversation.awaits if turn.conversation.awaits is not turn.before.awaits else None


def _say_left(turn: Turn) -> None:
    turn.say("after_left")
    ask_next(turn)


async def _hear_edit(turn: Turn) -> None:
    """An edit belongs where its message went: the draft, a case, or, when neither has it, it is a message like any other."""
    draft = turn.draft
    in_draft = draft is not None and any(
        part.source_id == turn.incoming.source_id or (part.group_id and part.group_id == turn.incoming.group_id)
        for part in draft.parts
    )
    if not in_draft and await keep_apart(turn):
        return
    if in_draft or not await follow_up.edit(turn):
        if turn.incoming.kind is IncomingKind.LOCATION and draft is None:
            return  # a position that moves on is no message of its own
        if draft is None and turn.conversation.case_code is not None:
            await follow_up.receive(turn)
        else:
            filing.receive(turn)


async def _hear_choice(turn: Turn) -> None:
    _leave_question(turn)
    await _press(turn, choices.read(turn.incoming.choice))


async def _press(turn: Turn, pressed: Pressed) -> None:
    """Do what this button asks for, whether it was pressed or named."""
    if pressed.act is Act.UNKNOWN:
        fallback.hear_unknown_choice(turn)
    elif pressed.act is Act.NEW:
        follow_up.start_anew(turn)
    elif pressed.act in ACTS:
        await ACTS[pressed.act](turn, pressed.value)
    elif pressed.act is Act.JOIN:
        await joining.press(turn, pressed)
    elif pressed.act is Act.NEW_FROM:
        await follow_up.own_matter(turn, pressed.value)
    elif pressed.act is Act.CODES:
        codes.press(turn, pressed.value)
    elif pressed.act is Act.LANGUAGE:
        wanted = choices.language_of(pressed.value)
        if wanted is None:
            fallback.hear_unknown_choice(turn)
        else:
            language.speak(turn, wanted)
    else:
        await filing.press(turn, pressed)


async def _do(turn: Turn, asked: Spoken) -> bool:
    """Do what was asked in a word or by a command; False where it means nothing at this step."""
    draft = turn.draft
    if asked is Spoken.SEND:
        if draft is None:
            return await follow_up.nod(turn)
        await filing.send(turn)
    elif asked is Spoken.DONT_KNOW:
        if draft is None or next_question(draft) is not Question.WARD:
            return False
        filing.cannot_tell_ward(turn, draft)
    elif asked is Spoken.WITHDRAW:
        if draft is None and turn.conversation.case_code is not None:  # it is staff's to close: they read it there
            return False
        filing.cancel(turn)
    elif asked is Spoken.WRONG:
        return filing.is_wrong(turn)
    elif asked is Spoken.THANKS:
        if draft is not None:
            return False
        await follow_up.thank(turn)
    elif asked is Spoken.WHERE:
        await help.where_am_i(turn)
    elif asked is Spoken.CASES:
        await my_cases.list_cases(turn)
    elif asked is Spoken.RECEIPT:
        await receipts.repeat(turn)
    elif asked is Spoken.FIND:
        await finding.find(turn, turn.incoming.argument)
    elif asked in (Spoken.RESOLVED, Spoken.NOT_RESOLVED):
        return await rating.of_this_case(turn, is_resolved=asked is Spoken.RESOLVED)
    elif asked is Spoken.ME_TOO:
        return await joining.join_in_words(turn)
    else:
        _AT_ONCE[asked](turn)
    return True


_AT_ONCE: dict[Spoken, Callable[[Turn], None]] = {
    Spoken.START: help.start,
    Spoken.HELP: help.help_me,
    Spoken.GREETING: help.greet,
    Spoken.CANCEL: filing.cancel,
    Spoken.NEW: follow_up.start_anew,
    Spoken.WHO_READS: questions.who_reads,
    Spoken.LANGUAGE: language.ask_language,
    Spoken.CODES: codes.look_up,
    Spoken.PRAISE: contest.begin_praise,
    Spoken.VI: lambda turn: language.speak(turn, Language.VI),
    Spoken.EN: lambda turn: language.speak(turn, Language.EN),
}
