"""Words instead of buttons: "2", "số 2", "chọn 2.", or a button's own words answer the choices that were last offered.

What was offered is kept with the conversation, whoever said it: the dialogue, a closing by staff, a reminder. Only a whole
message counts, and only where it fits one choice: "2 xe tải đỗ trên vỉa hè" is a matter.
"""

import re
from collections.abc import Sequence

from bot.domain.draft import Question
from bot.domain.reply import Choice
from bot.routing.folding import Word, words_of
from handlers.dialogue import choices
from handlers.dialogue.choices import Act, Pressed
from handlers.dialogue.turn import Turn

_LONGEST = 60  # characters; a button's words are short
_NUMBER = re.compile(
    r"(?P<said>(?:(?:toi|em|minh|con|chau|i) )?(?:chon|lay|bam|muc|so|cau|phuong an|option|number|choose|pick|choice)"
    r"(?: so| muc| cau| option| number)? )?"
    r"(?P<number>\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: (?:a|nhe|nha|di|please))?"
)
_COUNTED = {
    word: number
    for number, line in enumerate(
        ("mot one", "hai two", "ba three", "bon tu four", "nam five", "sau six", "bay seven", "tam eight", "chin nine",
         "muoi ten"),
        1,
    )
    for word in line.split()
}  # fmt: skip
_SHORTEST = 4  # letters of a single word that stands for a label's beginning


def chosen(turn: Turn) -> Pressed | None:
    """The button that this message means, if it means exactly one of those under what was said last."""
    text, offered = turn.incoming.text, turn.before.offered
    if not offered or len(text) > _LONGEST:
        return None
    words = words_of(text)
    if not words or len(words) > 12:
        return None
    is_loose = turn.draft is not None and turn.before.asked not in (None, Question.CONFIRM)
    found = _by_number(turn, words, offered) or _by_label(words, offered, is_loose=is_loose)
    return choices.read(found.data) if found is not None else None


def number_of(text: str) -> int | None:
    """The number that a whole message says, if that is all it says; written out only after "chọn", "số" and the like."""
    found = _NUMBER.fullmatch(" ".join(word.plain for word in words_of(text)))
    if found is None:
        return None
    said = found["number"]
    if said.isdigit():
        return int(said)
    return _COUNTED[said] if found["said"] else None


def _by_number(turn: Turn, words: Sequence[Word], offered: Sequence[Choice]) -> Choice | None:
    number = number_of(" ".join(word.plain for word in words))
    if number is None or not 1 <= number <= len(offered):
        return None
    found = offered[number - 1]
    if choices.is_for_good(found.data):
        return None
    if not turn.can.has_buttons:
        return found
    # Where buttons carry no numbers, nobody throws a draft away by one; and what is not about a draft is not answered by
    # one either, for it may answer what staff asked in the case ("how many?").
    act = choices.read(found.data).act
    return found if act is Act.STARS or (turn.draft is not None and act is not Act.CANCEL) else None


def _by_label(words: Sequence[Word], offered: Sequence[Choice], *, is_loose: bool) -> Choice | None:
    """The one button whose words these are, or (`is_loose`) whose words hold or begin with them."""
    exact = [choice for choice in offered if _place(words, words_of(choice.label)) == 0 and _fills(words, choice)]
    if exact:
        return exact[0] if len(exact) == 1 else None
    near = [choice for choice in offered if _is_part(words, choice, is_loose=is_loose)]
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
