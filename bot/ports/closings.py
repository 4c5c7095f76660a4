"""How cases were closed, and what is proposed about them: one row for each closing, one for each proposal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseId
from bot.domain.closing import Closing, NewClosing
from bot.domain.people import StaffId
from bot.domain.proposal import NewProposal, Proposal, ProposalKind, Verdict
from bot.domain.sheet_rows import LastClosing


class Closings(Protocol):
    """One row for each time a case was closed."""

    async def add(self, closing: NewClosing) -> int:
        """Keep it; returns its id."""
        ...

    async def of_case(self, case_id: CaseId) -> list[Closing]:
        """Oldest first, each with its words and files."""
        ...

    async def of_cases(self, case_ids: Collection[CaseId]) -> Mapping[CaseId, Sequence[Closing]]:
        """Those of several cases, oldest first, without their files; a case that was never closed is left out."""
        ...

    async def last_of(self, case_ids: Collection[CaseId]) -> Mapping[CaseId, LastClosing]:
        """What exports and registers tell of several cases; a case that was never closed is left out."""
        ...

    async def newest(self, case_id: CaseId) -> Closing | None:
        """The last one, with its words and files; the present one where the case is closed."""
        ...

    async def mark_disputed(self, case_id: CaseId, at: datetime) -> bool:
        """The resident says that the last closing is not true. False where there is none, or it was marked before."""
        ...

    async def asking(self, *, now: datetime, most: int) -> Sequence[tuple[int, CaseId, int, datetime]]:
        """Whose later question is due, the longest first: closing, case, the question's number from 0, its closing."""
        ...

    async def asked(self, closing_id: int, next_at: datetime | None) -> None:
        """That question is over; the next comes then, or never."""
        ...

    async def returning(self, *, now: datetime, most: int) -> Sequence[CaseId]:
        """Cases whose planned day is over, the longest over first; held against other processes."""
        ...

    async def returned(self, case_id: CaseId, now: datetime) -> None:
        """Its closings whose planned day is over do not come back again; a later day stays."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits, as far as a row of the queue needs it."""

    by: StaffId
    kind: ProposalKind
    version: int  # of the case that it is about


class Proposals(Protocol):
    """What waits for a second person, and what became of it. At most one of a case waits."""

    async def add(self, proposal: NewProposal) -> int:
        """Keep it; returns its id. One of the same case that waits is void from then on."""
        ...

    async def get(self, case_id: CaseId, proposal_id: int) -> Proposal | None:
        """The proposal, if it is about this case."""
        ...

    async def waiting(self, case_id: CaseId) -> Proposal | None: ...

    async def waiting_of(self, case_ids: Collection[CaseId]) -> Mapping[CaseId, Waiting]:
        """Of those that have one."""
        ...

    async def decide(
        self, proposal_id: int, verdict: Verdict, *, by: StaffId | None, now: datetime, answer: str = ""
    ) -> bool:
        """Keep what became of it. False where that is decided already."""
        ...
