"""What the queue is asked for, as its address says it: filters, order, words. Everything unknown in it is as good as absent.

An address is canonical: what is usual is left out, so that two that mean the same are the same text (saved views rely on
it). Where a page begins (`after`, `before`) is no part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar
from urllib.parse import urlencode

from bot.domain.case import CaseKind, CaseStatus, Desk
from bot.domain.people import Channel, StaffId
from bot.domain.queueing import QueueFilter, Sort
from bot.domain.ward import WardCode
from bot.understanding.categories import load_categories

LONGEST_WORDS = 200  # characters of a search
MINE, NOBODY = "me", "none"

E = TypeVar("E", bound=StrEnum)


class Status(StrEnum):
    """Which cases: open ones, closed ones, or both (for a search)."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class Due(StrEnum):
    """Which deadlines."""

    LATE = "late"
    TODAY = "today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A queue that somebody wants to see. Fields have the names they have in the address."""

    status: Status = Status.OPEN
    q: str = ""
    due: Due | None = None
    owner: str = ""  # `MINE`, `NOBODY`, or a member's id
    desk: Desk | None = None
    kind: CaseKind | None = None
    category: str = ""
    ward: str = ""
    channel: Channel | None = None
    emergency: bool = False
    disputed: bool = False
    undelivered: bool = False
    sort: Sort | None = None  # None: what is usual for the status

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Never raises."""
        given = {name: query.get(name, "")[:LONGEST_WORDS] for name in (field.name for field in fields(cls))}
        asked = cls(
            status=_known(Status, given["status"]) or Status.OPEN,
            q=" ".join(given["q"].replace("\0", " ").split()),
            due=_known(Due, given["due"]),
            owner=given["owner"] if given["owner"] in (MINE, NOBODY) or is_id(given["owner"]) else "",
            desk=_known(Desk, given["desk"]),
            kind=_known(CaseKind, given["kind"]),
            category=given["category"] if given["category"] in load_categories() else "",
            ward=given["ward"] if len(given["ward"]) == 5 and is_id(given["ward"]) else "",
            channel=_known(Channel, given["channel"]),
            emergency=given["emergency"] == "1",
            disputed=given["disputed"] == "1",
            undelivered=given["undelivered"] == "1",
            sort=_known(Sort, given["sort"]),
        )
        if asked.status is Status.ALL and not asked.q and not asked.undelivered:
            asked = replace(asked, status=Status.OPEN)  # everything there ever was is nobody's queue
        return replace(asked, sort=None) if asked.sort is asked.usual_sort else asked

    @property
    def usual_sort(self) -> Sort:
        return Sort.DUE if self.status is Status.OPEN else Sort.NEWEST

    @property
    def order(self) -> Sort:
        return self.sort or self.usual_sort

    @property
    def parts(self) -> dict[str, str]:
        """What is asked for, without what is usual; in the order of the fields."""
        found: dict[str, str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value and value is not Status.OPEN:
                found[field.name] = "1" if value is True else str(value)
        return found

    @property
    def query(self) -> str:
        """What stands after the "?"; empty for the usual queue."""
        return urlencode(self.parts)

    @property
    def narrowing(self) -> dict[str, str]:
        """The parts that leave cases out, for "take this filter away"."""
        return {name: value for name, value in self.parts.items() if name not in ("sort", "status")}

    def without(self, name: str) -> Self:
        """The same, with that part as usual."""
        return self.read({key: value for key, value in self.parts.items() if key != name})

    def filter(self, me: StaffId, *, now: datetime, today_ends: datetime) -> QueueFilter:
        """As storage understands it."""
        return QueueFilter(
            status={Status.OPEN: CaseStatus.OPEN, Status.CLOSED: CaseStatus.CLOSED}.get(self.status),
            desk=self.desk,
            kind=self.kind,
            category=self.category,
            ward_code=WardCode(self.ward) if self.ward else None,
            owner_id=me if self.owner == MINE else StaffId(int(self.owner)) if is_id(self.owner) else None,
            is_unowned=self.owner == NOBODY,
            due_from=now if self.due is Due.TODAY else None,
            due_before={Due.LATE: now, Due.TODAY: today_ends}.get(self.due) if self.due else None,
            channel=self.channel,
            is_emergency=self.emergency,
            is_disputed=self.disputed,
            is_undelivered=self.undelivered,
            words=self.q,
        )


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _known(kind: type[E], text: str) -> E | None:
    try:
        return kind(text)
    except ValueError:
        return None
