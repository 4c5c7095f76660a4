"""Is life at risk now? Heard rather too often than once too seldom: showing the numbers costs a line.

What is said of danger is weighed by the rules of the lexicon; here it is asked whether it is now, or was, or might be, or is
only a manner of speaking.
"""

import math
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cache

from bot.understanding.categories import load_categories
from bot.understanding.scoring import Reason, total

ALARM = 5.0  # from here on the numbers are shown
PREFIX = "oth_emergency_"
# What experience may add, and take away: what is plainly said raises the alarm in any case, above all what is said of now.
_MOST_SEEN, _LEAST_SEEN, _LEAST_SEEN_NOW = 8.0, -3.0, -1.5
_NOW, _CRY = 3.0, 3.0
_PAST, _NEARLY = -6.0, -4.0
_LEAST_CALM = -3.0
_AFTER_ALL = {"oth_emergency_child": 0.25, "oth_emergency_medical": 0.8}  # how far "yesterday" and the like calm
_PAST_AGAIN = -3.0  # … more where it is said twice to be past: "after the fire of the other day"
_PRETEND = -7.0  # on a screen, in a game, in a drill
_IF = -7.0  # "if there is a fire", "one day somebody will be killed"
_WISH, _PRAISE, _THANKS, _GOOD_DEED, _QUESTION = -5.0, -12.0, -2.0, -3.0, -4.0


@dataclass(frozen=True, slots=True)
class Emergency:
    """`kind` is a category of `categories.json`; `score` from ALARM on."""

    kind: str
    score: float
    words: tuple[str, ...]


@cache
def dangers() -> frozenset[str]:
    """The categories that are dangers."""
    return frozenset(category for category in load_categories() if category.startswith(PREFIX))


def hear_emergency(
    said: Mapping[str, Sized], reasons: Mapping[str, Sequence[Reason]], seen: Mapping[str, float]
) -> Emergency | None:
    """The most urgent danger that is spoken of, or None.

    Args:
        said: The ideas heard.
        reasons: What the rules say, by category.
        seen: What experience says, by category; 0 for the likeliest.
    """
    calm = _likeliest_calm(seen)
    least = _LEAST_SEEN_NOW if "now" in said or "help_cry" in said else _LEAST_SEEN
    best: Emergency | None = None
    alarming = dangers()
    for category in dict.fromkeys([category for category in (*reasons, *seen) if category in alarming]):
        found = reasons.get(category, ())
        if found and found[0].weight <= 0:
            found = ()
        score = total(found) + _shift(category, said)
        if seen:
            score += min(_MOST_SEEN, max(least, seen[category] - calm))
        if score >= ALARM and (best is None or score > best.score):
            best = Emergency(category, score, found[0].words if found else ())
    return best


def _likeliest_calm(seen: Mapping[str, float]) -> float:
    """What experience says of the likeliest category that is no danger."""
    best = -math.inf
    for category, weight in seen.items():
        if weight > best and not category.startswith(PREFIX):
            best = weight
    return best if seen else 0.0


def is_calm(category: str, said: Mapping[str, Sized]) -> bool:
    """Is it told as something that was, might be, or is only asked about?"""
    return _shift(category, said) < _LEAST_CALM


def _shift(category: str, said: Mapping[str, Sized]) -> float:
    calm = _calm(category, said)
    if "urgent" in said:
        calm = max(calm, _LEAST_CALM)
    cries = "help_cry" in said or ("burning_cry" in said and "not_now" not in said)
    cry = (_NOW if "now" in said else 0.0) + (_CRY if cries else 0.0)
    return calm + cry + _unreal(said)


def _calm(category: str, said: Mapping[str, Sized]) -> float:
    """It was, or it is the ground of a wish; no reason to calm where somebody cries that it is urgent."""
    calm = 0.0
    if "not_now" in said:
        past = _PAST + (_PAST_AGAIN if len(said["not_now"]) > 1 else 0.0)
        calm += past * _AFTER_ALL.get(category, 1.0)
    if "nearly" in said and "help_cry" not in said:
        calm += _NEARLY
    if "want_firm" in said and category != "oth_emergency_child":
        calm += _WISH
    return calm


def _unreal(said: Mapping[str, Sized]) -> float:
    """It might be, it is over and praised, or it is only asked about."""
    unreal = _IF if "if_so" in said else 0.0
    if "pretend" in said and "help_cry" not in said:
        unreal += _PRETEND
    if "praise_firm" in said:
        unreal += _PRAISE if "good_deed" in said or "official_person" in said else _THANKS
    elif "good_deed" in said and "now" not in said and "help_cry" not in said:
        unreal += _GOOD_DEED
    if "norm" in said or "fine" in said or ("phone" in said and ("qmark" in said or "ask_firm" in said)):
        unreal += _QUESTION
    elif "ask_firm" in said:  # "where do I run?" asks too
        unreal += _QUESTION / 2
    return unreal
