"""What staff have at the desk beside the cases: see `bot.domain.staffing`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseCode, CaseId
from bot.domain.figures import By, Closer, Figures
from bot.domain.people import Address, Channel, ResidentId, StaffId, StaffMember, Unit
from bot.domain.staffing import (
    Absence,
    DraftForm,
    Exclusion,
    IdentityOpening,
    NewTemplate,
    Presence,
    SavedView,
    StaffChat,
    StaffDraft,
    Standing,
    Template,
)
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


class Absences(Protocol):
    """Who is away, and who stands in for them."""

    async def add(
        self,
        *,
        staff_id: StaffId,
        deputy_id: StaffId,
        from_at: datetime,
        until_at: datetime,
        made_by: StaffId,
        now: datetime,
    ) -> Absence:
        """Keep it; whether the two may stand in for each other is `bot.domain.staffing.may_deputise`."""
        ...

    async def end(self, absence_id: int, now: datetime) -> bool:
        """Over from now on. False when it already was, or there is none."""
        ...

    async def standings_of(self, deputy: StaffMember, now: datetime) -> tuple[Standing, ...]:
        """Whom this member stands in for at this moment, as far as they may."""
        ...

    async def is_away(self, staff_id: StaffId, now: datetime) -> bool:
        """Whether somebody stands in for them at this moment."""
        ...

    async def not_over(self, now: datetime) -> list[Absence]:
        """The present and coming ones, in order of their beginning."""
        ...


class Exclusions(Protocol):
    """Who must not know of which case."""

    async def add(self, exclusions: Sequence[Exclusion]) -> None:
        """Bar them; who already is stays barred."""
        ...

    async def remove(self, case_id: CaseId, staff_id: StaffId) -> bool: ...

    async def of_case(self, case_id: CaseId) -> list[Exclusion]: ...

    async def name_unit(self, case_id: CaseId, unit: Unit) -> None:
        """The case is about this unit of its ward: nobody of it reads it, also who comes to it later."""
        ...


class StaffDrafts(Protocol):
    """What staff typed and have not sent."""

    async def put(self, draft: StaffDraft) -> None:
        """Keep it in place of the earlier one; an empty text drops it."""
        ...

    async def get(self, staff_id: StaffId, case_id: CaseId) -> dict[DraftForm, StaffDraft]: ...

    async def drop(self, staff_id: StaffId, case_id: CaseId, form: DraftForm) -> None: ...

    async def of(self, viewer: Viewer, *, most: int = 50) -> list[tuple[CaseCode | None, StaffDraft]]:
        """One's own, newest first; without a code where one may no longer know of the case. The words stay one's own."""
        ...


class SavedViews(Protocol):
    """Queues under a name of one's own."""

    async def put(self, staff_id: StaffId, name: str, query: str) -> SavedView:
        """Keep it, in place of the earlier one of that name."""
        ...

    async def of(self, staff_id: StaffId) -> list[SavedView]:
        """In the order they were first kept."""
        ...

    async def remove(self, staff_id: StaffId, view_id: int) -> bool: ...


class Templates(Protocol):
    """Ready texts for answers."""

    async def add(self, template: NewTemplate) -> Template: ...

    async def change(self, template: Template) -> bool:
        """Write name, language, text and whether it is active. False when there is none. Its ward never changes."""
        ...

    async def get(self, template_id: int) -> Template | None: ...

    async def of(self, ward_code: WardCode | None, *, inactive_too: bool = False) -> list[Template]:
        """The city's and this ward's, by name."""
        ...


class Presences(Protocol):
    """Who has a case open in front of them."""

    async def say(self, case_id: CaseId, staff_id: StaffId, now: datetime, *, is_writing: bool) -> None: ...

    async def leave(self, case_id: CaseId, staff_id: StaffId) -> None: ...

    async def others(self, case_id: CaseId, *, but: StaffId, now: datetime) -> list[Presence]:
        """Those seen within `PRESENCE_LASTS`, who writes first."""
        ...

    async def forget_old(self, now: datetime) -> int:
        """Drop those that are over."""
        ...


class IdentityOpenings(Protocol):
    """Who asked to know who a resident is, and who decided."""

    async def ask(self, case_id: CaseId, *, asked_by: StaffId, reason: str, now: datetime) -> IdentityOpening: ...

    async def get(self, opening_id: int) -> IdentityOpening | None: ...

    async def decide(self, opening_id: int, *, decided_by: StaffId, is_granted: bool, now: datetime) -> bool:
        """False when it was decided before, or by whoever asked."""
        ...

    async def open(self, opening_id: int, *, asked_by: StaffId, now: datetime) -> bool:
        """Note the first look. False unless it was granted to this person."""
        ...

    async def waiting(self, viewer: Viewer, *, most: int = 50) -> list[tuple[CaseCode, IdentityOpening]]:
        """Undecided ones, oldest first, that this viewer may decide about."""
        ...

    async def of_case(self, case_id: CaseId) -> list[IdentityOpening]:
        """Oldest first."""
        ...

    async def of_resident(self, resident_id: ResidentId) -> list[tuple[CaseCode, IdentityOpening]]:
        """What the resident is told of: those that were granted, oldest first."""
        ...


class FiguresOf(Protocol):
    """The dashboard's figures."""

    async def by(self, viewer: Viewer, by: By, *, start: datetime, end: datetime, now: datetime) -> dict[str, Figures]:
        """Group to its figures, over exactly what this viewer may see; a group without anything is missing.

        Args:
            start, end: The cases accepted from `start` until just before `end`.
            now: What is late is late at this moment.
        """
        ...

    async def total(self, viewer: Viewer, *, start: datetime, end: datetime, now: datetime) -> Figures:
        """The same of all groups together, without what waits now: for comparing."""
        ...

    async def closers(self, viewer: Viewer, *, start: datetime, end: datetime) -> list[Closer]:
        """What the closings of these cases came to, by who closed them; by name. For a viewer who wants `Right.CLOSERS`."""
        ...


class StaffChats(Protocol):
    """Chats that staff are pinged in, never with content."""

    async def begin(self, staff_id: StaffId, channel: Channel, code_hash: str, *, until: datetime) -> StaffChat:
        """Wait until then for a code to be sent from that channel; an earlier code of theirs for it is void."""
        ...

    async def link(self, address: Address, code_hash: str, now: datetime) -> StaffChat | None:
        """The chat of whoever was given that code; None when nobody was, or it is over, used, or of a closed account.

        What the address was linked to before ends.
        """
        ...

    async def of(self, staff_id: StaffId) -> list[StaffChat]: ...

    async def by_address(self, address: Address) -> StaffChat | None: ...

    async def linked(self) -> list[tuple[StaffChat, StaffMember]]:
        """Every linked chat of an account that is not closed."""
        ...

    async def remove(self, staff_id: StaffId, chat_id: int) -> bool: ...
