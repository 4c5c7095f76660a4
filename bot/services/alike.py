"""Is this an open case's matter already? Careful: two different matters taken for one lose one of them.

Asked before filing, of cases of the same ward and category; what comes of a yes is only an offer ("me too"), and a person
decides. The words of the other resident never leave here.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.case import Case, CaseKind
from bot.domain.draft import Draft
from bot.domain.people import ResidentId
from bot.domain.ward import Point
from bot.ports import UnitOfWork
from bot.routing.folding import words_of
from bot.services.city import City
from bot.services.place_keys import Place, plain_words, read_place

SINCE = timedelta(days=30)
NEAR = 100.0  # metres between two positions of one matter
MOST_JOINED = 300  # residents who may join one case; each of its answers is a reply to every one of them
_KINDS = frozenset({CaseKind.VIOLATION, CaseKind.PANEL, CaseKind.SUGGESTION})
# Categories that hold many different matters: there the words must agree well.
_WIDE = frozenset({"sug_facilities", "vio_other_place", "vio_disorder", "vio_trade", "vio_traffic", "vio_vandalism"})
_ENOUGH, _ENOUGH_WIDE = 0.3, 0.5  # of the shorter text's words
_BROAD = ("ho ", "khu do thi ", "thon ")  # spots that hold many places
# Words that say nothing about which matter it is, without marks; places are compared by themselves.
_EMPTY = plain_words(
    "co bi la thi ma o tai va voi cua cho rat qua khong chua da dang se toi em minh nha dau cuoi gan canh truoc sau tren "
    "duoi trong ngoai nay kia do roi nua luon lai ra vao tu khi xin de nghi a nhe hom may ngay dem sang chieu trua gio "
    "tuan thang nam mot hai ba bon nhieu it moi cac nhung duong pho ngo ngach hem kiet so phuong xa quan thon khu to dan cu "
    "gui kinh uy ban nhan ubnd can bo giup xem xet xu ly kiem tra som nguoi mong cung con the nao gi sao duoc phai nen van "
    "the an in on at of to for and or is are has have been it this that there here near from with please ward street lane "
    "alley road them lap every day night days nights since very many some people our my we you not no"
)
_LONGEST = 2_000  # characters that are compared


@dataclass(frozen=True, slots=True)
class Matter:
    """What is compared: words that say what it is, numbers that tell one thing from another, and where it is."""

    words: frozenset[str]
    numbers: frozenset[str]  # of four digits and more: a plate, a telephone pole
    place: Place
    point: Point | None
    category: str


def matter_of(text: str, point: Point | None, category: str, city: City, place: Place | None = None) -> Matter:
    """The comparable side of a text; `place` where it is known from before."""
    place = read_place(text, city.places) if place is None else place
    of_place = {word for part in (place.street, *place.spots) for word in part.split()}
    tokens = [word.plain for word in words_of(text[:_LONGEST])]
    return Matter(
        words=frozenset(
            word
            for word in tokens
            if len(word) > 1 and word not in _EMPTY and word not in of_place and not word[0].isdigit()
        ),
        numbers=frozenset(word for word in tokens if sum(letter.isdigit() for letter in word) >= 4),
        place=place,
        point=point,
        category=category,
    )


def is_same(new: Matter, known: Matter) -> bool:
    """The same place, and nothing that speaks for two matters."""
    if new.category != known.category or _differ(new.numbers, known.numbers) or _is_elsewhere(new.place, known.place):
        return False
    is_wide = new.category in _WIDE or new.category.startswith("sug_")
    shared = len(new.words & known.words)
    likeness = shared / (min(len(new.words), len(known.words)) or 1)
    away = metres_between(new.point, known.point)
    if away is not None:
        return away <= NEAR and (not is_wide or likeness >= _ENOUGH_WIDE)
    if not _share_place(new.place, known.place):
        return False
    is_vague = _is_vague(new.place, known.place)
    if is_vague and is_wide:
        return False
    return likeness >= _ENOUGH_WIDE and shared > 1 if is_vague or is_wide else likeness >= _ENOUGH


def _is_vague(one: Place, other: Place) -> bool:
    """A long street where only one of them names the house, or a lake that is an hour's walk around."""
    spots = {spot for spot in set(one.spots) & set(other.spots) if not spot.startswith(_BROAD)}
    is_on_street = bool(one.street) and one.street == other.street
    return not spots and (not is_on_street or bool(one.number) != bool(other.number))


def may_be_offered(draft: Draft) -> bool:
    """Never where somebody is accused or in danger, and never for what is nobody else's: praise, a question."""
    return (
        draft.kind in _KINDS
        and bool(draft.category)
        and draft.ward_code is not None
        and not draft.is_about_official
        and not draft.is_emergency
    )


async def alike_cases(uow: UnitOfWork, draft: Draft, city: City, now: datetime, *, but_of: ResidentId | None) -> list[Case]:
    """The open cases that seem to be this matter, newest first; mostly none.

    Args:
        but_of: The resident's own cases are never among them: there is nothing to join.
    """
    if draft.ward_code is None or not may_be_offered(draft):
        return []
    place = read_place(draft.text, city.places)
    if draft.point is None and not place.key:
        return []  # it could be anywhere in the ward: nothing is looked up
    cases = await uow.cases.alike(ward_code=draft.ward_code, category=draft.category, since=now - SINCE)
    near = [
        case
        for case in cases
        if case.resident_id != but_of and _may_be_joined(case) and _may_be_there(case, place, draft.point)
    ]
    if not near:
        return []  # the usual way: nobody's words are compared
    matter = matter_of(draft.text, draft.point, draft.category, city, place)
    return [case for case in near if is_same(matter, _matter_of_case(case, city))]


def _may_be_there(case: Case, place: Place, point: Point | None) -> bool:
    """Cheap, for every open case of the ward and category: only those at the same place are read."""
    return metres_between(point, case.point) is not None or _share_place(place, Place.of(case.place_key))


def _may_be_joined(case: Case) -> bool:
    return not case.is_sensitive and not case.is_emergency and case.joined_count < MOST_JOINED


def _matter_of_case(case: Case, city: City) -> Matter:
    return matter_of(case.text, case.point, case.category, city, Place.of(case.place_key))


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not one & other


def _is_elsewhere(one: Place, other: Place) -> bool:
    """What both name, and name differently."""
    if one.street and other.street:
        if one.street != other.street or one.lane != other.lane:
            return True
        return bool(one.number and other.number) and one.number != other.number
    return bool(one.lane and other.lane) and one.lane != other.lane


def _share_place(one: Place, other: Place) -> bool:
    return (bool(one.street) and one.street == other.street) or bool(set(one.spots) & set(other.spots))


def metres_between(one: Point | None, other: Point | None) -> float | None:
    """How far apart; None unless both are known well enough to tell one corner from the next."""
    if one is None or other is None or max(one.accuracy or 0.0, other.accuracy or 0.0) > NEAR:
        return None
    north = math.radians(other.lat - one.lat)
    east = math.radians(other.lon - one.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 6_371_000.0 * math.hypot(north, east)
