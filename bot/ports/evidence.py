"""Photos found again, and what was found about those that were to prove something."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseCode, CaseId
from bot.domain.evidence import Finding
from bot.domain.people import StaffId
from bot.ports.viewing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A picture as an attachment of a case."""

    file_id: int
    case_id: CaseId
    at: datetime
    key: str  # of the original
    shown_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """A finding on a case's record. `reason`: why the photo was sent all the same."""

    id: int
    at: datetime
    staff_name: str
    finding: Finding
    file_id: int | None  # the attachment that was checked, while there is one
    earlier_code: CaseCode | None  # of the case that the photo came from, for a viewer who may see it
    reason: str


class PhotoPrints(Protocol):
    """What photos are found by again: see `bot.prints.words`."""

    async def unprinted(self, most: int) -> list[str]:
        """Keys of shown copies that have no print yet, oldest attachment first."""
        ...

    async def put(self, key: str, words: Collection[int], now: datetime) -> None:
        """Keep its words (none: it can only be found as the very same file). Once for each key; again changes nothing."""
        ...

    async def alike(self, words: Collection[int], most: int) -> list[str]:
        """Keys of pictures that share at least two of these words, those that share most first."""
        ...

    async def sightings(self, keys: Sequence[str], most: int) -> list[Sighting]:
        """Where these originals or shown copies are attached, oldest first."""
        ...

    async def forget(self, keys: Collection[str]) -> None:
        """Remove the prints of those that no attachment shows any more."""
        ...


class EvidenceChecks(Protocol):
    """What was found about the photos of closings."""

    async def add(
        self, case_id: CaseId, findings: Sequence[Finding], *, staff_id: StaffId, reason: str, now: datetime
    ) -> None: ...

    async def of_case(self, case_id: CaseId, viewer: Viewer) -> list[KeptFinding]:
        """Oldest first. Of another case's photo a viewer who may not see that case learns only when it came."""
        ...

    async def codes(self, case_ids: Collection[CaseId], viewer: Viewer) -> Mapping[CaseId, CaseCode]:
        """The codes of those of these cases that the viewer may see."""
        ...

    async def blank(self, case_id: CaseId) -> None:
        """The case is erased: that something was found stays, what it was about goes."""
        ...
