"""What a queue is asked for and what it shows: filter, order, place in it, line, counts. Finding them is `storage.queue`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.case import CaseCode, CaseId, CaseKind, CaseStatus, Desk
from bot.domain.clocks.state import Step
from bot.domain.people import Channel, StaffId
from bot.domain.ward import WardCode

COUNT_CAP = 2_000  # beyond it a count says "2 000+": nobody works through more, and counting on costs every page

_KEY = re.compile(r"d(\d{1,17})_(\d{1,17})|([nf])(\d{1,17})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Sort(StrEnum):
    """The order of a queue. Newest and oldest go by acceptance, whatever a clock said."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which of the cases one may see are wanted. What is not set is not asked for."""

    status: CaseStatus | None = CaseStatus.OPEN  # None with `words` or `is_undelivered` only: open and closed
    desk: Desk | None = None
    kind: CaseKind | None = None
    category: str = ""
    ward_code: WardCode | None = None
    owner_id: StaffId | None = None
    is_unowned: bool = False
    due_from: datetime | None = None  # inclusive
    due_before: datetime | None = None  # exclusive
    channel: Channel | None = None
    is_emergency: bool = False
    is_disputed: bool = False  # its resident said that a closing was not true
    is_undelivered: bool = False  # words of staff have not reached the resident; also of cases that joined another
    words: str = ""  # a case's code, or words of it in any spelling; the last may be a beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueKey:
    """A place between two lines of a queue (keyset paging), in the queue's own order.

    `due_at` is set where that is the order. `is_folded` is for a search: the lines with exactly the marks that were typed
    come first, and this place is behind them.
    """

    case_id: int
    due_at: datetime | None = None
    is_folded: bool = False

    def __str__(self) -> str:
        """Text for a link."""
        if self.due_at is None:
            return f"{'f' if self.is_folded else 'n'}{self.case_id}"
        return f"d{(self.due_at - _EPOCH) // timedelta(microseconds=1)}_{self.case_id}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The reverse; None (the first page) for anything else."""
        found = _KEY.fullmatch(text)
        if not found:
            return None
        if found[3]:
            return cls(case_id=int(found[4]), is_folded=found[3] == "f")
        # 10**17 microseconds end in the year 5138, so this cannot overflow.
        return cls(case_id=int(found[2]), due_at=_EPOCH + timedelta(microseconds=int(found[1])))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A case as a row of the queue."""

    id: CaseId
    code: CaseCode
    version: int
    kind: str
    category: str
    ward_code: WardCode | None
    desk: Desk
    status: CaseStatus
    channel: Channel
    excerpt: str
    place: str  # the street or spot, folded; empty when the words name none
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None
    owner_id: StaffId | None
    owner_name: str
    is_emergency: bool
    is_sensitive: bool
    joined_count: int
    disputes: int
    hops: int
    has_files: bool
    is_unanswered: bool  # the newest words are the resident's
    has_more: bool  # and they are not those it was filed with
    undelivered: int  # answers that have not reached the resident
    waits_since: datetime | None = None  # staff asked the resident something
    warned: Step | None = None  # the farthest that was warned since it was last opened


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Some lines of a queue in order, and where to go on in either direction (None: nothing more there)."""

    lines: tuple[QueueLine, ...]
    before: QueueKey | None = None
    after: QueueKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many open cases a viewer has. A number above `COUNT_CAP` means "more than that"; it is never counted further.

    `undelivered` counts closed ones and neighbours' too. It is 0 for an inspector, who reaches nobody.
    """

    open: int = 0
    mine: int = 0
    unowned: int = 0
    late: int = 0
    today: int = 0
    emergency: int = 0
    undelivered: int = 0
