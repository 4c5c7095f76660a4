"""Words instead of buttons: "2", "số 2", "chọn 2.", or a button's own words answer the choices that were last offered.

What was offered is kept with the conversation, whoever said it: the dialogue, a closing by staff, a reminder. Only a whole
message counts, and only where it fits one choice: "2 xe tải đỗ trên vỉa hè" is a matter. Where choices are numbered lines, a
number is what a press is elsewhere (`press_by_number`); where they are buttons, it answers a draft's questions and no more.
How a number is said is read by `numbers`.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.draft import Question
from bot.domain.incoming import IncomingKind
from bot.domain.reply import Choice, numbered
from bot.routing.folding import Word, words_of
from handlers.dialogue import choices, numbers
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import Act, Pressed
from handlers.dialogue.numbers import LAST, Said
from handlers.dialogue.turn import Turn

_LONGEST = 60  # characters; a button's words are short
_SHORTEST = 4  # letters of a single word that stands for a label's beginning


async def press_by_number(turn: Turn) -> bool:
    """Where choices are numbered lines: make the number that was typed a press of its line.

    Returns:
        Whether that was all: the number fits no line, or was written before the newest choices could be read, and is
        answered. An old number must not press what now stands in its line.
    """
    incoming, offered = turn.incoming, turn.before.offered
    if turn.can.has_buttons or incoming.kind is not IncomingKind.TEXT or incoming.is_forwarded or incoming.is_edit:
        return False
    said = numbers.read(incoming.text) if offered and not incoming.files else None
    if said is None or _exact(words_of(incoming.text), offered):
        return False
    lines = [choice for number, choice in numbered(offered) if number is not None]
    found = _line(said, lines)
    if found is None:
        return _answer_misfit(turn, said, offered)
    if await _is_behind(turn):
        turn.say("lines_newer")
        turn.keeps_offer = True
        return True
    turn.incoming = replace(incoming, kind=IncomingKind.CHOICE, choice=found.data)
    return False


def _line(said: Said, lines: Sequence[Choice]) -> Choice | None:
    """The line of this number; where its words were copied along, they must be that line's."""
    number = len(lines) if said.number == LAST else said.number
    if said.several or not 1 <= number <= len(lines):
        return None
    found = lines[number - 1]
    return found if not said.line or _is_part(said.line, found, is_loose=True) else None


def _answer_misfit(turn: Turn, said: Said, offered: Sequence[Choice]) -> bool:
    """Ask once more, where the number could not be anything else. To what staff asked in a case it may be the answer."""
    if said.line:
        return False
    if any(choices.is_for_good(choice.data) for choice in offered):
        turn.say("lines_only_words")
        turn.keeps_offer = True
    elif turn.draft is not None:
        turn.say("lines_which")
        ask_next(turn)
    else:
        return False
    return True


async def _is_behind(turn: Turn) -> bool:
    """Was something newer on its way when the resident wrote this?"""
    address, at = turn.incoming.address, turn.incoming.sent_at
    return await turn.uow.outbox.is_ahead(address, wrote_at=at, now=turn.now)


async def chosen(turn: Turn) -> Pressed | None:
    """The button that this message means, if it means exactly one of those under what was said last."""
    text, offered = turn.incoming.text, turn.before.offered
    if not offered or len(text) > _LONGEST:
        return None
    words = words_of(text)
    if not words or len(words) > 12:
        return None
    is_loose = turn.draft is not None and turn.before.asked not in (None, Question.CONFIRM)
    found = await _by_number(turn, text, offered) or _by_label(words, offered, is_loose=is_loose)
    return choices.read(found.data) if found is not None else None


def number_of(text: str) -> int | None:
    """The number that a whole message says, if that is all it says; written out only after "chọn", "số" and the like."""
    said = numbers.read(text)
    return said.number if said is not None and said.number > 0 and not (said.line or said.is_spelled) else None


async def _by_number(turn: Turn, text: str, offered: Sequence[Choice]) -> Choice | None:
    """Of buttons, which carry no numbers: nobody throws a draft away by one; and what is not about a draft is not answered
    by one either, for it may answer what staff asked in the case ("how many?").
    """
    number = number_of(text) if turn.can.has_buttons else None
    if number is None or not 1 <= number <= len(offered):
        return None
    found = offered[number - 1]
    act = choices.read(found.data).act
    may = act is Act.STARS or (turn.draft is not None and act is not Act.CANCEL)
    if found.in_words or choices.is_for_good(found.data) or not may or await _is_behind(turn):
        return None
    return found


def _exact(words: Sequence[Word], offered: Sequence[Choice]) -> list[Choice]:
    """Those whose words these are."""
    return [choice for choice in offered if _fills(words, choice) and _place(words, words_of(choice.label)) == 0]


def _by_label(words: Sequence[Word], offered: Sequence[Choice], *, is_loose: bool) -> Choice | None:
    """The one button whose words these are, or (`is_loose`) whose words hold or begin with them."""
    if exact := _exact(words, offered):
        return exact[0] if len(exact) == 1 else None
    near = [choice for choice in offered if not choice.in_words and _is_part(words, choice, is_loose=is_loose)]
    return near[0] if len(near) == 1 else None


def _fills(words: Sequence[Word], choice: Choice) -> bool:
    return len(words) == len(words_of(choice.label))


def _is_part(words: Sequence[Word], choice: Choice, *, is_loose: bool) -> bool:
    label = words_of(choice.label)
    place = _place(words, label)
    if place is None:
        return False
    if len(words) == 1:
        return is_loose and place == 0 and len(words[0].plain) >= _SHORTEST
    return is_loose or len(words) * 2 >= len(label)


def _place(words: Sequence[Word], label: Sequence[Word]) -> int | None:
    """Where these words stand together in the label; marks count as soon as the resident sets any."""
    has_marks = any(word.has_marks for word in words)
    face = "marked" if has_marks else "plain"
    said = [getattr(word, face) for word in words]
    shown = [getattr(word, face) for word in label]
    return next((at for at in range(len(shown) - len(said) + 1) if shown[at : at + len(said)] == said), None)
