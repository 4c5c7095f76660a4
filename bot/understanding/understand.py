"""Proposes what a text is: kind, category, emergency, sensitive, personal data. A person confirms it.

The same text always gives the same answer, and every proposal can say which words led to it. Emergencies are heard rather
too often than once too seldom. A report about an official that is not seen as one would reach the general desk, so there
too the doubt goes to the careful side.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from bot.domain.case import CaseKind
from bot.understanding.categories import Category, load_categories
from bot.understanding.emergency import PREFIX, Emergency, dangers, hear_emergency, is_calm
from bot.understanding.experience import load_experience, signs_of
from bot.understanding.hearing import Heard, hear
from bot.understanding.leaders import speaks_of_leader
from bot.understanding.lexicon import load_lexicon
from bot.understanding.personal_data import Span, find_personal_data
from bot.understanding.phrases import Match
from bot.understanding.scoring import Reason, total, weigh
from bot.understanding.text import Text

MOST_ALTERNATIVES = 4
SENSITIVE_FROM = 5.0  # a category about officials that reaches this makes a text sensitive …
SENSITIVE_SHARE = 0.7  # … when it also reaches this share of the best category
_MISDEED = 5.0  # a breach in public that reaches this is one
_SURE = 9.0  # a score that leaves little doubt when nothing else comes near
_UNSURE = 0.2
_DOUBT = 0.05
_NOTHING = -99.0

_SEEN_SHARE = 0.7  # what experience counts beside the rules
_LEAST_SEEN, _LEAST_RULED = -30.0, -5.0
_SENSITIVE_SLACK = 1.8  # how much better another category may be before nobody is thought to be accused
# "ở ngõ 5 nhé", "the third lamp post": of so few words, experience alone hears danger or an official in nothing.
_TOO_FEW = 4
_SHORT, _SHORT_MARGIN = 5, 1.2

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


@lru_cache(maxsize=256)  # asked in each turn of a draft: is it an emergency, what is it about, what does the card hide
def _understand(text: str) -> Understanding:
    lexicon = load_lexicon()
    words = lexicon.read(text)
    heard = hear(words, lexicon)
    reasons = weigh(heard, lexicon.rules)
    signs = signs_of(words, heard)
    seen = load_experience().weigh(signs)
    if any(category.startswith("vio_") and total(found) >= _MISDEED for category, found in reasons.items()):
        misdeed = Match("misdeed", 0, len(words.tokens), "a breach in public")
        heard = replace(heard, said={**heard.said, "misdeed": [misdeed]})
        reasons = weigh(heard, lexicon.rules)
    length = len({token.plain for token in words.tokens})
    emergency = hear_emergency(heard.said, reasons, seen if length > _TOO_FEW else {})
    ruled = _ruled(reasons, emergency)
    scores = _scores(ruled, seen)
    likeliest = max(scores, key=lambda category: (scores[category], category), default="")
    is_alarming = likeliest.startswith(PREFIX) and length > _TOO_FEW and not is_calm(likeliest, heard.said)
    if emergency is None and is_alarming:
        emergency = Emergency(likeliest, scores[likeliest], ())
    is_sensitive = _is_sensitive(ruled, scores, is_short=length <= _SHORT)
    ranked = _ranked(scores, emergency, heard, words, is_sensitive=is_sensitive)
    category = load_categories()[ranked[0][0]]
    return Understanding(
        kind=category.kind,
        category=category.id,
        confidence=ranked[0][1],
        is_emergency=emergency is not None,
        is_sensitive=is_sensitive or category.is_sensitive,
        alternatives=tuple(ranked[1 : MOST_ALTERNATIVES + 1]),
        why=_why(category, reasons, emergency, signs),
        personal_data=find_personal_data(text),
        emergency_kind=emergency.kind if emergency else "",
        about_leader=speaks_of_leader(heard),
    )


def _ruled(reasons: Mapping[str, list[Reason]], emergency: Emergency | None) -> dict[str, float]:
    """What the rules say, a number a category; of the emergencies only the one that was heard."""
    alarming = dangers()
    scores = {
        category: score for category, found in reasons.items() if category not in alarming and (score := total(found)) != 0
    }
    if emergency is not None:
        scores[emergency.kind] = emergency.score
    return scores


def _scores(ruled: Mapping[str, float], seen: Mapping[str, float]) -> dict[str, float]:
    """Rules and experience added up; empty where neither says anything."""
    if not seen:
        return {category: score for category, score in ruled.items() if score > 0}
    scores = {category: _SEEN_SHARE * (weight if weight > _LEAST_SEEN else _LEAST_SEEN) for category, weight in seen.items()}
    for category in scores:
        scores[category] += max(_LEAST_RULED, ruled.get(category, 0.0))
    return scores


def _is_sensitive(ruled: Mapping[str, float], scores: Mapping[str, float], *, is_short: bool) -> bool:
    """Is it about an official or an office? By the rules alone, or by all that is known; the doubt goes to yes."""
    about, others = _best_of(ruled)
    if about >= SENSITIVE_FROM and about >= SENSITIVE_SHARE * others:
        return True
    about, others = _best_of(scores)
    return about > others + (_SHORT_MARGIN if is_short else -_SENSITIVE_SLACK)


@cache
def _sensitive() -> frozenset[str]:
    return frozenset(id for id, category in load_categories().items() if category.is_sensitive)


def _best_of(scores: Mapping[str, float]) -> tuple[float, float]:
    """The best score of the categories about officials, and of all others."""
    sensitive = _sensitive()
    about = others = _NOTHING
    for category, score in scores.items():
        if category in sensitive:
            if score > about:
                about = score
        elif score > others:
            others = score
    return about, others


def _ranked(
    scores: Mapping[str, float], emergency: Emergency | None, heard: Heard, words: Text, *, is_sensitive: bool
) -> list[tuple[str, float]]:
    """Categories with their confidence, the one to propose first."""
    known = load_categories()
    # The best first, and of the equally good the first by name. Where no danger was heard, none is proposed.
    left_out = frozenset() if emergency else dangers()
    named = sorted([category for category in scores if category not in left_out])
    order = sorted(named, key=scores.__getitem__, reverse=True)
    for category in order:
        if is_sensitive:
            is_first = known[category].is_sensitive
        else:
            is_first = category == emergency.kind if emergency else not known[category].is_sensitive
        if is_first:
            order.remove(category)
            order.insert(0, category)
            break
    found = [(category, scores[category]) for category in order[: MOST_ALTERNATIVES + 1]]
    best = max((score for _, score in found), default=0.0)
    whole = sum(math.exp(score - best) for _, score in found) or 1.0
    sure = [(category, _confidence(score, math.exp(score - best) / whole)) for category, score in found]
    sure += [(guess, _DOUBT) for guess in _guesses(heard, words) if guess not in scores]
    most = sure[0][1]  # where danger or an official comes first, the next may be as likely, never likelier
    return [(category, min(most, confidence)) for category, confidence in sure[: MOST_ALTERNATIVES + 1]]


def _confidence(score: float, share: float) -> float:
    """How much of all that was said speaks for it, less where little was said."""
    return round(min(0.97, max(_DOUBT, min(1.0, _UNSURE + max(0.0, score) / _SURE) * share)), 2)


def _guesses(heard: Heard, words: Text) -> list[str]:
    """What else may be meant, the likeliest first; never empty."""
    found = [category for idea, meant in load_lexicon().guesses if idea in heard.said for category in meant]
    few = len(words.tokens) < _FEW_WORDS
    found += [_SHORT_OF_WORDS, _GUESS, _GUESS_WISH] if few else [_GUESS, _SHORT_OF_WORDS, _GUESS_WISH]
    return list(dict.fromkeys(found))


def _why(
    category: Category, reasons: Mapping[str, list[Reason]], emergency: Emergency | None, signs: tuple[str, ...]
) -> tuple[str, ...]:
    found = [" + ".join(reason.words) for reason in reasons.get(category.id, ()) if reason.weight > 0]
    found = found or [*load_experience().words_for(category.id, signs)]
    if emergency is not None and emergency.kind != category.id:
        found.append(f"{emergency.kind}: {' + '.join(emergency.words)}")
    return tuple(dict.fromkeys(found))[:5]
