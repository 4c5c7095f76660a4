"""Decides which ward a message belongs to, from its words, a shared position and the way the resident came.

It decides only what is sure; otherwise it hands out the wards to ask about. `why` is read by staff on the case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from bot.domain.draft import WardSource
from bot.domain.ward import Point, WardCode
from bot.routing.gazetteer import Gazetteer, Sort, load_gazetteer
from bot.routing.mentions import Mention, Strength
from bot.routing.points import WardMap
from bot.routing.reading import Reading, read
from bot.routing.tokens import LONGEST_TEXT
from bot.routing.wards import DATA, Wards, load_wards

Decision = Literal["ward", "ask", "none"]
_MOST_TOLD = 6  # wards in one line of the trace
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ward that may be meant; `score` from 0 to 1, only to be compared within one routing."""

    code: WardCode
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Routing:
    """What was decided: "ward" has one candidate, "ask" one or more to be offered, "none" has none.

    `is_only_place`: the text holds nothing but the place, as an answer to "which ward?" does. `set_aside` are wards that it
    says it is not.
    """

    decision: Decision
    wards: tuple[Candidate, ...]
    why: tuple[str, ...]
    source: WardSource | None = None
    is_only_place: bool = False
    set_aside: tuple[WardCode, ...] = ()

    @property
    def codes(self) -> tuple[WardCode, ...]:
        return tuple(ward.code for ward in self.wards)


class Router:
    """Knows the names and the map; the same question always has the same answer."""

    def __init__(self, wards: Wards, gazetteer: Gazetteer, ward_map: WardMap) -> None:
        self._wards = wards
        self._gazetteer = gazetteer
        self._map = ward_map
        # Every turn of a draft looks at its text: is it an answer, what does it add, what shall be offered.
        self._read = lru_cache(maxsize=256)(self._read_anew)

    def route(self, text: str = "", point: Point | None = None, preset: WardCode | None = None) -> Routing:
        """Where this belongs.

        A ward that the words name clearly outweighs the position, and the position outweighs a notice board's code
        (`preset`): a person may scan at home and write about another place. Words and position that differ are asked about.

        Raises:
            UnknownWard: `preset` is no ward's code.
        """
        by_words = self._read(text[:LONGEST_TEXT])
        by_point = self._from_point(point) if point is not None else None
        by_preset = self._from_preset(preset) if preset is not None else None
        return _weigh(by_words, by_point, by_preset)

    def knows_street(self, words: Sequence[str]) -> bool:
        """Is there a street of this name, without marks?"""
        return any(name.sort is Sort.STREET for name in self._gazetteer.by_plain.get("".join(words), ()))

    def knows_spot(self, words: Sequence[str]) -> bool:
        """Is there a stop's landmark of this name, without marks: a market, a school, a station?"""
        return any(name.sort is Sort.LANDMARK for name in self._gazetteer.by_plain.get("".join(words), ()))

    def _read_anew(self, text: str) -> Routing:
        return self._from_words(read(text, self._gazetteer))

    def _candidates(self, codes: Mapping[WardCode, float]) -> tuple[Candidate, ...]:
        # A name of the history must not lead to a ward that the list of wards does not have.
        found = [
            Candidate(code, self._wards[code].full_name, round(score, 3))
            for code, score in codes.items()
            if code in self._wards
        ]
        return tuple(sorted(found, key=lambda ward: -ward.score))

    def _from_words(self, found: Reading) -> Routing:
        named = [mention for mention in found.mentions if mention.units]
        used = [mention for mention in named if mention.strength is Strength.CLEAR] or named
        hints = [mention for mention in found.mentions if not mention.units]
        scores = _with_hints(_scores(used), hints) if used else _narrowest(hints)
        wards = self._candidates(scores)
        told = used or hints
        lines = [*(self._why(mention) for mention in told), *found.notes]
        why = tuple(f"words: {line}" for line in dict.fromkeys(lines))[:_MOST_LINES]
        if not wards:
            why = (*why, "words: no ward named")
            return Routing("none", (), why, is_only_place=found.is_only_place, set_aside=found.set_aside)
        is_sure = len(wards) == 1 and any(one.strength is Strength.CLEAR and not one.is_doubtful for one in used)
        decision: Decision = "ward" if is_sure else "ask"
        return Routing(decision, wards, why, WardSource.NAMED, found.is_only_place, found.set_aside)

    def _why(self, mention: Mention) -> str:
        names = ", ".join(self._wards[code].full_name for code in mention.codes[:_MOST_TOLD] if code in self._wards)
        more = f" and {len(mention.codes) - _MOST_TOLD} more" if len(mention.codes) > _MOST_TOLD else ""
        share = ""
        if any(not unit.is_current for unit in mention.units):
            share = ", whole" if all(unit.is_whole for unit in mention.units) and len(mention.codes) == 1 else ", part"
        return f"matched {mention.shown} → {names}{more}{share}"

    def _from_point(self, point: Point) -> Routing:
        near = self._map.wards_at(point)
        # Coordinates are personal; the trace says only what came of them.
        if not near:
            return Routing("none", (), ("point: outside the city",))
        wards = self._candidates({code: 1.0 / (1.0 + away / 25.0) for code, away in near})
        if len(wards) == 1:
            return Routing("ward", wards, (f"point: in {wards[0].name}",), WardSource.POINT)
        shown = ", ".join(f"{self._wards[code].full_name} ({away:.0f} m)" for code, away in near)
        return Routing("ask", wards, (f"point: near a border: {shown}",), WardSource.POINT)

    def _from_preset(self, code: WardCode) -> Routing:
        ward = self._wards[code]
        return Routing("ward", (Candidate(code, ward.full_name, 1.0),), (f"preset: {ward.full_name}",), WardSource.PRESET)


