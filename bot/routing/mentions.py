"""A place that a text names, as `bot.routing.reading` finds it and `bot.routing.routing` weighs it."""

from dataclasses import dataclass
from enum import IntEnum

from bot.domain.ward import WardCode
from bot.routing.gazetteer import Name, Unit


class Strength(IntEnum):
    """How sure it is that the writer means a ward."""

    HINT = 1  # a street, a district, a bare name in a sentence
    CLEAR = 2  # with its kind word or its district, or alone


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that the text names, and the wards it may be. `units` is empty for districts and hints."""

    strength: Strength
    codes: tuple[WardCode, ...]
    shown: str
    start: int
    end: int
    units: tuple[Unit, ...] = ()
    district: Name | None = None  # the mention is of that old district
    is_place: bool = False  # a street, a village, a stop
    is_sure: bool = True  # nothing was mistyped
    is_doubtful: bool = False  # its kind word or its district does not fit
