"""A closing: what it must say before it counts, and what may follow it. Which closing is meant is told by its moment.

What an outcome owes is `missing_parts`: a pure rule, asked by the form's preview and by the service that closes. Who may
close all the same, and why, is `bot.services.closing_gate`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.case import Case, CaseCode, CaseId, CaseStatus
from bot.domain.city_day import city_moment
from bot.domain.incoming import StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import StaffId
from bot.domain.thread import CaseEvent, EventKind

DISPUTE_WITHIN = timedelta(days=30)  # after a closing; later the same thing is a matter of its own
STARS = (1, 2, 3, 4, 5)
LONGEST_LINE = 300  # characters of who, what, on which basis
MOST_PLANNED_DAYS = 366  # a plan for later than that is none
COMES_BACK_AT = time(8)  # of the morning after the planned day: nobody is written to at night


class Ground(StrEnum):
    """Why a matter is refused. A closed list: a refusal needs a listed ground and an explanation (L-24, L-32)."""

    SETTLED = "settled"  # settled before by whoever may settle it, and pressed again
    REPEATED = "repeated"  # repeated, without anything new
    UNLAWFUL = "unlawful"  # what is asked for may not be done
    OTHER_ROAD = "other_road"  # the law has a road of its own for it: a complaint, a denunciation, a court
    UNCLEAR = "unclear"  # asked and not told: there is nothing that could be checked


class ClosingPart(StrEnum):
    """What a closing may lack; each is a field of the form. The last ones are there and cannot be."""

    TEXT = "text"
    WHAT = "what"
    UNIT = "unit"
    DONE_ON = "done_on"
    EVIDENCE = "evidence"
    PLANNED_FOR = "planned_for"
    HANDED_TO = "handed_to"
    GROUND = "ground"
    BASIS = "basis"
    DUPLICATE_OF = "duplicate_of"
    DONE_LATER = "done_later"  # done on a day that has not come
    PLANNED_PAST = "planned_past"  # planned for a day that is over
    PLANNED_FAR = "planned_far"
    TOO_LONG = "too_long"  # a line of more than `LONGEST_LINE` characters


# What may be waived with a reason. Never the words (nobody closes silently), nor what makes the outcome what it is: a plan
# without its day never comes back, a refusal without a listed ground is none (L-32).
MAY_BE_WAIVED = frozenset(
    {ClosingPart.WHAT, ClosingPart.UNIT, ClosingPart.DONE_ON, ClosingPart.EVIDENCE, ClosingPart.BASIS, ClosingPart.HANDED_TO}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingReport:
    """What the closer says. Fields of other outcomes are ignored: `trimmed` leaves them out.

    `text` is said to the resident as it stands; for what is done, `what` may stand alone.
    """

    outcome: Outcome
    text: str
    what: str = ""
    unit: str = ""
    done_on: date | None = None
    planned_for: date | None = None
    handed_to: str = ""
    is_handed_over: bool = False
    ground: Ground | None = None
    basis: str = ""
    duplicate_of: CaseCode | None = None
    files: tuple[StoredFile, ...] = ()

    @property
    def has_evidence(self) -> bool:
        """Whether a photo or a document came with it that we really have."""
        return any(file.key and file.trouble is None for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClosing:
    """A closing about to be kept. `missing` is what was waived, by whom and why."""

    case_id: CaseId
    at: datetime
    closer_id: StaffId | None
    report: ClosingReport
    message_id: int | None  # the words the resident was sent; None where they closed it themselves
    minutes_open: int  # whole minutes since it was filed or last opened again
    proposed_by: StaffId | None = None
    missing: tuple[ClosingPart, ...] = ()
    override_reason: str = ""
    overridden_by: StaffId | None = None
    duplicate_id: CaseId | None = None
    returns_at: datetime | None = None  # when a planned case comes back by itself
    ask_at: datetime | None = None  # when the resident is first asked whether it is still so


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A closing as it was kept. One from before the gate (`is_gated` False) knows its outcome and its moment only."""

    id: int
    case_id: CaseId
    at: datetime
    closer_id: StaffId | None
    proposed_by: StaffId | None
    report: ClosingReport
    override_reason: str
    overridden_by: StaffId | None
    missing: tuple[ClosingPart, ...]
    has_evidence: bool
    minutes_open: int | None
    disputed_at: datetime | None
    is_gated: bool
    message_id: int | None = None
    returns_at: datetime | None = None


def missing_parts(report: ClosingReport, today: date | None = None) -> tuple[ClosingPart, ...]:
    """What this report lacks, in the order of the form; empty where it may close.

    Args:
        today: The day in the city; without it no day is compared with it.
    """
    owed = _OWED[report.outcome](report, today)
    long = [ClosingPart.TOO_LONG] if any(len(line) > LONGEST_LINE for line in _lines(report)) else []
    words = report.text or (report.what if report.outcome is Outcome.DONE else "")
    return (*owed, *long, *(() if words.strip() else (ClosingPart.TEXT,)))