def _scores(mentions: Sequence[Mention]) -> dict[WardCode, float]:
    scores: dict[WardCode, float] = {}
    for mention in mentions:
        whole = 0.6 if mention.strength is Strength.HINT else 1.0 if mention.is_sure else 0.9
        for code in mention.codes:
            scores[code] = max(scores.get(code, 0.0), whole / len(mention.codes))
    return scores


def _with_hints(scores: dict[WardCode, float], hints: Sequence[Mention]) -> dict[WardCode, float]:
    """Streets and districts only order the wards that were named: no table of streets is complete."""
    hinted = {code for hint in hints for code in hint.codes}
    return {code: score * (1.0 if not hinted or code in hinted else 0.9) for code, score in scores.items()}


def _narrowest(hints: Sequence[Mention]) -> dict[WardCode, float]:
    """What several hints have in common, or all of it where they have nothing in common; districts give way to places."""
    shared: set[WardCode] = set()
    for hint in hints:
        shared = (shared & set(hint.codes)) or shared if shared else set(hint.codes)
    agree = bool(shared) and all(shared & set(hint.codes) for hint in hints)
    if agree:
        return {code: 0.6 / len(shared) for hint in hints for code in hint.codes if code in shared}
    places = [hint for hint in hints if hint.is_place] or list(hints)
    return _scores(places)


def _weigh(by_words: Routing, by_point: Routing | None, by_preset: Routing | None) -> Routing:
    signs = [sign for sign in (by_words, by_point, by_preset) if sign is not None]
    why = tuple(line for sign in signs for line in sign.why)
    told = [sign for sign in signs if sign.decision != "none"]
    if not told:
        return Routing("none", (), why, None, by_words.is_only_place, by_words.set_aside)
    best, *others = told
    for other in others:
        best = _together(best, other)
    return Routing(best.decision, best.wards, why, best.source, by_words.is_only_place, by_words.set_aside)


def _together(first: Routing, second: Routing) -> Routing:
    """Two signs, the weightier first."""
    shared = [ward for ward in first.wards if ward.code in second.codes]
    if len(shared) == 1:
        return Routing("ward", (shared[0],), (), (first if first.decision == "ward" else second).source)
    if shared:
        return Routing("ask", tuple(shared), (), first.source)
    if second.source is WardSource.PRESET:
        # A hint in the words (a street, a district) does not move a person away from the board they stand at.
        is_hint = first.source is WardSource.NAMED and first.decision == "ask" and first.wards[0].score < 1.0
        return second if is_hint and len(first.wards) == 1 else first
    if first.decision == "ask" and second.decision == "ward" and first.wards[0].score <= 0.6:
        return second
    return Routing("ask", (*first.wards, *second.wards), (), first.source)


def load_router(wards: Wards | None = None, folder: Path = DATA) -> Router:
    """The router over the city's own data; the map is read with the first point.

    Args:
        folder: Where the tables are; another city's data has the same files (`bot.routing.importing`).
    """
    known = load_wards(folder) if wards is None else wards
    return Router(known, load_gazetteer(known, folder), WardMap(folder))
