"""A ward: the smallest unit of the city that has a queue. Which one a text means is decided in `bot.routing`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

WardCode = NewType("WardCode", str)  # five digits with leading zeros, "00091": text, never a number


class WardKind(StrEnum):
    """What the law calls the unit."""

    PHUONG = "phuong"
    XA = "xa"


KIND_WORD = {WardKind.PHUONG: "phường", WardKind.XA: "xã"}


@dataclass(frozen=True, slots=True)
class Ward:
    """One of the city's current wards or communes.

    `name` is bare ("Tây Hồ"), `name_en` the full English form ("Tay Ho Ward"); `lat`/`lon` are WGS 84 degrees.
    """

    code: WardCode
    name: str
    kind: WardKind
    name_en: str
    lat: float
    lon: float

    @property
    def full_name(self) -> str:
        """The name as it stands in a sentence: "phường Tây Hồ"."""
        return f"{KIND_WORD[self.kind]} {self.name}"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map: WGS 84 degrees; `accuracy` is the radius in metres where the channel states one."""

    lat: float
    lon: float
    accuracy: float | None = None