def _done(report: ClosingReport, today: date | None) -> list[ClosingPart]:
    lacks = _empty((ClosingPart.WHAT, report.what), (ClosingPart.UNIT, report.unit), (ClosingPart.DONE_ON, report.done_on))
    if report.done_on and today and report.done_on > today:
        lacks.append(ClosingPart.DONE_LATER)
    return lacks if report.has_evidence else [*lacks, ClosingPart.EVIDENCE]


def _planned(report: ClosingReport, today: date | None) -> list[ClosingPart]:
    return trouble_with_day(report.planned_for, today)


def trouble_with_day(day: date | None, today: date | None) -> list[ClosingPart]:
    """What is wrong with a promised day, if anything."""
    if day is None:
        return [ClosingPart.PLANNED_FOR]
    if today is not None and day <= today:
        return [ClosingPart.PLANNED_PAST]
    if today is not None and (day - today).days > MOST_PLANNED_DAYS:
        return [ClosingPart.PLANNED_FAR]
    return []


def _not_ours(report: ClosingReport, _today: date | None) -> list[ClosingPart]:
    return _empty((ClosingPart.HANDED_TO, report.handed_to))


def _refused(report: ClosingReport, _today: date | None) -> list[ClosingPart]:
    return _empty((ClosingPart.GROUND, report.ground), (ClosingPart.BASIS, report.basis))


def _duplicate(report: ClosingReport, _today: date | None) -> list[ClosingPart]:
    return _empty((ClosingPart.DUPLICATE_OF, report.duplicate_of))


def _no_action(_report: ClosingReport, _today: date | None) -> list[ClosingPart]:
    return []


_OWED = {
    Outcome.DONE: _done,
    Outcome.PLANNED: _planned,
    Outcome.NOT_OURS: _not_ours,
    Outcome.REFUSED: _refused,
    Outcome.DUPLICATE: _duplicate,
    Outcome.NO_ACTION: _no_action,
}


def _empty(*parts: tuple[ClosingPart, object]) -> list[ClosingPart]:
    return [part for part, value in parts if not (value.strip() if isinstance(value, str) else value)]


def _lines(report: ClosingReport) -> tuple[str, ...]:
    return (report.what, report.unit, report.handed_to, report.basis)


def trimmed(report: ClosingReport) -> ClosingReport:
    """The report without the fields of other outcomes, and every line on one line."""
    of = report.outcome
    is_done, is_sent_away, is_refused = of is Outcome.DONE, of is Outcome.NOT_OURS, of is Outcome.REFUSED
    return ClosingReport(
        outcome=of,
        text=report.text.strip(),
        what=_line(report.what) if is_done else "",
        unit=_line(report.unit) if is_done else "",
        done_on=report.done_on if is_done else None,
        planned_for=report.planned_for if of is Outcome.PLANNED else None,
        handed_to=_line(report.handed_to) if is_sent_away else "",
        is_handed_over=report.is_handed_over and is_sent_away,
        ground=report.ground if is_refused else None,
        basis=_line(report.basis) if is_refused else "",
        duplicate_of=report.duplicate_of if of is Outcome.DUPLICATE else None,
        files=report.files,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def comes_back_at(planned_for: date, zone: tzinfo) -> datetime:
    """When a case that was planned for this day of the city asks whether it was done, in UTC."""
    return city_moment(planned_for + timedelta(days=1), COMES_BACK_AT, zone)


def minutes_open(case: Case, timeline: Sequence[CaseEvent], now: datetime) -> int:
    """Whole minutes since it was filed or last opened again."""
    since = max((event.at for event in timeline if opens_again(event)), default=case.created_at)
    return max(0, int((now - since).total_seconds() // 60))


def opens_again(event: CaseEvent) -> bool:
    """Whether a closed case was opened by it."""
    if event.kind in (EventKind.DISPUTED, EventKind.CAME_BACK):
        return True
    return event.kind in (EventKind.ADDED, EventKind.EDITED) and bool((event.details or {}).get("reopened"))


def closing_of(case: Case) -> str:
    """The case's present closing, short enough for a button; empty while it is open."""
    return f"{int(case.closed_at.timestamp()):x}" if case.closed_at else ""


def may_be_disputed(case: Case, now: datetime) -> bool:
    """Is it closed, not so long ago that nobody remembers, and still anybody's?"""
    ends_at = dispute_ends_at(case)
    return case.status is CaseStatus.CLOSED and case.erased_at is None and (ends_at is None or now <= ends_at)


def dispute_ends_at(case: Case) -> datetime | None:
    """Until when its closing may be disputed; None: nobody can say yet, or it is open.

    The days count from when the resident could know of it. What did not reach them is known once it was delivered after all,
    or staff reached them, or they were shown it with their receipt.
    """
    if case.closed_at is None or case.reach_since is not None:
        return None
    return max(case.closed_at, case.heard_at or case.closed_at) + DISPUTE_WITHIN
