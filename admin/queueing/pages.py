"""What the queue's page may show: one frozen dataclass, and the lines it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.pages import Frame
from admin.queueing.address import Ask
from admin.queueing.marks import Part
from bot.domain.case import CaseCode


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """A case in the queue."""

    code: CaseCode
    version: int
    parts: Sequence[Part]  # the resident's first words, what was searched for apart
    kind_key: str
    category: str  # its name, empty when there is none
    place: str
    ward_name: str  # empty where every row has the same
    desk_key: str  # as above
    channel_key: str
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None  # None while it is open
    lateness: str  # "late", "today" or empty
    late_days: int  # working days since it was due; 0 on the day itself
    owner: str  # a name, empty for nobody
    is_mine: bool
    has_news: bool  # the newest words are the resident's
    is_emergency: bool
    is_restricted: bool
    joined_count: int
    disputes: int
    undelivered: int
    is_waiting: bool  # for the resident
    warned_key: str  # who was warned that its time runs out; empty: nobody
    has_files: bool
    waits_for_me: bool = False  # somebody proposed something, and the viewer can decide


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """A queue one goes to by a press. `count` is a number in words, empty where none is shown."""

    wording_key: str  # empty for a saved view, which has a name
    name: str
    address: str
    count: str
    is_here: bool
    is_warning: bool = False
    id: int = 0  # of a saved view


@dataclass(frozen=True, kw_only=True)
class Option:
    """A choice of a select."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A select of the filter form: the field's name, its label's wording key, and what can be chosen beside "any"."""

    name: str
    wording_key: str
    options: Sequence[Option]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A filter that is on: in words, and the address without it."""

    words: str
    address: str


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """Everything `staff/queue.html` may use."""

    frame: Frame
    ask: Ask
    title: str  # of this view
    rows: Sequence[QueueRow]
    views: Sequence[ViewLink]
    saved: Sequence[ViewLink]
    choices: Sequence[Choice]
    sorts: Sequence[Option]
    chosen: Sequence[Chosen]
    empty_key: str  # with "_title" and "_text" it names two sentences
    before: str  # addresses; empty where there is no such page
    after: str
    first: str
    refresh: str
    may_act: bool  # rows can be ticked
    are_ticked: bool
    tick_all: str  # address of this page with every row ticked
    place: str  # of the newest fact this page knows, sealed; the live stream goes on from it
    is_saved: bool
    typed_name: str  # of a view that could not be saved
    trouble: str
    done_key: str  # what was just done, empty otherwise
