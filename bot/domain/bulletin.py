"""A text for a ward's loudspeakers, as staff left it. How one is written at first is `bot.papers.bulletin`'s."""

from dataclasses import dataclass
from datetime import date

from bot.domain.ward import WardCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What a ward's loudspeakers say about these days, both ends included. `version` is 0 while it is not kept."""

    ward_code: WardCode
    first: date
    last: date
    text: str
    version: int = 0
