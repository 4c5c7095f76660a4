"""What the pages for several cases may show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.pages import Frame, WardOption
from admin.queueing.bulk.order import Order
from admin.queueing.pages import QueueRow
from bot.domain.case import CaseCode


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A case that stays as it is, and why."""

    code: CaseCode
    wording_key: str
    may_open: bool  # this member may see it


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody to whom cases can be given."""

    username: str
    full_name: str


@dataclass(frozen=True, kw_only=True)
class BulkPage:
    """Everything `staff/bulk.html` may use: the choice at first, then what would happen."""

    frame: Frame
    order: Order
    is_preview: bool
    rows: Sequence[QueueRow]  # to these it would be done
    skipped: Sequence[Skipped]
    colleagues: Sequence[Colleague]
    wards: Sequence[WardOption]
    reasons: Mapping[str, str]  # of a move: value to its wording key
    target: str  # whom or where, in words, once it is chosen
    told_at_once: int  # cases whose neighbours hear at once: these cannot be undone
    trouble: str  # a sentence, empty while nothing is wrong
    trouble_at: str  # the field that it is about


@dataclass(frozen=True, kw_only=True)
class DonePage:
    """Everything `staff/bulk_done.html` may use."""

    frame: Frame
    wording_key: str  # of the sentence that counts what was done
    done: Sequence[CaseCode]
    skipped: Sequence[Skipped]
    ticket: str  # empty where nothing can be undone
    seconds_left: int
