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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of some days' matters that anybody may know of. `late` are of those that wait, `most` of one sort."""

    accepted: int = 0
    done: int = 0
    planned: int = 0
    waiting: int = 0
    late: int = 0
    most: int = 0
    most_category: str = ""

    @property
    def other(self) -> int:
        """Closed in another way: each was told why."""
        return self.accepted - self.done - self.planned - self.waiting
