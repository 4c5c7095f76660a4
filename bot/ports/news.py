"""What happens to cases, in the order it was recorded, for whoever watches: the desk's live pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseCode, CaseId, Desk
from bot.domain.people import StaffId
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNews:
    """A fact of some case's timeline, and where that case waits now. Who may know of it is asked apart."""

    id: int  # its place: rises with every fact, whatever the case
    case_id: CaseId
    kind: EventKind
    at: datetime
    staff_id: StaffId | None  # who did it; None for residents and the clock
    ward_code: WardCode | None
    desk: Desk


class News(Protocol):
    """The timelines of all cases as one stream."""

    async def newest(self) -> int:
        """The place of the newest fact; 0 when there is none."""
        ...

    async def after(self, place: int, *, most: int) -> list[CaseNews]:
        """The facts after that place, oldest first: one statement, by the primary key.

        On PostgreSQL a lower place can appear after a higher one: places are given out before they are committed.
        """
        ...

    async def visible_codes(self, viewer: Viewer, case_ids: Collection[CaseId]) -> dict[CaseId, CaseCode]:
        """Those of the cases that this viewer may see; one statement."""
        ...
