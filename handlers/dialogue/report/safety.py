"""What is said before anything else when somebody may be in danger: whom to call, and that a machine is no emergency line.

It is said at every step, whatever else the message does, in the language of the words as well as in the resident's own.
Whether words speak of danger is understood in `bot.understanding`; the message itself is kept like any other.
"""

import re

from bot.domain.people import Language
from bot.routing.folding import folded
from bot.understanding import Understanding
from bot.understanding.text import read
from bot.wording import say
from handlers.dialogue.spoken import spoken
from handlers.dialogue.turn import Turn

_PREFIX = "oth_emergency_"
_REPRISAL = "off_leak_reprisal"

# The numbers beside the one that is asked for first, most likely needed next. 111 stands only beside 113: see L-62.
_OTHERS = {
    "fire": ("113", "115", "112"),
    "crime": ("115", "114", "112"),
    "medical": ("113", "114", "112"),
    "suicide": ("113", "114", "112"),
    "disaster": ("114", "115", "113"),
    "child": ("115", "114", "112"),
    "": ("114", "115", "112"),
}

# Folded, as residents type it. "tu tu" may also be "từ từ": such words count only where danger was heard anyway.
_LIFE_WEARY = (
    "khong muon song", "khong thiet song", "chang muon song", "ket thuc cuoc doi", "ket lieu", "muon chet",
    "kill myself", "killing myself", "end my life", "ending my life", "take my own life", "want to die",
    "don t want to live", "do not want to live", "dont want to live", "suicide", "suicidal",
)  # fmt: skip
_SAYS_WEARY = re.compile(f" (?:{'|'.join(_LIFE_WEARY)}) ").search
_LIFE_WEARY_IN_DANGER = (
    "tu tu", "tu sat", "tu van", "nhay cau", "nhay lau", "treo co", "cat co tay", "uong thuoc ngu", "uong thuoc sau",
    "jump off", "hang himself", "hang herself", "hang myself",
)  # fmt: skip


def warn(turn: Turn) -> None:
    """Say whom to call, if this message sounds as if somebody is in danger or was threatened for a report."""
    text = turn.incoming.text
    if not text.strip():
        return
    found = turn.city.understand(text)
    danger = danger_of(text, found)
    if danger is None and (found.category != _REPRISAL or spoken(text) is not None):
        return
    languages = _languages(text, turn.language)
    parts = [] if danger is None else [_in_danger(language, danger) for language in languages]
    if found.category == _REPRISAL:
        parts += [say(language, "safety_threatened") for language in languages]
    turn.say_before_all("\n\n".join(parts))


def danger_of(text: str, found: Understanding) -> str | None:
    """fire, crime, medical, disaster, child, suicide; empty where it is danger of no known kind, None where it is none."""
    words = f" {folded(text[:4000])} "
    if _SAYS_WEARY(words):
        return "suicide"
    if not found.is_emergency:
        return None
    kind = found.emergency_kind.removeprefix(_PREFIX)
    if kind == "medical" and any(f" {phrase} " in words for phrase in _LIFE_WEARY_IN_DANGER):
        return "suicide"
    return kind if kind in _OTHERS else ""


def language_of(text: str) -> Language | None:
    """The language of these words, where it shows; without marks it may be either."""
    words = read(text)
    if words.is_english:
        return Language.EN
    return Language.VI if words.is_marked else None


def _languages(text: str, own: Language) -> tuple[Language, ...]:
    """The words' own language first: in danger nobody should have to read another."""
    theirs = language_of(text)
    return (own,) if theirs is None or theirs is own else (theirs, own)


def _in_danger(language: Language, danger: str) -> str:
    first = say(language, f"safety_{danger or 'danger'}")
    others = ", ".join(say(language, f"safety_number_{number}") for number in _OTHERS[danger])
    return f"{first}\n{say(language, 'safety_others', numbers=others)}\n\n{say(language, 'safety_machine')}"
