"""A spot of a text that may name a place, and the stretches of a text that are held against the names.

Which stretches are tried, and what spot comes of it, is `bot.routing.scanning`.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ward import WardCode
from bot.routing.gazetteer import Gazetteer, Name, Sort
from bot.routing.names import Hit, mistyped, same_letters
from bot.routing.tokens import Token
from bot.routing.vocabulary import ANY_KIND, ORDINARY, Kinds

_MOST_SLIPS = 300  # stretches of one text that are held against every name; a text of 300 characters needs some dozens


class SpotSort(StrEnum):
    """What kind of spot it is."""

    WARD = "ward"  # a name with its kind word
    BARE = "bare"  # a name alone; it may be a unit, a district, a province, or all of them
    DISTRICT = "district"
    FOREIGN = "foreign"  # a district or a town that is not ours
    PROVINCE = "province"
    CITY = "city"
    HINT = "hint"  # a street, a village, a stop
    THING = "thing"  # something that only bears a ward's name


@dataclass(frozen=True, slots=True)
class Spot:
    """Tokens `start` to `end` (excluded), and what they may name."""

    sort: SpotSort
    start: int
    end: int
    hits: tuple[Hit, ...] = ()  # units
    kinds: Kinds = ANY_KIND
    district: Name | None = None
    may_be_province: bool = False
    codes: tuple[WardCode, ...] = ()
    shown: str = ""
    is_street: bool = False
    is_namesake: bool = False  # a street that only bears a ward's name: a district beside it says as much
    name: tuple[int, int] = (0, 0)  # where the name itself stands


class Windows:
    """One text, and the names that its stretches of tokens may be."""

    def __init__(self, tokens: tuple[Token, ...], gazetteer: Gazetteer) -> None:
        self.tokens = tokens
        self.letters = [token.plain for token in tokens]
        self.gazetteer = gazetteer
        self.slips_left = _MOST_SLIPS
        self.marked = sum(token.has_marks for token in tokens)
        self.has_capitals = any(token.is_capital for token in tokens[1:])

    def _window(self, start: int, end: int) -> tuple[Token, ...] | None:
        """The tokens of a name that might stand there; a sentence never ends inside a name."""
        if end > len(self.tokens):
            return None
        for token in self.tokens[start + 1 : end]:
            if token.gap == ".":
                return None
        if end < len(self.tokens) and self.tokens[end].gap == "" and not self.tokens[end].plain.isdigit():
            return None  # in the middle of a word
        return self.tokens[start:end]

    def _same(self, start: int, end: int) -> list[Hit]:
        if "".join(self.letters[start:end]) not in self.gazetteer.by_plain:
            return []  # nearly always: of every word is asked what begins there
        words = self._window(start, end)
        if words is None:
            return []
        hits = same_letters(self.gazetteer, words)
        if hits and any(token.gap == "," for token in words[1:]):
            return [hit for hit in hits if " - " in hit.name.shown]
        return hits

    def _slips(self, start: int, end: int, sort: Sort) -> list[Hit]:
        words = self._window(start, end)
        if words is None:
            return []
        is_last = end == len(self.tokens) or self.tokens[end].gap != " "
        common = [word.canon in ORDINARY and not word.is_capital for word in words]
        if common[0] or (any(common) and not is_last):
            return []
        if sum(len(word.plain) for word in words) < 4 and not (is_last and words[-1].is_capital):
            return []
        if not self.slips_left:
            return []
        self.slips_left -= 1
        has_marks = self.marked > sum(word.has_marks for word in words)
        hits = mistyped(self.gazetteer, words, sort, has_marks=has_marks)
        if hits and any(token.gap == "," for token in words[1:]):
            return [hit for hit in hits if " - " in hit.name.shown]
        return hits
