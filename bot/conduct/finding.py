"""A resident's words, or an article's number → the items of the codes that they are about, the nearest first.

Each item is known by the words of its own text, by its article's heading and by what residents say for it
(`data/words.toml`). A pair of words says more than each of them, a rare one more than a common one. The same query always
gives the same answer, in well under 3 ms.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.conduct.codes import Article, Item, load_codes
from bot.conduct.folded_words import STOP_EN, STOP_VI, Token, tokens_of
from bot.conduct.word_index import Feature, Index, load_index
from bot.domain.people import Language
from bot.routing.folding import folded

OFFICIALS = "officials"  # the id of their code

STRONG = 2.0  # a score from which little doubt is left …
COVERED = 0.5  # … when the item also speaks of at least this share of the query's words
PARTICULAR = 3.0  # from here on a query that names an article as well is about the item
WEAK = 0.9  # a lower score is chance
NEAR = 0.45  # of the best score: what is further away is about something else

_FITS, _HALF_MARKED, _OTHER_MARKS = 1.0, 0.8, 0.35
# What it does to the items of the officials' and of the public code when somebody of the state is spoken of, or nobody is.
_SPOKEN_OF = (1.5, 0.6)
_NOT_SPOKEN_OF = (0.6, 1.0)
_OWN_LANGUAGE = 1.05

_NUMBER = re.compile(r"\b(?:dieu|article|art) (?:so )?(\d{1,3})\b")
_WHICH_CODE = re.compile(r"\b(?:can bo|cong chuc|vien chuc|officials?|1665|522)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """An item and how well it fits. `is_strong`: well enough to be said without being asked for it."""

    item: Item
    score: float
    is_strong: bool


def find(query: str, language: Language, most: int = 12) -> tuple[Found, ...]:
    """The items that a query is about, the nearest first; empty where the codes say nothing of it that is verified.

    Args:
        query: A situation ("dog poo", "nhân viên nói trống không"), with marks or without, in either language, or an
            article's number ("điều 5", "article 5"), which gives its items in order.
        language: What decides between equals; both languages are always heard.
        most: Upper bound on the number returned.
    """
    return _find(query, language)[:most]


def article_number(query: str) -> int | None:
    """The article that a query names by its number."""
    found = _NUMBER.search(folded(query[:600]))
    return int(found[1]) if found else None


def find_article(query: str) -> Article | None:
    """The article that a query names as a whole ("quy tắc ở chùa"); None where it is about an item in particular."""
    article = load_codes().articles.get(load_index().article_in(tokens_of(query)))
    best = _find(query, Language.VI)
    return article if not best or not best[0].is_strong or best[0].score < PARTICULAR else None


@lru_cache(maxsize=64)
def _find(query: str, language: Language) -> tuple[Found, ...]:
    number = article_number(query)
    if number is not None:
        return _of_article(number, query)
    tokens = tokens_of(query)
    scores = _both_languages(tokens, language)
    best = max((score for score, _ in scores.values()), default=0.0)
    items = load_codes().items
    order = {item: at for at, item in enumerate(items)}
    found = [
        Found(items[item], round(score, 3), score >= STRONG and share >= COVERED)
        for item, (score, share) in scores.items()
        if score >= WEAK and score >= NEAR * best
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, order[one.item.id])))


def _of_article(number: int, query: str) -> tuple[Found, ...]:
    """The items of the article with this number; articles of the officials' code are known by topic alone."""
    named = _WHICH_CODE.search(folded(query[:600]))
    if named and named[0] not in ("1665",):
        return ()
    return tuple(
        Found(item, STRONG, True)
        for article in load_codes().articles.values()
        if article.number == number
        for item in article.items
    )


