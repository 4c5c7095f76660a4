"""Proposes what a text is: kind, category, emergency, sensitive. A person confirms it; nothing is decided here.

Emergencies are heard rather too often than once too seldom: showing the numbers costs a line. A report about an official
that is not seen as one would reach the general desk, so there too the doubt goes to the careful side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.case import CaseKind
from bot.routing.folding import words_of
from bot.understanding import words as w
from bot.understanding.phrases import PhraseBook, join

LONGEST_TEXT = 10_000  # characters that are looked at


@dataclass(frozen=True, slots=True)
class Understanding:
    """`category` is an id of `categories.json` or empty; `confidence` from 0 to 1.

    An emergency is of kind OTHER and still becomes a case, unless it is about an official: then it is that first.
    """

    kind: CaseKind
    category: str
    confidence: float
    is_emergency: bool = False
    is_sensitive: bool = False


_GROUPS = {
    "neutral": w.NEUTRAL,
    "officials": w.OFFICIALS,
    "panel": w.PANEL_SUBJECT,
    "question": w.QUESTION_WORDS,
    "suggestion": w.SUGGESTION_WORDS,
}
_BOOK = PhraseBook(
    join((w.EMERGENCY, _GROUPS, w.CONDUCT, w.PRAISE, w.PANEL, w.QUESTION, w.VIOLATION, w.SUGGESTION))
    | {f"official:{tag}": line for tag, line in w.CONDUCT_OF_OFFICIALS.items()}
)


def understand_text(text: str) -> Understanding:
    """What the text seems to be. Any text, any length; the same text always gives the same answer."""
    return _understand(text[:LONGEST_TEXT])


@lru_cache(maxsize=8)  # a turn asks twice: is it an emergency, what is it about
def _understand(text: str) -> Understanding:
    counts = _BOOK.count(words_of(text))
    emergency, alarm = _best(counts, w.EMERGENCY)
    conduct = _conduct(counts)
    if conduct is not None:
        return Understanding(CaseKind.CONDUCT, conduct, _sure(3), bool(alarm), True)
    if alarm:
        return Understanding(CaseKind.OTHER, emergency, _sure(alarm), True)
    return _everyday(counts, asks="?" in text)


def _conduct(counts: Mapping[str, int]) -> str | None:
    direct, said = _best(counts, w.CONDUCT)
    if said:
        return direct
    if counts.get("officials"):
        tags = {f"official:{tag}": tag for tag in w.CONDUCT_OF_OFFICIALS}
        found, said = _best(counts, tags)
        if said and not _best(counts, w.PRAISE)[1]:
            return tags[found]
    return None


def _everyday(counts: Mapping[str, int], *, asks: bool) -> Understanding:
    praise, praised = _best(counts, w.PRAISE)
    panel, panel_said = _best(counts, w.PANEL)
    question, questioned = _best(counts, w.QUESTION)
    violation, violated = _best(counts, w.VIOLATION)
    suggestion, suggested = _best(counts, w.SUGGESTION)
    if praised and praised >= violated:
        return Understanding(CaseKind.COMMENDATION, praise, _sure(praised))
    if counts.get("panel") and panel_said:
        return Understanding(CaseKind.PANEL, panel, _sure(panel_said + 1))
    if (asks or counts.get("question", 0) > 1) and (questioned or not violated):
        return Understanding(CaseKind.QUESTION, question, _sure(questioned))
    if counts.get("suggestion") and suggested >= violated:
        return Understanding(CaseKind.SUGGESTION, suggestion, _sure(suggested))
    if violated:
        return Understanding(CaseKind.VIOLATION, violation, _sure(violated))
    # Nothing that the lists know: the softest kind, plainly unsure.
    return Understanding(CaseKind.SUGGESTION, suggestion, _sure(suggested) if suggested else 0.2)


def _best(counts: Mapping[str, int], tags: Mapping[str, str]) -> tuple[str, int]:
    """The tag that most speaks for, in the order of the list when several do; ("", 0) when none does."""
    best, most = "", 0
    for tag in tags:
        if counts.get(tag, 0) > most:
            best, most = tag, counts[tag]
    return best, most


def _sure(said: int) -> float:
    return (0.2, 0.5, 0.7, 0.85)[min(said, 3)]
