"""What each page of the desk may show: one frozen dataclass a template, and the lines they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from admin.case.parts import (
    CaseBoardPart,
    ClocksPart,
    ClosingTyped,
    DisputePart,
    EvidenceLine,
    KindOption,
    LookPart,
    MapPart,
    OtherLine,
    OwnerPart,
    PhotoLine,
    PreviewPart,
    ReachPart,
    ReplyPart,
    SecondPart,
    TellPart,
    TiesPart,
)
from admin.unsent import Unsent
from bot.domain.case import CaseCode
from bot.domain.difference import Piece


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Who is signed in; every page of the desk but the sign-in has it."""

    full_name: str
    initials: str
    place: str  # the ward, or the city's desk
    links: Sequence["BarLink"]
    lacks_code: bool = False  # stands in for somebody whose place takes a second factor


@dataclass(frozen=True, kw_only=True)
class BarLink:
    """A place of the desk in its bar; see `admin.navigation`."""

    path: str
    wording_key: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class SignInPage:
    """Everything `staff/sign_in.html` may use."""

    username: str  # as typed, after a failure
    next_path: str
    trouble: str  # a sentence, empty at first
    trouble_at: str  # the field that it is about, empty for none
    unsent: Unsent | None = None  # what was being sent when the session was found to be over
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class CodeStepPage:
    """Everything `staff/code_step.html` may use: the code after the password."""

    next_path: str
    typed: str  # after a failure
    trouble: str  # a sentence, empty at first
    unsent: Unsent | None = None


@dataclass(frozen=True, kw_only=True)
class AuthenticatorPage:
    """Everything `staff/authenticator.html` may use. Without `secret` nothing is being set up."""

    frame: Frame
    is_on: bool
    is_needed: bool  # by the role
    is_forced: bool  # nothing else may be done before
    since: datetime | None
    codes_left: int
    used_recovery: bool  # just now, to sign in
    secret: Sequence[str]  # in groups of four
    qr: str  # the same as a picture, markup
    address: str  # the same for an app on this very device
    reset_at: datetime | None
    reset_by: str  # a colleague's name, empty for the command line
    trouble: str
    trouble_at: str  # the field that it is about, with the form's name before it
    typed: Mapping[str, str]  # by the field's name, after a failure


@dataclass(frozen=True, kw_only=True)
class RecoveryPage:
    """Everything `staff/recovery_codes.html` may use: the one time they are shown."""

    frame: Frame
    username: str
    codes: Sequence[str]
    next_path: str


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """Where somebody is signed in. `handle` is the beginning of the hash that is kept: it opens nothing."""

    handle: str
    device: str  # "Điện thoại · Chrome"
    since: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, kw_only=True)
class SessionsPage:
    """Everything `staff/sessions.html` may use."""

    frame: Frame
    lines: Sequence[SessionLine]
    done_key: str
    trouble_key: str


@dataclass(frozen=True, kw_only=True)
class PasswordPage:
    """Everything `staff/password.html` may use."""

    frame: Frame
    username: str  # for the browser's password store
    is_forced: bool
    trouble: str
    trouble_at: str  # the field that it is about, empty for none


@dataclass(frozen=True, kw_only=True)
class NothingPage:
    """Everything `staff/nothing.html` may use: for roles that see no case."""

    frame: Frame


@dataclass(frozen=True, kw_only=True)
class RefusedPage:
    """Everything `staff/refused.html` may use: what is not there for them, or not theirs to do."""

    frame: Frame
    status: int
    wording_key: str  # "desk_refused_404": with "_title" and "_text" it names two sentences


