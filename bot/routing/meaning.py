"""Which units a name stands for, given its kind word, the district and "old" or "new" beside it.

The rules are those of `data/SOURCES.md` for residents: a current official name is the current ward, unless an old unit of
that name stood elsewhere; with an old district it is the old unit; "cũ" and "mới" mean what they say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.ward import WardCode
from bot.routing.gazetteer import Name, Unit
from bot.routing.names import PARTLY, Hit
from bot.routing.vocabulary import Kinds


@dataclass(frozen=True, slots=True)
class Meaning:
    """The units that may be meant. `is_doubtful`: something that was said does not fit them."""

    units: tuple[Unit, ...]
    distance: float
    is_doubtful: bool = False

    @property
    def codes(self) -> tuple[WardCode, ...]:
        return codes_of(self.units)


def codes_of(units: Iterable[Unit]) -> tuple[WardCode, ...]:
    return tuple(dict.fromkeys(code for unit in units for code in unit.codes))


def meaning_of(hits: Sequence[Hit], kinds: Kinds, district: Name | None, is_old: bool | None) -> Meaning:
    """Args:
    hits: At least one, nearest first.
    kinds: The kinds that were said, or all.
    is_old: True and False: it was said; None: it was not.
    """
    nearest = _nearest(hits)
    if district is None:
        return _without_district(nearest, kinds, is_old)
    for tier in (nearest, list(hits)):
        found = _in_district(_units(tier), kinds, district, is_old)
        if found:
            return Meaning(found, tier[0].distance)
    plain = _without_district(nearest, kinds, is_old)
    return Meaning(plain.units, plain.distance, is_doubtful=True)


def may_lie_in(hits: Sequence[Hit], kinds: Kinds, district: Name) -> bool:
    """Is there a unit of that name in that old district?"""
    return bool(_in_district(_units(hits), kinds, district, None))


def _nearest(hits: Sequence[Hit]) -> list[Hit]:
    """What was typed without marks is every name that looks so; with marks, the nearest."""
    first = hits[0].distance
    if first == 0:
        return [hit for hit in hits if hit.distance == 0]
    if first <= PARTLY:
        return [hit for hit in hits if hit.distance <= PARTLY]
    return [hit for hit in hits if hit.distance <= first + 0.05]


def _units(hits: Iterable[Hit]) -> list[Unit]:
    return list(dict.fromkeys(unit for hit in hits for unit in hit.name.units))


def _in_district(units: Sequence[Unit], kinds: Kinds, district: Name, is_old: bool | None) -> tuple[Unit, ...]:
    for same in ([unit for unit in units if unit.kind in kinds], list(units)):
        old = tuple(unit for unit in same if not unit.is_current and district_of(unit, district))
        current = tuple(unit for unit in same if unit.is_current and set(unit.codes) & set(district.codes))
        found = (current or old) if is_old is False else (old or current)
        if found:
            return found
    return ()


def district_of(unit: Unit, district: Name) -> bool:
    """Did that old unit stand in that district? "Từ Liêm" is also what Bắc and Nam Từ Liêm were."""
    return unit.district == district.canon or (len(unit.district) > len(district.canon) + 2 and _is_half(unit, district))


def _is_half(unit: Unit, district: Name) -> bool:
    return unit.district in (f"bắc{district.canon}", f"nam{district.canon}")


def _without_district(hits: Sequence[Hit], kinds: Kinds, is_old: bool | None) -> Meaning:
    units = _units(hits)
    found = [unit for unit in units if unit.kind in kinds]
    is_doubtful = not found
    # A name of another kind to the letter, and one of that kind with a slip: neither is sure.
    has_other = any(
        hit.distance == hits[0].distance and not any(unit.kind in kinds for unit in hit.name.units) for hit in hits
    )
    found = units if has_other and found and hits[0].distance == 0 else found or units
    if is_old is not None:
        found = [unit for unit in found if unit.is_current != is_old] or found
    current = [unit for unit in found if unit.is_current]
    if current and not is_old:
        here = {code for unit in current for code in unit.codes}
        found = [unit for unit in found if unit.is_current or not here & set(unit.codes)]
    return Meaning(tuple(found), hits[0].distance, is_doubtful)
