"""Staff paused this address for a time: what is heard all the same, and the one line a day about everything else.

Life at risk is always heard. So is whoever wants to know or end what is kept about them, or asks for a person. The rest
stays in the inbox and reaches nobody's queue. Pausing and its end are `bot.services.pause_resident`.
"""

from dataclasses import replace

from bot.domain.draft import Awaited
from bot.domain.incoming import IncomingKind
from bot.domain.privacy import PauseReason
from handlers.dialogue import choices
from handlers.dialogue.choices import Act
from handlers.dialogue.oneself.people import office_lines, ward_of
from handlers.dialogue.report.safety import danger_of
from handlers.dialogue.spoken import Spoken, command, spoken
from handlers.dialogue.turn import Turn

_WORDS = frozenset({Spoken.HELP, Spoken.LANGUAGE, Spoken.VI, Spoken.EN, Spoken.MY_DATA, Spoken.FORGET, Spoken.PERSON})
_ACTS = frozenset({Act.DATA, Act.PERSON, Act.CONTACT, Act.LANGUAGE})
_ANSWERS = frozenset({Awaited.FORGET, Awaited.CORRECTION, Awaited.PERSON, Awaited.CONTACT})


def is_paused(turn: Turn) -> bool:
    until = turn.conversation.paused_until
    return until is not None and until > turn.now


async def hush(turn: Turn) -> bool:
    """Whether this message is not heard because of a pause; then the resident is told, at most once a day."""
    if not is_paused(turn) or _is_heard(turn):
        return False
    told = turn.conversation.pause_told_at
    if told is None or turn.city.day_of(told) != turn.city.day_of(turn.now):
        turn.conversation = replace(turn.conversation, pause_told_at=turn.now)
        await _say_paused(turn)
    return True


def _is_heard(turn: Turn) -> bool:
    incoming = turn.incoming
    if incoming.kind is IncomingKind.COMMAND:
        return command(incoming.command) in _WORDS
    if incoming.kind is IncomingKind.CHOICE:
        pressed = choices.read(incoming.choice)
        sends_an_emergency = pressed.act is Act.SEND and turn.draft is not None and turn.draft.is_emergency
        return pressed.act in _ACTS or sends_an_emergency
    awaits = turn.conversation.awaits
    if awaits is not None and awaits.what in _ANSWERS and incoming.kind is IncomingKind.TEXT:
        return True
    return spoken(incoming.text) in _WORDS or _is_danger(turn)


def _is_danger(turn: Turn) -> bool:
    text = turn.incoming.text
    return bool(text.strip()) and danger_of(text, turn.city.understand(text)) is not None


async def _say_paused(turn: Turn) -> None:
    until = turn.conversation.paused_until
    if until is None:
        return
    try:
        reason = PauseReason(turn.conversation.pause_reason)
    except ValueError:  # of a later version
        reason = PauseReason.OTHER
    here = until.astimezone(turn.city.calendar.current().timezone)
    turn.say("person_paused", until=f"{here:%H:%M %d/%m/%Y}", reason=turn.word(f"person_pause_{reason.value}"))
    ward = await ward_of(turn)
    if ward is not None:
        turn.say("person_paused_office", office="\n".join(await office_lines(turn, ward)))
