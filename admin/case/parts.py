"""The parts that the case's page is made of, beside the thread and the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.case import CaseCode


@dataclass(frozen=True, kw_only=True)
class OwnerPart:
    """Whose the case is. `name` is empty when it is nobody's."""

    name: str
    is_me: bool
    until: datetime | None
    may_take: bool
    may_assign: bool
    colleagues: Sequence[tuple[str, str]]  # username and name of those of the ward


@dataclass(frozen=True, kw_only=True)
class TiedLine:
    """Another case that has to do with this one. `how_key` is the wording of why."""

    code: CaseCode
    how_key: str
    is_linked: bool  # can be unlinked
    is_open: bool
    excerpt: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class TiesPart:
    """The other cases that have to do with this one, as far as one may see them."""

    main_code: CaseCode | None  # the one it has joined
    lines: Sequence[TiedLine]
    may_tie: bool
    is_joined: bool  # it has joined another, visible or not


@dataclass(frozen=True, kw_only=True)
class KindOption:
    """A kind of case to choose."""

    value: str
    wording_key: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class KeptDraft:
    """What the viewer typed into a form before, and has not sent."""

    text: str
    at: datetime
    fields: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ClosingTyped:
    """What was typed into the close form beside its words and outcome. `lacks`: a field's name to what is wrong there."""

    fields: Mapping[str, str] = field(default_factory=dict)
    lacks: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[str] = ()  # names of those that are kept
    files_sealed: str = ""


@dataclass(frozen=True, kw_only=True)
class TemplateOption:
    """A ready text to choose."""

    id: int
    name: str
    language: str


@dataclass(frozen=True, kw_only=True)
class PreviewPart:
    """What the resident will see: the pieces of it, and the choices under the last one."""

    channel_key: str
    language: str
    pieces: Sequence[str]
    choices: Sequence[str]
    is_numbered: bool  # the channel has no buttons
    pictures: Sequence["PictureLine"] = ()
    files: Sequence[str] = ()  # names of those that are no pictures


@dataclass(frozen=True, kw_only=True)
class PictureLine:
    """A picture that is to prove a closing, and all that was found about it. `small`: an address, empty where it is gone."""

    name: str
    small: str
    large: str = ""  # an address; empty while it is in no case
    lines: Sequence["EvidenceLine"] = ()


@dataclass(frozen=True, kw_only=True)
class ReplyPart:
    """What helps to write to the resident."""

    language: str  # what they read
    templates: Sequence[TemplateOption]
    drafts: Mapping[str, KeptDraft]  # by form
    template_id: int = 0  # chosen


@dataclass(frozen=True, kw_only=True)
class OtherLine:
    """Somebody else who has the case open now."""

    name: str
    is_writing: bool


@dataclass(frozen=True, kw_only=True)
class TellPart:
    """What staff must tell the resident themselves: the ids of the answers that nobody has told yet."""

    untold: frozenset[int]
    may_note: bool


@dataclass(frozen=True, kw_only=True)
class DisputePart:
    """What a disputed closing means for this viewer and this case."""

    is_barred: bool  # they closed it themselves: somebody else looks at it
    city_key: str  # the wording of what the city may do with it; empty where it did not come to the city
    may_note: bool  # the resident may still dispute the closing, and the viewer may write it down for them


@dataclass(frozen=True, kw_only=True)
class ReachPart:
    """What staff wrote has not arrived. `first_day` and `today` are ISO dates: between them the resident was reached."""

    count: int
    why: str  # of the newest, in words
    since: datetime
    ways: Mapping[str, str]  # value to its wording key
    first_day: str
    today: str
    may_note: bool


@dataclass(frozen=True, kw_only=True)
class MapPart:
    """The ward's border as an SVG path, and where the pin stands in it (x, y); see `admin.case.map` for the units."""

    border: str
    pin: tuple[str, str] | None
    streets: Sequence[str]  # some that are known to lie in the ward


@dataclass(frozen=True, kw_only=True)
class PhotoLine:
    """A picture of a case. `url` is the copy that may be shown, `small` a small one of it, `page` where it is looked at."""

    id: int
    url: str
    small: str
    page: str
    who: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """A time that runs or has run, in words and as a bar: SVG paths from x 0 to 320; see `admin.case.clocks`."""

    testid: str
    title: str
    words: str
    is_late: bool
    is_paused: bool  # staff wait for the resident
    spent: str  # the part within the deadline
    late: str  # the part after it; empty when there is none
    due: str  # the mark of the deadline


@dataclass(frozen=True, kw_only=True)
class ClocksPart:
    """How long the resident has waited, what presses most first. `notes` are what moved the deadline, or did not."""

    lines: Sequence[ClockLine]
    deadline: str  # the words of the one that the resident knows, whether it stands or runs
    warned: str  # who was told that one of them runs out; empty: nobody
    notes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ProposalPart:
    """What waits for a second person. `text` is what the resident would read, or the new day and why."""

    id: int
    kind: str  # "close" or "postpone"
    by: str
    at: datetime
    text: str
    language: str
    files: Sequence[tuple[str, str]]  # those that are no pictures: name and address; none where it may not be shown
    pictures: Sequence[PictureLine]
    override: str  # why parts may be missing; empty where none is
    is_mine: bool
    is_stale: bool  # the case changed since: it is void
    may_decide: bool


@dataclass(frozen=True, kw_only=True)
class SecondPart:
    """Whether closing this case takes two, and who could be the second. `stuck_key`: what to do where there is nobody."""

    takes_two: bool = False
    names: Sequence[str] = ()
    stuck_key: str = ""
    proposal: ProposalPart | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceLine:
    """One finding. `now` and `then` are addresses of pictures, empty where there is none to show."""

    words: str
    is_doubt: bool
    now: str
    then: str = ""
    then_code: CaseCode | None = None  # None beside a `then_at`: of a case that the viewer may not open
    then_at: datetime | None = None
    who: str = ""  # who sent it; empty before it is sent
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class LookPart:
    """What must be looked at before the closing is sent. `seen` comes back with the form."""

    lines: Sequence[EvidenceLine]
    seen: str
    needs_reason: bool
    reason: str = ""  # as typed


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardOption:
    """A board of the case's ward to choose."""

    id: int
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBoardPart:
    """What the page says of boards. A place is empty where there is none."""

    came_from: str
    came_from_id: int | None
    about: str
    about_id: int | None
    choices: Sequence[BoardOption]  # empty where there is nothing to choose