@dataclass(frozen=True, kw_only=True)
class NotSentPage:
    """Everything `staff/not_sent.html` may use: what was typed, given back."""

    reason_key: str
    unsent: Unsent | None
    words: Sequence[str]  # what was written, also where it cannot be sent again
    may_send: bool  # there is a session to send it with
    back: str  # where to go on


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file of a message. `url` is empty when it may not or cannot be served; then `trouble_key` says why."""

    name: str
    kind_key: str
    url: str
    is_image: bool
    trouble_key: str
    page: str = ""  # where a picture is looked at


@dataclass(frozen=True, kw_only=True)
class EditLine:
    """What one edit of a message changed, word by word."""

    at: datetime
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class ThreadLine:
    """A message of the thread. `author` is "resident", "staff" or "note"."""

    author: str
    who: str
    text: str
    at: datetime
    edited_at: datetime | None
    files: Sequence[FileLine]
    delivery_key: str  # empty for what needs no delivery
    is_undelivered: bool
    delivery_error: str
    id: int = 0
    is_masked: bool = False  # personal data in it is sealed
    repeats: int = 0
    edits: Sequence[EditLine] = ()  # oldest first


@dataclass(frozen=True, kw_only=True)
class ReporterPart:
    """A neighbour who joined this case, with what they said. `state_key` tells of our newest answer to them, if any."""

    name: str
    code: CaseCode
    lines: Sequence[ThreadLine]
    state_key: str
    is_undelivered: bool


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """A fact of the timeline."""

    at: datetime
    words: str
    who: str
    detail: str
    within: Sequence["TimelineLine"] = ()  # what it stands for, where several are folded into one


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """A case as its page shows it."""

    code: CaseCode
    version: int
    kind_key: str
    category: str  # its name in the page's language, empty when there is none
    ward_name: str
    desk_key: str
    channel_key: str
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None
    outcome_key: str
    lateness: str
    map_url: str
    is_open: bool
    is_restricted: bool
    resident: str  # what the resident is called, never a name of theirs
    is_anonymous: bool
    disputes: int
    is_waiting: bool  # for the resident
    is_publishable: bool  # a text about it might be public; the page of that decides


@dataclass(frozen=True, kw_only=True)
class PhotoPage:
    """Everything `staff/photo.html` may use: one picture of a case. A path is empty where there is no further one."""

    frame: Frame
    code: CaseCode
    photo: PhotoLine
    number: int  # from 1
    count: int
    previous: str
    following: str


@dataclass(frozen=True, kw_only=True)
class WardOption:
    """A ward to move a case to."""

    code: str
    name: str
    is_xa: bool


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed into one of the forms and not taken; shown again in it. `form` is empty at first."""

    form: str = ""
    text: str = ""
    outcome: str = ""
    ward: str = ""
    why: str = ""
    username: str = ""
    other: str = ""  # another case's code, or the day the resident was reached
    kind: str = ""  # or the way they were reached
    new_day: str = ""
    messages: frozenset[int] = frozenset()  # ticked
    closing: ClosingTyped = field(default_factory=ClosingTyped)
    asks: bool = False  # ticked: the resident is to answer
    look: LookPart | None = None  # what to look at before the closing is sent


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Everything `staff/case.html` may use."""

    frame: Frame
    case: CaseFacts
    thread: Sequence[ThreadLine]  # oldest first
    timeline: Sequence[TimelineLine]  # oldest first, nothing folded: forms count on it
    story: Sequence[TimelineLine]  # the same as it is read; see `admin.case.timeline`
    wards: Sequence[WardOption]
    outcomes: Mapping[str, str]  # value to its wording key
    grounds: Mapping[str, str]  # of a refusal: value to its wording key
    reasons: Mapping[str, str]  # of a move: value to its wording key, the usual one first
    is_at_city: bool
    seen: str  # how much of thread and timeline this page shows: comes back with each form
    typed: Typed = field(default_factory=Typed)
    trouble: str = ""  # a sentence about the form that was typed into
    trouble_at: str = ""  # the field that it is about, empty for none
    is_stale: bool = False
    new_messages: Sequence[ThreadLine] = ()  # since the stale form was opened
    new_events: Sequence[TimelineLine] = ()
    done_key: str = ""
    rights: frozenset[str] = frozenset()  # what the viewer may do, by the values of `bot.domain.rights.Right`
    owner: OwnerPart
    ties: TiesPart
    board: CaseBoardPart | None  # of the codes, where it has to do with one
    kinds: Sequence[KindOption]
    reply: ReplyPart
    others: Sequence[OtherLine]  # who else has it open
    preview: PreviewPart | None = None
    second: SecondPart
    map: MapPart | None = None
    dispute: DisputePart
    reach: ReachPart | None = None  # what staff wrote has not arrived
    tell: TellPart | None = None  # of a case told at the counter or on the phone
    clocks: ClocksPart
    trace: Sequence[str] = ()  # why it came to its ward, in sentences
    evidence: Sequence[EvidenceLine] = ()  # what was found about the photos of its closings
    photos: Sequence[PhotoLine] = ()  # of everybody who wrote about it, oldest first
    reporters: Sequence[ReporterPart] = ()  # who joined it
    main_answers: Sequence[ThreadLine] = ()  # of the case that this one joined
