"""Decides which ward a message belongs to, from its words, a shared position and the way the resident came.

It decides only what is sure; otherwise it hands out the wards to ask about. `why` is read by staff on the case.
"""

from dataclasses import dataclass
from typing import Literal

from bot.domain.draft import WardSource
from bot.domain.ward import Point, WardCode
from bot.routing.gazetteer import Gazetteer, load_gazetteer
from bot.routing.matching import LONGEST_TEXT, Found, Mention, Strength, find_places
from bot.routing.points import WardMap
from bot.routing.wards import Wards, load_wards

Decision = Literal["ward", "ask", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ward that may be meant; `score` from 0 to 1, only to be compared within one routing."""

    code: WardCode
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Routing:
    """What was decided: "ward" has one candidate, "ask" one or more to be offered, "none" has none.

    `is_only_place`: the text holds nothing but the place, as an answer to "which ward?" does.
    """

    decision: Decision
    wards: tuple[Candidate, ...]
    why: tuple[str, ...]
    source: WardSource | None = None
    is_only_place: bool = False

    @property
    def codes(self) -> tuple[WardCode, ...]:
        return tuple(ward.code for ward in self.wards)


class Router:
    """Knows the names and the map; the same question always has the same answer."""

    def __init__(self, wards: Wards, gazetteer: Gazetteer, ward_map: WardMap) -> None:
        self._wards = wards
        self._gazetteer = gazetteer
        self._map = ward_map

    def route(self, text: str = "", point: Point | None = None, preset: WardCode | None = None) -> Routing:
        """Where this belongs.

        A ward that the words name clearly outweighs the position, and the position outweighs a notice board's code
        (`preset`): a person may scan at home and write about another place. Words and position that differ are asked about.

        Raises:
            UnknownWard: `preset` is no ward's code.
        """
        found = find_places(text[:LONGEST_TEXT], self._gazetteer) if text else Found((), False)
        by_words = self._from_words(found)
        by_point = self._from_point(point) if point is not None else None
        by_preset = self._from_preset(preset) if preset is not None else None
        return _weigh(by_words, by_point, by_preset)

    def _candidates(self, codes: dict[WardCode, float]) -> tuple[Candidate, ...]:
        # A name of the history must not lead to a ward that the list of wards does not have.
        found = [Candidate(code, self._wards[code].full_name, score) for code, score in codes.items() if code in self._wards]
        return tuple(sorted(found, key=lambda ward: -ward.score))

    def _from_words(self, found: Found) -> Routing:
        clear = [mention for mention in found.mentions if mention.strength is Strength.CLEAR]
        used = clear or list(found.mentions)
        wards = self._candidates(_scores(used))
        why = tuple(f"words: {mention.why}" for mention in used)
        if not wards:
            return Routing("none", (), (*why, "words: no ward named"))
        is_sure = bool(clear) and len(wards) == 1
        return Routing("ward" if is_sure else "ask", wards, why, WardSource.NAMED, found.is_only_place)

    def _from_point(self, point: Point) -> Routing:
        near = self._map.wards_at(point)
        # Coordinates are personal; the trace says only what came of them.
        if not near:
            return Routing("none", (), ("point: outside the city",))
        wards = self._candidates({code: 1.0 / (1.0 + away / 25.0) for code, away in near})
        if len(wards) == 1:
            return Routing("ward", wards, (f"point: in {wards[0].code}",), WardSource.POINT)
        shown = ", ".join(f"{code} ({away:.0f} m)" for code, away in near)
        return Routing("ask", wards, (f"point: near a border: {shown}",), WardSource.POINT)

    def _from_preset(self, code: WardCode) -> Routing:
        ward = self._wards[code]
        return Routing("ward", (Candidate(code, ward.full_name, 1.0),), (f"preset: {code}",), WardSource.PRESET)


def _scores(mentions: list[Mention]) -> dict[WardCode, float]:
    scores: dict[WardCode, float] = {}
    for mention in mentions:
        whole = 1.0 if mention.strength is Strength.CLEAR else 0.6
        for code in mention.codes:
            scores[code] = max(scores.get(code, 0.0), whole / len(mention.codes))
    return scores


def _weigh(by_words: Routing, by_point: Routing | None, by_preset: Routing | None) -> Routing:
    signs = [sign for sign in (by_words, by_point, by_preset) if sign is not None]
    why = tuple(line for sign in signs for line in sign.why)
    told = [sign for sign in signs if sign.decision != "none"]
    if not told:
        return Routing("none", (), why, None, by_words.is_only_place)
    best, *others = told
    for other in others:
        best = _together(best, other)
    return Routing(best.decision, best.wards, why, best.source, by_words.is_only_place)


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


def load_router(wards: Wards | None = None) -> Router:
    """The router over the city's own data; the map is read with the first point."""
    known = load_wards() if wards is None else wards
    return Router(known, load_gazetteer(known), WardMap())
