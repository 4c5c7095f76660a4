"""What concerns the resident as a person, heard before any matter: a pause, consent and contact, their data, whom to meet.

One table of words, buttons and awaited answers for its topics: `contact`, `privacy`, `people`, `anonymous`,
`identity_cards`, `pausing` and `tying`; also `staff_link`, for whom the resident is a colleague. Whatever is none of theirs
is heard by `listening` as if this were not here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain.draft import Awaited
from bot.domain.incoming import IncomingKind
from handlers.dialogue import choices
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import Act, Pressed
from handlers.dialogue.oneself import anonymous, contact, identity_cards, pausing, people, privacy, staff_link, tying
from handlers.dialogue.spoken import Spoken, command, spoken
from handlers.dialogue.turn import Turn

LONGEST_REQUEST = 200  # characters of "please delete my data"; a longer text has a matter in it

SURE = 0.9  # that it is one: a matter taken for a request would not reach its case

_ACTS: dict[Act, Callable[[Turn, str], Awaitable[None]]] = {
    Act.CONTACT: contact.press,
    Act.DATA: privacy.press,
    Act.PERSON: people.press,
    Act.BOND: tying.press,
}
_ANSWERS: dict[Awaited, Callable[[Turn, str], Awaitable[bool]]] = {
    Awaited.CONSENT: contact.hear_consent,
    Awaited.CONTACT: contact.hear,
    Awaited.CORRECTION: privacy.hear_correction,
    Awaited.FORGET: privacy.hear_forget,
    Awaited.PERSON: people.hear_ward,
    Awaited.BOND: tying.hear_yes,
}


async def _toggle_anonymous(turn: Turn) -> None:
    anonymous.toggle(turn)


_WORDS: dict[Spoken, Callable[[Turn], Awaitable[None]]] = {
    Spoken.CONTACT: contact.ask_consent,
    Spoken.MY_DATA: privacy.show,
    Spoken.FORGET: privacy.ask_to_forget,
    Spoken.PERSON: people.show,
    Spoken.TIE: tying.show,
    Spoken.UNTIE: tying.end,
    Spoken.ANONYMOUS: _toggle_anonymous,
}


async def hear(turn: Turn) -> bool:
    """Whether this message was one for these topics, and has been answered or kept silent about."""
    if await pausing.hush(turn):
        return True
    if await staff_link.hear(turn):
        return True
    kind = turn.incoming.kind
    if kind is IncomingKind.COMMAND:
        asked = command(turn.incoming.command)
        return _hear_cancel(turn, asked) or await _hear_word(turn, asked)
    if kind is IncomingKind.CHOICE:
        return await _hear_choice(turn)
    if turn.incoming.is_edit:
        return False
    if kind is IncomingKind.CONTACT:
        await contact.hear_shared(turn)
        return True
    if await identity_cards.refuse(turn):
        return True
    if not _is_typed(turn):
        _leave(turn)
        return False
    return await _hear_words(turn)


def _is_typed(turn: Turn) -> bool:
    """The resident's own words and nothing else: what is passed on answers no question of ours."""
    incoming = turn.incoming
    is_bare = not incoming.files and incoming.point is None and bool(incoming.text.strip())
    return incoming.kind is IncomingKind.TEXT and is_bare and not incoming.is_forwarded


async def _hear_choice(turn: Turn) -> bool:
    _leave(turn)
    return await press(turn, choices.read(turn.incoming.choice))


async def press(turn: Turn, pressed: Pressed) -> bool:
    """Do what this button asks for; False where it is none of these topics'."""
    if pressed.act not in _ACTS:
        return False
    await _ACTS[pressed.act](turn, pressed.value)
    return True


async def _hear_words(turn: Turn) -> bool:
    if await _hear_answer(turn) or await _hear_word(turn, spoken(turn.incoming.text)):
        return True
    return await tying.hears(turn) or await _hear_request(turn)


async def _hear_answer(turn: Turn) -> bool:
    """The answer to a question of ours; a cry for help is none, whatever was asked."""
    awaits = turn.conversation.awaits
    if awaits is None or awaits.what not in _ANSWERS:
        return False
    if _hear_cancel(turn, spoken(turn.incoming.text)):
        return True
    _leave(turn)
    if turn.city.understand(turn.incoming.text).is_emergency:
        return False
    return await _ANSWERS[awaits.what](turn, awaits.about)


def _hear_cancel(turn: Turn, asked: Spoken | None) -> bool:
    """What is cancelled first is the question that was put last; a draft stays for a cancel of its own."""
    awaits = turn.conversation.awaits
    if asked is not Spoken.CANCEL or awaits is None or awaits.what not in _ANSWERS:
        return False
    _leave(turn)
    turn.say("person_left")
    ask_next(turn)
    return True


async def _hear_word(turn: Turn, asked: Spoken | None) -> bool:
    _leave(turn)
    if asked not in _WORDS:
        return False
    await _WORDS[asked](turn)
    return True


async def _hear_request(turn: Turn) -> bool:
    """A message that asks about one's own data is answered with what can be done about it, at once."""
    text = turn.incoming.text
    if turn.draft is not None or len(text) > LONGEST_REQUEST:
        return False
    found = turn.city.understand(text)
    if found.category != privacy.DATA_REQUEST or found.confidence < SURE:
        return False
    await privacy.offer(turn)
    return True


def _leave(turn: Turn) -> None:
    """Our question is left without harm by whatever else is said or done."""
    awaits = turn.conversation.awaits
    if awaits is not None and awaits.what in _ANSWERS:
        turn.conversation = replace(turn.conversation, awaits=None)
