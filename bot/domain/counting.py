"""What is counted for a review of one term, before the term before is laid beside it. Counting is `storage.reviewing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.figures import Figures
from bot.domain.review import HotSpot


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Of the cases accepted in a term that somebody may see; what waits is of now. Keys are the database's own values."""

    total: Figures = field(default_factory=Figures)
    kinds: Mapping[str, Figures] = field(default_factory=dict)
    categories: Mapping[str, Figures] = field(default_factory=dict)
    wards: Mapping[str, Figures] = field(default_factory=dict)
    channels: Mapping[str, Figures] = field(default_factory=dict)
    resolved: int = 0  # closings of these cases that their residents found done
    unresolved: int = 0
    stars: Mapping[int, int] = field(default_factory=dict)
    spots: Sequence[HotSpot] = ()  # most cases first
    joined: int = 0  # accepted in the term, may be seen, and joined another
    hidden: int = 0  # accepted in the term, and may not be seen
    wordless: int = 0  # counted, although their words are gone