def _both_languages(tokens: tuple[Token, ...], language: Language) -> dict[str, tuple[float, float]]:
    """Each item's score, and the share of the query's words that it speaks of."""
    index = load_index()
    found: dict[str, tuple[float, float]] = {}
    for side, features in ((Language.VI, _vietnamese(tokens, index)), (Language.EN, _english(tokens, index))):
        own = _OWN_LANGUAGE if side is language else 1.0
        for item, one in _scores(features, index, side).items():
            known = found.get(item, (0.0, 0.0))
            found[item] = (max(known[0], one[0] * own), max(known[1], one[1]))
    officials, public = _SPOKEN_OF if index.officials_in(tokens) else _NOT_SPOKEN_OF
    items = load_codes().items
    return {
        item: (score * (officials if items[item].code == OFFICIALS else public), share)
        for item, (score, share) in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """One word or pair of the query. `places` are the positions of its words; `marked` is empty without any marks."""

    key: str
    marked: str
    places: tuple[int, ...]
    is_stop: bool


@dataclass(frozen=True, slots=True)
class _Features:
    asked: tuple[_Asked, ...]
    matters: frozenset[int]  # positions of words that an answer should speak of
    is_marked: bool


def _vietnamese(tokens: tuple[Token, ...], index: Index) -> _Features:
    """Words and pairs of neighbours; pairs also over words that say nothing ("chó không rọ mõm")."""
    mended = index.mend_vietnamese(tokens)
    is_marked = any(token.marked for token in mended)
    matters = [at for at, token in enumerate(mended) if token.plain not in STOP_VI]
    pairs = {(at, at + 1) for at in range(len(mended) - 1)} | set(pairwise(matters))
    asked = [
        _Asked(token.plain, token.marked or token.plain if is_marked else "", (at,), token.plain in STOP_VI)
        for at, token in enumerate(mended)
    ]
    for first, second in sorted(pairs):
        one, two = mended[first], mended[second]
        marked = f"{one.marked or one.plain} {two.marked or two.plain}" if one.marked or two.marked else ""
        asked.append(_Asked(f"{one.plain} {two.plain}", marked, (first, second), is_stop=False))
    return _Features(tuple(asked), frozenset(matters) - index.neutral_in(mended, Language.VI), is_marked)


def _english(tokens: tuple[Token, ...], index: Index) -> _Features:
    mended = index.mend_english(tokens)
    matters = [at for at, token in enumerate(mended) if not token.marked and token.plain not in STOP_EN]
    asked = [_Asked(mended[at].stem, "", (at,), is_stop=False) for at in matters]
    asked += [
        _Asked(f"{mended[one].stem} {mended[two].stem}", "", (one, two), is_stop=False) for one, two in pairwise(matters)
    ]
    return _Features(tuple(asked), frozenset(matters) - index.neutral_in(mended, Language.EN), is_marked=False)


def _scores(features: _Features, index: Index, side: Language) -> dict[str, tuple[float, float]]:
    scores: dict[str, float] = defaultdict(float)
    spoken_of: dict[str, set[int]] = defaultdict(set)
    for asked in features.asked:
        for feature in index.features(side, asked.key):
            fits = _fits(asked, feature, is_marked=features.is_marked)
            if fits:
                scores[feature.item] += feature.weight * fits
                spoken_of[feature.item].update(asked.places)
    return {item: (score, _share(features.matters, spoken_of[item])) for item, score in scores.items()}


def _fits(asked: _Asked, feature: Feature, *, is_marked: bool) -> float:
    """How well the marks agree; what was typed without any fits, except short words that mean anything then."""
    if not is_marked:
        return 0.0 if asked.is_stop else _FITS
    if asked.marked == feature.marked:
        return 0.0 if asked.is_stop and feature.marked == feature.key else _FITS
    if asked.is_stop:
        return 0.0
    return _HALF_MARKED if asked.marked in ("", asked.key) and " " in asked.key else _OTHER_MARKS


def _share(matters: frozenset[int], spoken_of: set[int]) -> float:
    """How much of what the query is about; a small word that belongs to the matter ("đeo thẻ") counts with it."""
    wanted = matters | spoken_of
    return len(spoken_of) / len(wanted) if wanted else 1.0
