"""What a search looks for and where: the same for both engines."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from bot.domain.case import CaseStatus
from bot.domain.queueing import QueueFilter, Sort
from bot.domain.words import Sought
from bot.ports import Viewer
from bot.ports.sealing import Vault
from storage.case_words import AT_CITY, IS_OPEN, ward_word
from storage.queue_filter import conditions
from storage.visible_cases import place_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of what is found: with exact marks, or the others. `beyond` is the id to go on from.

    `exact` are the ids of all that have the exact marks, where those are known: then the others need not look for them.
    """

    is_folded: bool
    beyond: int | None = None
    exact: tuple[int, ...] | None = None


@dataclass(slots=True)
class Look:
    """One search, newest first (backwards: oldest first). `is_rare` once it is known that few of the newest have it."""

    viewer: Viewer
    wanted: QueueFilter
    sought: Sought
    is_backwards: bool = field(default=False, kw_only=True)
    is_rare: bool = False
    vault: Vault | None = None

    @property
    def scope(self) -> list[str]:
        """Words that every case has which this viewer may see and this filter wants."""
        found: list[str] = []
        place = place_of(self.viewer)
        if place is not None:
            found.append(ward_word(place) if place else AT_CITY)
        if self.wanted.ward_code:
            found.append(ward_word(self.wanted.ward_code))
        if self.wanted.status is CaseStatus.OPEN:
            found.append(IS_OPEN)
        return found

    @property
    def is_near(self) -> bool:
        """Whether only one ward's cases, or those of the city's desks, are looked for."""
        return place_of(self.viewer) is not None or bool(self.wanted.ward_code)

    def conditions(self) -> list[ColumnElement[bool]]:
        """On `cases`: who may see them, and what else is wanted of them."""
        return list(conditions(self.viewer, self.wanted, Sort.NEWEST))

    def beyond(self, place: ColumnElement[int], stretch: Stretch) -> list[ColumnElement[bool]]:
        """Behind the place to go on from, where there is one; not again what is known to have the exact marks."""
        found: list[ColumnElement[bool]] = []
        if stretch.beyond is not None:
            found.append(place > stretch.beyond if self.is_backwards else place < stretch.beyond)
        if stretch.exact:
            found.append(place.not_in(stretch.exact))
        return found

    def has_exact_apart(self, stretch: Stretch) -> bool:
        """Whether the words must tell what has the exact marks from the others."""
        return self.sought.has_marks and stretch.exact is None

    def in_order(self, place: ColumnElement[int]) -> ColumnElement[int]:
        """By acceptance."""
        return place.asc() if self.is_backwards else place.desc()
