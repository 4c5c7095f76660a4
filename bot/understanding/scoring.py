"""How much speaks for each category, and why: the rules of the lexicon over what was heard."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.understanding.hearing import Heard
from bot.understanding.lexicon import Rule
from bot.understanding.phrases import Match

NEAR = 30  # words between the ideas of one rule
IN_ORDER = 6  # words between two ideas of which one follows the other
MOST_PLACES = 40  # of one idea that are looked at: a text of nothing but "rác" takes no longer
_NEXT = 0.3  # what the second reason adds, of its weight; the third adds this share of that share, …


class Reason(NamedTuple):
    """Why a category is thought of: the weight and the words that led to it."""

    weight: float
    words: tuple[str, ...]


def weigh(heard: Heard, rules: Mapping[str, Sequence[Rule]]) -> dict[str, list[Reason]]:
    """Every category that anything speaks for or against, with the reasons, the strongest first."""
    reasons: dict[str, list[Reason]] = defaultdict(list)
    seen: set[tuple[str, float, str]] = set()
    for category, weight, match in heard.direct:
        if (category, weight, match.words) not in seen:
            seen.add((category, weight, match.words))
            reasons[category].append(Reason(weight, (match.words,)))
    said = heard.said
    for first in said:
        for rule in rules.get(first, ()):
            words = _fires(rule, said)
            if words:
                reasons[rule.category].append(Reason(rule.weight, words))
    for found in reasons.values():
        if len(found) > 1:
            found.sort(key=lambda reason: (-reason.weight, reason.words))
    return dict(reasons)


def total(reasons: Iterable[Reason]) -> float:
    """One number of the reasons: the strongest counts in full, the others less and less; what speaks against, in full."""
    score, share = 0.0, 1.0
    for reason in reasons:
        if reason.weight < 0:
            score += reason.weight
        else:
            score += reason.weight * share
            share *= _NEXT
    return score


def _fires(rule: Rule, said: Mapping[str, Sequence[Match]]) -> tuple[str, ...]:
    """The words that the rule was heard in; empty where it was not. Its first idea is said."""
    for idea in rule.bars:
        if idea in said:
            return ()
    first, *others = rule.needs
    if not others:  # most rules: whatever says the idea first
        return (said[first][0].words,)
    for idea in others:
        if idea not in said:
            return ()
    for match in said[first][:MOST_PLACES]:
        words = [match.words]
        for idea in others:
            near = _nearest(match, said[idea][:MOST_PLACES], rule.in_order)
            if near is None:
                break
            words.append(near.words)
        else:
            return tuple(words)
    return ()


def _nearest(match: Match, others: Sequence[Match], in_order: bool) -> Match | None:
    for other in others:
        if in_order:
            if 0 <= other.start - match.end <= IN_ORDER:
                return other
        elif other.start - match.end <= NEAR and match.start - other.end <= NEAR:
            return other
    return None
