"""Every word and pair of words that an item is known by, with what it weighs; and what a slip of the fingers meant.

Made once, of `data/words.toml` and the items themselves. How a query is compared with it is `finding`.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.conduct.codes import DATA, Codes, Item, load_codes
from bot.conduct.folded_words import STOP_EN, STOP_VI, Token, as_typed_by_keys, stem, tokens_of
from bot.domain.people import Language

# What a whole phrase, a pair out of a longer one and a single word out of one weigh.
_SITUATION = (3.0, 1.2, 0.6)
_ARTICLE_WORDS = (2.0, 0.8, 0.2)
_OWN_TEXT = (1.6, 1.2, 0.35)
_HEADING = (0.5, 0.4, 0.15)
Weights = tuple[float, float, float]

SHORTEST_SLIP = 5  # letters; in a shorter word one other letter makes another word
SHORTEST_PAIR = 6
MOST_MENDED = 5  # strange words of one query; each costs a walk through the vocabulary


@dataclass(frozen=True, slots=True)
class Feature:
    """That an item is known by these words. `marked` is `key` with its marks; for English the two are the same."""

    item: str
    key: str
    marked: str
    weight: float


Table = dict[str, tuple[Feature, ...]]
Phrases = Mapping[Language, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Index:
    """All features by their key, for each language, and the vocabulary that slips are mended with."""

    tables: Mapping[Language, Table]
    officials: Phrases
    places: Phrases
    articles: Mapping[str, Phrases]  # what names an article as a whole, by its id
    joined_pairs: Mapping[str, str] = field(repr=False)  # "hutthuoc" → "hut thuoc"
    words_vi: frozenset[str] = field(repr=False)
    words_en: Mapping[str, str] = field(repr=False)  # a word as it stands in the lists → its stem

    def features(self, side: Language, key: str) -> tuple[Feature, ...]:
        return self.tables[side].get(key, ())

    def officials_in(self, tokens: Sequence[Token]) -> frozenset[int]:
        """Positions of words that say that somebody who works for the state is meant."""
        return _spots(tokens, self.officials)

    def neutral_in(self, tokens: Sequence[Token], side: Language) -> frozenset[int]:
        """Positions of words that only say who or where."""
        return _spots(tokens, {side: self.places[side]}) | _spots(tokens, {side: self.officials[side]})

    def article_in(self, tokens: Sequence[Token]) -> str:
        """The id of the article whose matter the words name as a whole; empty if none or several."""
        found = [article for article, phrases in self.articles.items() if _spots(tokens, phrases)]
        return found[0] if len(found) == 1 else ""

    def mend_vietnamese(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """Words no item knows become the ones that were meant, where that is clear; others stay."""
        found = [self._unkeyed(token) for token in tokens]
        left = MOST_MENDED
        for at, token in enumerate(found):
            if not left or not self._is_strange(token):
                continue
            left -= 1
            for start in (at - 1, at):
                if 0 <= start < len(found) - 1 and (pair := self._pair(found[start].plain + found[start + 1].plain)):
                    found[start : start + 2] = (_plain(pair[0]), _plain(pair[1]))
                    break
            else:
                if pair := self._pair(token.plain):  # two words without a space
                    found[at] = _plain(" ".join(pair))
        return tuple(_plain(part) if " " in token.plain else token for token in found for part in token.plain.split())

    def _unkeyed(self, token: Token) -> Token:
        typed = as_typed_by_keys(token.plain)
        if self._is_strange(token) and typed != token.plain and typed in self.words_vi:
            return _plain(typed)
        return token

    def _is_strange(self, token: Token) -> bool:
        known = token.plain in self.words_vi or token.plain in STOP_VI or token.plain in self.words_en
        return not known and token.plain.isalpha()

    def _pair(self, joined: str) -> tuple[str, str] | None:
        if len(joined) < SHORTEST_PAIR:
            return None
        found = extractOne(joined, self.joined_pairs.keys(), scorer=OSA.distance, score_cutoff=1 if len(joined) < 11 else 2)
        if found is None or found[0][0] != joined[0]:
            return None  # a slip in the first letter is rarer than another word
        first, _, second = self.joined_pairs[found[0]].partition(" ")
        return first, second

    def mend_english(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """The same for English words."""
        found, left = list(tokens), MOST_MENDED
        for at, token in enumerate(tokens):
            if left and self._is_strange_english(token):
                found[at] = self._mended(token)
                left -= 1
        return tuple(found)

    def _is_strange_english(self, token: Token) -> bool:
        word = token.plain
        is_known = token.stem in self.tables[Language.EN] or word in STOP_EN or word in self.words_vi
        return not token.marked and len(word) >= SHORTEST_SLIP and not is_known

    def _mended(self, token: Token) -> Token:
        word = token.plain
        found = extractOne(word, self.words_en.keys(), scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2)
        return Token(found[0], "", self.words_en[found[0]]) if found and found[0][0] == word[0] else token


def _plain(word: str) -> Token:
    return Token(word, "", stem(word))


def _spots(tokens: Sequence[Token], phrases: Phrases) -> frozenset[int]:
    """Positions of the words that make one of the phrases, of up to four words.

    Where the writer sets marks they count: "định" is no "đình". A short word without any means nothing by itself.
    """
    is_marked = any(token.marked for token in tokens)
    vietnamese, english = phrases.get(Language.VI, frozenset()), phrases.get(Language.EN, frozenset())
    found: set[int] = set()
    for length in (1, 2, 3, 4):
        for at in range(len(tokens) - length + 1):
            window = tokens[at : at + length]
            marked = " ".join(token.marked or token.plain for token in window)
            plain = " ".join(token.plain for token in window)
            is_bare = marked == plain and (length > 1 or not (is_marked or plain in STOP_VI))
            is_there = marked in vietnamese or (is_bare and plain in vietnamese)
            if is_there or " ".join(token.stem for token in window) in english:
                found.update(range(at, at + length))
    return frozenset(found)


@cache
def load_index() -> Index:
    """The index of the shipped codes.

    Raises:
        ValueError: `words.toml` names an item or article that residents are not shown.
    """
    return make_index(load_codes(), tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8")))


def make_index(codes: Codes, words: Mapping[str, Mapping[str, str]]) -> Index:
    """The index of these codes; `words` has the shape of `words.toml`."""
    strange = set(words) - set(codes.items) - set(codes.articles) - {"officials", "places"}
    if strange:
        raise ValueError(f"words.toml speaks of what residents are not shown: {sorted(strange)}")
    tables = {side: _weighed(_collected(side, codes, words), len(codes.items)) for side in Language}
    return Index(
        tables=tables,
        officials={side: _phrase_keys(words["officials"], side) for side in Language},
        places={side: _phrase_keys(words["places"], side) for side in Language},
        articles={
            name: {side: _phrase_keys(words[name], side) for side in Language} for name in codes.articles if name in words
        },
        joined_pairs={key.replace(" ", ""): key for key in sorted(tables[Language.VI]) if " " in key},
        words_vi=frozenset(word for key in tables[Language.VI] for word in key.split()) | _words_of_lists(words),
        words_en={
            token.plain: token.stem
            for table in words.values()
            for token in tokens_of_all(table["en"])
            if len(token.plain) >= SHORTEST_SLIP
        },
    )


def tokens_of_all(line: str) -> tuple[Token, ...]:
    return tuple(token for phrase in line.split(";") for token in tokens_of(phrase))


def _words_of_lists(words: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    return frozenset(token.plain for name in ("officials", "places") for token in tokens_of_all(words[name]["vi"]))


def _phrase_keys(table: Mapping[str, str], side: Language) -> frozenset[str]:
    """Each phrase with its marks and, if it has any, without: in stems for English."""
    found: set[str] = set()
    for phrase in (tokens_of(phrase) for phrase in table[side.value].split(";")):
        if side is Language.EN:
            found.add(" ".join(token.stem for token in phrase))
        else:
            found.add(" ".join(token.marked or token.plain for token in phrase))
            found.add(" ".join(token.plain for token in phrase))
    return frozenset(found)


Collected = dict[tuple[str, str], dict[str, float]]  # (key, its marked form) → item → the best weight


def _collected(side: Language, codes: Codes, words: Mapping[str, Mapping[str, str]]) -> Collected:
    found: Collected = defaultdict(dict)
    for item in codes.items.values():
        for phrase, weights in _phrases(side, item, codes, words):
            for key, marked, weight in _features(side, tokens_of(phrase), weights):
                known = found[key, marked]
                known[item.id] = max(known.get(item.id, 0.0), weight)
    return found


def _phrases(
    side: Language, item: Item, codes: Codes, words: Mapping[str, Mapping[str, str]]
) -> Iterable[tuple[str, Weights]]:
    yield item.text(side), _OWN_TEXT
    if item.article:
        yield codes.articles[item.article].title(side), _HEADING
    for name, weights in ((item.id, _SITUATION), (item.article, _ARTICLE_WORDS)):
        if name in words:
            for phrase in words[name][side.value].split(";"):
                yield phrase, weights


def _features(side: Language, tokens: Sequence[Token], weights: Weights) -> Iterable[tuple[str, str, float]]:
    whole, pair, word = weights
    if side is Language.EN:
        tokens = [token for token in tokens if token.plain not in STOP_EN]
    keys = [token.stem if side is Language.EN else token.plain for token in tokens]
    marks = keys if side is Language.EN else [token.marked or token.plain for token in tokens]
    for key, marked in zip(keys, marks, strict=True):
        yield key, marked, whole if len(keys) == 1 else word
    for at in range(len(keys) - 1):
        if weights is not _SITUATION and keys[at] in STOP_VI and keys[at + 1] in STOP_VI:
            continue  # "của quy tắc" stands in half of the items
        yield f"{keys[at]} {keys[at + 1]}", f"{marks[at]} {marks[at + 1]}", whole if len(keys) == 2 else pair


def _weighed(found: Collected, items: int) -> Table:
    """The features by key; what many items are known by says little of each."""
    spread: dict[str, set[str]] = defaultdict(set)
    for (key, _), known in found.items():
        spread[key].update(known)
    table: dict[str, list[Feature]] = defaultdict(list)
    for (key, marked), known in found.items():
        rare = math.log(1 + items / len(spread[key])) / math.log(1 + items)
        table[key] += (Feature(item, key, marked, weight * rare) for item, weight in known.items())
    return {key: tuple(features) for key, features in table.items()}
