"""Reviews: what they are counted from, what staff write into them, and which begin next."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.counting import Counted
from bot.domain.people import StaffId
from bot.domain.review import Section, Term
from bot.domain.review_texts import ReviewTexts, Round, TextsDraft
from bot.domain.ward import WardCode
from bot.ports.viewing import Viewer


class Reviews(Protocol):
    """Figures are counted anew each time; words are kept for each ward, or the city (None), and term."""

    async def count(
        self,
        viewer: Viewer,
        *,
        ward_code: WardCode | None,
        start: datetime,
        end: datetime,
        late_at: datetime,
        counts_waiting: bool = True,
        tell: Callable[[], Awaitable[None]] | None = None,
    ) -> Counted:
        """Count the cases accepted from `start` until just before `end` that this viewer may see.

        Args:
            ward_code: Of this ward alone; what was moved away is no longer the ward's.
            late_at: What is open and due before then is late.
            counts_waiting: Whether what waits now is counted too; it belongs to no term.
            tell: Called after each portion of the term, a month or some.
        """
        ...

    async def began_at(self) -> datetime | None:
        """When the first case of all was accepted, whoever may see it; None before there was any."""
        ...

    async def texts(self, ward_code: WardCode | None, term: Term) -> ReviewTexts:
        """The words as they are; empty ones, version 0, where there are none."""
        ...

    async def write(
        self,
        ward_code: WardCode | None,
        term: Term,
        texts: Mapping[Section, str],
        *,
        version: int,
        by: StaffId,
        now: datetime,
    ) -> bool:
        """Keep all four sections, and drop this member's draft. False when they are not any more as `version` was."""
        ...

    async def put_draft(self, ward_code: WardCode | None, term: Term, draft: TextsDraft, *, by: StaffId) -> None:
        """Keep it in place of this member's earlier one."""
        ...

    async def draft(self, ward_code: WardCode | None, term: Term, by: StaffId) -> TextsDraft | None: ...

    async def drop_draft(self, ward_code: WardCode | None, term: Term, by: StaffId) -> None: ...

    async def known(self, ward_code: WardCode | None, *, most: int = 12) -> list[ReviewTexts]:
        """Those that appeared by themselves or that somebody wrote into, newest term first; without their words."""
        ...

    async def is_anything_due(self, now: datetime) -> bool:
        """Whether a round is due, somebody has to be told, or no round was ever set."""
        ...

    async def next_round(self) -> Round | None:
        """The first that waits; None before the first was ever set."""
        ...

    async def set_rounds(self, rounds: Sequence[Round]) -> None:
        """Let these wait as well; one that waits or is done already stays as it is."""
        ...

    async def end_round(self, round_: Round, now: datetime) -> bool:
        """It is done. False when somebody else did it."""
        ...

    async def begin(self, wards: Collection[WardCode | None], term: Term, now: datetime) -> int:
        """Let each of these reviews appear, to be told; returns how many did. None appears twice."""
        ...

    async def untold(self, *, most: int) -> list[ReviewTexts]:
        """Those that appeared and were not told yet, held until the end of the transaction; without their words."""
        ...

    async def told(self, review: ReviewTexts) -> None: ...
