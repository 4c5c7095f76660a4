"""What was said and done about a case: messages (words and files) and events (facts with a time)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.case import CaseId
from bot.domain.incoming import StoredFile
from bot.domain.people import StaffId
from bot.domain.reply import DeliveryState


class Author(StrEnum):
    """Who a message is from."""

    RESIDENT = "resident"
    STAFF = "staff"  # an answer: the resident reads it
    NOTE = "note"  # internal: the resident never reads it


class EventKind(StrEnum):
    """What can happen to a case."""

    FILED = "filed"
    ADDED = "added"  # the resident wrote more
    EDITED = "edited"  # the resident changed earlier words
    ANSWERED = "answered"
    NOTED = "noted"
    MOVED = "moved"
    CLOSED = "closed"
    UNDELIVERED = "undelivered"  # a reply can never reach the resident
    QUESTIONED = "questioned"  # time to ask once more whether the closing is still true; of who rated, nobody was asked
    REACHED = "reached"  # what had not reached the resident has: by staff, or because they came back
    JOINED = "joined"  # another resident's case joined this one, or this one joined another
    DISPUTED = "disputed"  # the resident says that the closing is not true
    PAUSED = "paused"  # staff hear nothing of this resident for a time
    RESUMED = "resumed"
    TAKEN = "taken"  # a staff member made it theirs
    ASSIGNED = "assigned"  # somebody made it another's
    HANDED_BACK = "handed_back"  # its owner gave it back to the queue
    RETURNED = "returned"  # its owner did nothing in time: the clock gave it back
    LINKED = "linked"  # this case and another have to do with each other
    SPLIT = "split"  # some of its words became a case of their own
    IDENTITY = "identity"  # somebody asked who the resident is, decided about it, or looked
    EXCLUDED = "excluded"  # somebody was barred from it, or no longer is
    ASSISTED = "assisted"  # staff wrote it down for the resident and read it back
    TOLD = "told"  # staff told the resident the answers themselves: no channel leads there
    REDIRECTED = "redirected"  # an answer that the resident's chat did not take went to another chat of theirs
    SENT_AGAIN = "sent_again"  # a reply that had not reached the resident was put on its way once more
    CAME_BACK = "came_back"  # what it was planned for is over: it is open again, and due anew
    POSTPONED = "postponed"  # "not yet": a new day was promised, with a reason
    PROPOSED = "proposed"  # a closing or a third new day, for a second person to decide
    UNPROPOSED = "unproposed"  # that was sent back
    ASKED = "asked"  # staff wait for the resident's answer: the clocks stand still
    GOES_ON = "goes_on"  # the resident spoke: the clocks run again
    DEADLINE_MOVED = "deadline_moved"  # the calendar changed
    FADING = "fading"  # its time is over: staff are told that its words go
    ESCALATED = "escalated"  # somebody was warned that a clock runs out


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message about to be added to a case's thread."""

    case_id: CaseId
    author: Author
    text: str
    at: datetime
    staff_id: StaffId | None = None
    source_id: str = ""  # the channel's message id, for edits
    group_id: str = ""  # an album's parts are one message
    files: tuple[StoredFile, ...] = ()
    sealed: str = ""  # the words before personal data in `text` was masked, encrypted; empty when nothing was
    repeats: int = 0  # how often the same words came again


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a message, as the desk lists it."""

    id: int
    message_id: int
    file: StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage:
    """A message as the desk shows it. `delivery` is None for what needs none (the resident's words, notes)."""

    id: int
    author: Author
    staff_name: str  # empty for a resident
    text: str
    at: datetime
    edited_at: datetime | None
    attachments: tuple[Attachment, ...]
    delivery: DeliveryState | None
    delivery_error: str
    is_masked: bool = False  # personal data in it is sealed; `text` shows dots
    repeats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What staff answered, as its resident may read it again. `is_undelivered`: it never reached them."""

    text: str
    at: datetime
    is_undelivered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A note that names a staff member, as they find it in their list."""

    id: int
    case_code: str
    text: str  # the note
    by_name: str
    at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message's words without all that hangs on it."""

    id: int
    author: Author
    text: str
    at: datetime
    repeats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The words a message had before they were edited; `at` is when they were replaced."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """A fact of the timeline. `details` holds short values only (codes, outcomes, desks), never a resident's text."""

    case_id: CaseId
    kind: EventKind
    at: datetime
    staff_id: StaffId | None = None
    staff_name: str = ""
    details: Mapping[str, str] | None = None
