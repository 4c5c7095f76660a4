"""Cases that have to do with each other, and notes that have to do with somebody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import Case, CaseCode, CaseId
from bot.domain.people import StaffId
from bot.domain.thread import Mention
from bot.ports.viewing import Viewer


class Ties(Protocol):
    """Cases that have to do with each other."""

    async def among(self, viewer: Viewer, codes: Sequence[CaseCode]) -> list[Case]:
        """Those of these that the viewer may see, oldest first; one statement."""
        ...

    async def of_main(self, viewer: Viewer, main_id: CaseId, *, most: int = 50) -> list[Case]:
        """The cases that joined this one and that the viewer may see, oldest first."""
        ...

    async def join(self, case: Case, main_id: CaseId | None) -> Case:
        """Have it join another case, or (None) wait for itself again. The other's count is the caller's to change.

        Raises:
            StaleVersion: Somebody changed the case since it was read.
        """
        ...

    async def near(self, viewer: Viewer, case: Case, *, metres: float, most: int = 6) -> list[Case]:
        """Cases of the same ward about the same street or spot, or so near to its point; newest first, by index."""
        ...


class Mentions(Protocol):
    """Notes that name a staff member."""

    async def add(self, case_id: CaseId, message_id: int, staff_id: StaffId, now: datetime) -> None: ...

    async def of(self, viewer: Viewer, *, most: int = 50) -> list[Mention]:
        """The viewer's own, newest first, of cases that they may see at present."""
        ...

    async def see(self, staff_id: StaffId, now: datetime) -> None:
        """They have looked: none is new any more."""
        ...
