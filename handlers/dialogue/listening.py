"""Decides which topic hears a message. The order matters: what works at every step comes before what a step expects."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.draft import Question
from bot.domain.incoming import IncomingKind
from bot.domain.people import Language
from handlers.dialogue import choices, codes, fallback, filing, follow_up, help, language, my_cases
from handlers.dialogue.choices import Act
from handlers.dialogue.drafting import next_question
from handlers.dialogue.spoken import Spoken, command, spoken
from handlers.dialogue.turn import Turn


async def listen(turn: Turn) -> None:
    """Let the right topic hear it. Everything a resident sent is answered, except an album's later parts."""
    kind = turn.incoming.kind
    if kind is IncomingKind.IGNORED:
        return
    if kind in (IncomingKind.BLOCKED, IncomingKind.UNBLOCKED):
        _note_blocked(turn, is_blocked=kind is IncomingKind.BLOCKED)
        return
    if turn.conversation.is_blocked:  # who writes again is reached again
        turn.conversation = replace(turn.conversation, is_blocked=False)
    if kind is IncomingKind.COMMAND:
        await _hear_command(turn)
    elif kind is IncomingKind.CHOICE:
        await _hear_choice(turn)
    elif kind is IncomingKind.STICKER:
        fallback.hear_sticker(turn)
    elif kind is IncomingKind.UNSUPPORTED or not _holds_anything(turn):
        fallback.hear_unsupported(turn)
    else:
        await _hear_content(turn)


def _note_blocked(turn: Turn, *, is_blocked: bool) -> None:
    if not turn.is_first_contact:
        turn.conversation = replace(turn.conversation, is_blocked=is_blocked)


def _holds_anything(turn: Turn) -> bool:
    incoming = turn.incoming
    return incoming.kind is not IncomingKind.TEXT or bool(incoming.text.strip() or incoming.files or incoming.point)


async def _hear_command(turn: Turn) -> None:
    asked = command(turn.incoming.command)
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
        if asked is not None and await _do(turn, asked):
            return
        if codes.hears(turn):
            return
        if codes.is_answerable(turn):
            codes.answer_question(turn)
            if turn.conversation.case_code is None:
                codes.keep_question(turn)
                return
    if draft is None and turn.conversation.case_code is not None:
        await follow_up.receive(turn)
    else:
        filing.receive(turn)


async def _hear_edit(turn: Turn) -> None:
    """An edit belongs where its message went: the draft, a case, or, when neither has it, it is a message like any other."""
    draft = turn.draft
    in_draft = draft is not None and any(
        part.source_id == turn.incoming.source_id or (part.group_id and part.group_id == turn.incoming.group_id)
        for part in draft.parts
    )
    if in_draft or not await follow_up.edit(turn):
        if turn.incoming.kind is IncomingKind.LOCATION and draft is None:
            return  # a position that moves on is no message of its own
        if draft is None and turn.conversation.case_code is not None:
            await follow_up.receive(turn)
        else:
            filing.receive(turn)


async def _hear_choice(turn: Turn) -> None:
    pressed = choices.read(turn.incoming.choice)
    if pressed.act is Act.UNKNOWN:
        fallback.hear_unknown_choice(turn)
    elif pressed.act is Act.NEW:
        follow_up.start_anew(turn)
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
            return False
        await filing.send(turn)
    elif asked is Spoken.DONT_KNOW:
        if draft is None or next_question(draft) is not Question.WARD:
            return False
        filing.cannot_tell_ward(turn, draft)
    elif asked is Spoken.THANKS:
        if draft is not None:
            return False
        await follow_up.thank(turn)
    elif asked is Spoken.WHERE:
        await help.where_am_i(turn)
    elif asked is Spoken.CASES:
        await my_cases.list_cases(turn)
    else:
        _AT_ONCE[asked](turn)
    return True


_AT_ONCE: dict[Spoken, Callable[[Turn], None]] = {
    Spoken.START: help.start,
    Spoken.HELP: help.help_me,
    Spoken.GREETING: help.greet,
    Spoken.CANCEL: filing.cancel,
    Spoken.NEW: follow_up.start_anew,
    Spoken.LANGUAGE: language.ask_language,
    Spoken.CODES: codes.look_up,
    Spoken.VI: lambda turn: language.speak(turn, Language.VI),
    Spoken.EN: lambda turn: language.speak(turn, Language.EN),
}
