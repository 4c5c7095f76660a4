"""Proposes what a text is: kind, category, emergency, sensitive, personal data. A person confirms it.

The same text always gives the same answer, and every proposal can say which words led to it. Emergencies are heard rather
too often than once too seldom. A report about an official that is not seen as one would reach the general desk, so there
too the doubt goes to the careful side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.case import CaseKind
from bot.understanding.categories import Category, load_categories
from bot.understanding.emergency import PREFIX, Emergency, hear_emergency
from bot.understanding.hearing import Heard, hear
from bot.understanding.leaders import speaks_of_leader
from bot.understanding.lexicon import load_lexicon
from bot.understanding.personal_data import Span, find_personal_data
from bot.understanding.phrases import Match
from bot.understanding.scoring import Reason, total, weigh
from bot.understanding.text import Text, read

MOST_ALTERNATIVES = 4
SENSITIVE_FROM = 5.0  # a category about officials that reaches this makes a text sensitive …
SENSITIVE_SHARE = 0.7  # … when it also reaches this share of the best category
_MISDEED = 5.0  # a breach in public that reaches this is one
_SURE = 9.0  # a score that leaves little doubt when nothing else comes near
_UNSURE = 0.2

# What is thought of when nothing speaks for anything: behaviour in public is what people write about most.
_GUESS = "vio_other_place"
_GUESS_WISH = "sug_facilities"
_SHORT_OF_WORDS = "oth_unclear"
_FEW_WORDS = 6


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text seems to be.

    `category` is an id of `categories.json`; `confidence` is between 0 and 1. `alternatives` are the next categories, the
    likeliest first, with their confidence. `why` names the words that led to the category, `emergency_kind` is the category
    of the danger, also where the case is about an official first; empty where there is none. `about_leader`: it speaks of
    those who lead the ward (chair, party secretary, their deputies), who read its restricted desk; it matters only where the
    case is sensitive.
    """

    kind: CaseKind
    category: str
    confidence: float
    is_emergency: bool = False
    is_sensitive: bool = False
    alternatives: tuple[tuple[str, float], ...] = ()
    why: tuple[str, ...] = ()
    personal_data: tuple[Span, ...] = ()
    emergency_kind: str = ""
    about_leader: bool = False


def understand_text(text: str) -> Understanding:
    """What the text seems to be. Any text, any length; the same text always gives the same answer."""
    return _understand(text)


@lru_cache(maxsize=8)  # a turn asks twice: is it an emergency, what is it about
def _understand(text: str) -> Understanding:
    words = read(text)
    lexicon = load_lexicon()
    heard = hear(words, lexicon)
    reasons = weigh(heard, lexicon.rules)
    if any(category.startswith("vio_") and total(found) >= _MISDEED for category, found in reasons.items()):
        misdeed = Match("misdeed", 0, len(words.tokens), "a breach in public")
        heard = Heard({**heard.said, "misdeed": [misdeed]}, heard.direct)
        reasons = weigh(heard, lexicon.rules)
    emergency = hear_emergency(heard.said, reasons)
    scores = _scores(reasons, emergency)
    is_sensitive = _is_sensitive(scores)
    ranked = _ranked(scores, emergency, heard, words, is_sensitive=is_sensitive)
    category = load_categories()[ranked[0][0]]
    return Understanding(
        kind=category.kind,
        category=category.id,
        confidence=ranked[0][1],
        is_emergency=emergency is not None,
        is_sensitive=is_sensitive or category.is_sensitive,
        alternatives=tuple(ranked[1 : MOST_ALTERNATIVES + 1]),
        why=_why(category, reasons, emergency),
        personal_data=find_personal_data(text),
        emergency_kind=emergency.kind if emergency else "",
        about_leader=speaks_of_leader(heard),
    )


def _scores(reasons: Mapping[str, list[Reason]], emergency: Emergency | None) -> dict[str, float]:
    scores = {
        category: score
        for category, found in reasons.items()
        if not category.startswith(PREFIX) and (score := total(found)) > 0
    }
    if emergency is not None:
        scores[emergency.kind] = emergency.score
    return scores


def _is_sensitive(scores: Mapping[str, float]) -> bool:
    known = load_categories()
    about = max((score for category, score in scores.items() if known[category].is_sensitive), default=0.0)
    others = max((score for category, score in scores.items() if not known[category].is_sensitive), default=0.0)
    return about >= SENSITIVE_FROM and about >= SENSITIVE_SHARE * others


def _ranked(
    scores: Mapping[str, float], emergency: Emergency | None, heard: Heard, words: Text, *, is_sensitive: bool
) -> list[tuple[str, float]]:
    """Categories with their confidence, the one to propose first."""
    known = load_categories()

    def order(item: tuple[str, float]) -> tuple[bool, bool, float, str]:
        category, score = item
        first = emergency is not None and category == emergency.kind and not is_sensitive
        about = is_sensitive and known[category].is_sensitive
        return (not first, not about, -score, category)

    found = sorted(scores.items(), key=order)
    found += [(guess, 0.0) for guess in _guesses(heard, words) if guess not in scores]
    whole = sum(score * score for _, score in found) or 1.0
    return [(category, _confidence(score, whole)) for category, score in found[: MOST_ALTERNATIVES + 1]]


def _confidence(score: float, whole: float) -> float:
    """How much of all that was said speaks for it, less where little was said."""
    return round(min(0.97, max(0.05, min(1.0, _UNSURE + score / _SURE) * score * score / whole)), 2)


def _guesses(heard: Heard, words: Text) -> list[str]:
    """What else may be meant, the likeliest first; never empty."""
    found = [category for idea, meant in load_lexicon().guesses if idea in heard.said for category in meant]
    few = len(words.tokens) < _FEW_WORDS
    found += [_SHORT_OF_WORDS, _GUESS, _GUESS_WISH] if few else [_GUESS, _SHORT_OF_WORDS, _GUESS_WISH]
    return list(dict.fromkeys(found))


def _why(category: Category, reasons: Mapping[str, list[Reason]], emergency: Emergency | None) -> tuple[str, ...]:
    found = [" + ".join(reason.words) for reason in reasons.get(category.id, ()) if reason.weight > 0]
    if emergency is not None and emergency.kind != category.id:
        found.append(f"{emergency.kind}: {' + '.join(emergency.words)}")
    return tuple(dict.fromkeys(found))[:5]
