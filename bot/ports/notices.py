"""What waits to be told to staff in the chats they linked; see `bot.domain.notices`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseId
from bot.domain.notices import Choices, Fact, Notice, Post, Reason, Told
from bot.domain.people import StaffId
from bot.domain.thread import EventKind
from bot.ports.viewing import Viewer


class Notices(Protocol):
    """Facts that are not yet told, what is to be told to whom, and what each member wants to be told of."""

    async def note(
        self,
        case_id: CaseId,
        kind: EventKind,
        now: datetime,
        *,
        by: StaffId | None = None,
        about: StaffId | None = None,
    ) -> None:
        """Remember that this happened, if anybody has linked a chat. `Cases.record` does it for `TOLD_OF`."""
        ...

    async def note_void(self, case_id: CaseId, now: datetime, *, by: StaffId | None = None) -> None:
        """Remember that what somebody else proposed about this case is void. `Cases.record` does it."""
        ...

    async def is_anything_due(self, now: datetime) -> bool:
        """Whether there is anything to spread or to tell; for a look that takes no lock."""
        ...

    async def take_turn(self) -> None:
        """Wait until no other process spreads or tells; held until the unit of work ends."""
        ...

    async def facts(self, *, most: int) -> list[Fact]:
        """The oldest facts that are not yet spread."""
        ...

    async def posts(self, now: datetime) -> list[Post]:
        """Everybody with a linked chat, at each place where they stand at this moment."""
        ...

    async def spread(
        self, facts: Sequence[Fact], found: Mapping[StaffId, Sequence[tuple[CaseId, Reason]]], now: datetime
    ) -> None:
        """Put these notices down, each once, make their readers due, and forget the facts."""
        ...

    async def due(self, now: datetime, *, most: int) -> list[Told]:
        """Whose notices are to be looked at now."""
        ...

    async def of(self, viewer: Viewer) -> list[Notice]:
        """What waits for this viewer, oldest first: only of cases that they may see now, and new ones they may take.

        A city coordinator's also has `WARD_LATE` of the wards' general desks; nothing of such a case is to be told.
        """
        ...

    async def told(
        self, staff_id: StaffId, reasons: Sequence[Reason], *, pinged_at: datetime | None, due_at: datetime | None
    ) -> None:
        """Forget the notices of these reasons, also of cases not to be seen; `due_at` is when to look again."""
        ...

    async def digests_due(self, now: datetime, *, most: int) -> list[StaffId]: ...

    async def digest_next(self, staff_id: StaffId, at: datetime) -> None: ...

    async def choices(self, staff_id: StaffId) -> Choices | None:
        """None for whoever never linked a chat."""
        ...

    async def choose(self, staff_id: StaffId, choices: Choices, *, digest_at: datetime) -> None:
        """Keep them; `digest_at` is when the next digest is due, for whoever wants one."""
        ...
