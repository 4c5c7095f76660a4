"""What one member of staff proposes and another decides: a closing on a desk where it takes two, a third new day.

A proposal is about the case as it was: once the case has changed it is void. Who may decide is `bot.services.two_people`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.case import CaseId, Desk
from bot.domain.closing import ClosingReport
from bot.domain.people import StaffId

TWO_PEOPLE_DESKS = frozenset({Desk.RESTRICTED, Desk.LEADERS})  # what waits there may be about somebody's colleague


class ProposalKind(StrEnum):
    """What is proposed."""

    CLOSE = "close"
    POSTPONE = "postpone"


class Verdict(StrEnum):
    """What became of it."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"  # sent back, with a reason
    VOID = "void"  # the case changed, or whoever proposed it may no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """A proposal about to be kept. `version` is the case's as it stands; `due_at` the day asked for, of a POSTPONE."""

    case_id: CaseId
    kind: ProposalKind
    by: StaffId
    at: datetime
    version: int
    report: ClosingReport | None = None
    override_reason: str = ""
    due_at: datetime | None = None
    words: str = ""  # why a new day is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal as it was kept. `verdict` is None while it waits; `answer` is why it was sent back."""

    id: int
    case_id: CaseId
    kind: ProposalKind
    by: StaffId
    by_name: str
    at: datetime
    version: int
    report: ClosingReport | None
    override_reason: str
    due_at: datetime | None
    words: str
    verdict: Verdict | None
    decided_by: StaffId | None
    decided_at: datetime | None
    answer: str
