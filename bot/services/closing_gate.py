"""Whether a case may be closed as it is reported: nothing missing, or waived with a reason by somebody who may.

What each outcome owes is `bot.domain.closing`. Every road to a closing by staff passes here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.case import Case, CaseId, CaseStatus
from bot.domain.city_day import city_day
from bot.domain.closing import (
    LONGEST_LINE,
    MAY_BE_WAIVED,
    ClosingPart,
    ClosingReport,
    missing_parts,
    trimmed,
)
from bot.domain.outcome import Outcome
from bot.domain.people import StaffId, StaffMember
from bot.domain.rights import Right
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.staff_change import viewer_of


class ClosingIncomplete(BotError):
    """The report lacks what its outcome owes; `parts` are the fields of the form."""

    wording_key = "closing_incomplete"

    def __init__(self, parts: Sequence[ClosingPart], **values: object) -> None:
        super().__init__(parts=",".join(parts), **values)
        self.parts = tuple(parts)


class DuplicateStillOpen(BotError):
    """The other case is open: merged, this one's resident hears of its end; closed, they would not."""

    wording_key = "closing_duplicate_open"


class DuplicateNotFound(BotError):
    """There is no such case, or the closer may not see it, or it is the case itself."""

    wording_key = "closing_duplicate_unknown"


class NotToOverride(BotError):
    """A part is missing, a reason is given, but this member may not waive anything; or the reason is too long."""

    wording_key = "closing_override_not_yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A report that may close its case, and what was waived for it."""

    report: ClosingReport
    missing: tuple[ClosingPart, ...] = ()
    override_reason: str = ""
    overridden_by: StaffId | None = None
    duplicate_id: CaseId | None = None


async def pass_gate(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    case: Case,
    report: ClosingReport,
    override: str = "",
    now: datetime,
    zone: tzinfo,
) -> Passed:
    """The report as it is kept.

    Args:
        staff: Who reports it; the reason in `override` is theirs.
        override: Why it may be closed without what is missing; empty where nothing shall be waived.
        zone: The city's, in which days are told.

    Raises:
        ClosingIncomplete: Something is missing that is not waived; with everything that is.
        NotToOverride: It would be waived, by somebody who may not.
        DuplicateNotFound, DuplicateStillOpen: See there.
    """
    report, reason = trimmed(report), " ".join(override.split())
    missing = missing_parts(report, city_day(now, zone))
    if missing and (not reason or not MAY_BE_WAIVED.issuperset(missing)):
        raise ClosingIncomplete(missing, code=case.code)
    if missing and (len(reason) > LONGEST_LINE or not await may_override(uow, staff, case, now)):
        raise NotToOverride(code=case.code)
    duplicate_id = await _duplicate(uow, staff, case, report, now)
    if not missing:
        return Passed(report=report, duplicate_id=duplicate_id)
    return Passed(report=report, missing=missing, override_reason=reason, overridden_by=staff.id, duplicate_id=duplicate_id)


async def may_override(uow: UnitOfWork, staff: StaffMember, case: Case, now: datetime) -> bool:
    """Whether this member may waive a part of this case's closing."""
    viewer = (await viewer_of(uow, staff, now)).wanting(Right.OVERRIDE_GATE)
    return await uow.cases.visible(viewer, case.code) is not None


async def _duplicate(uow: UnitOfWork, staff: StaffMember, case: Case, report: ClosingReport, now: datetime) -> CaseId | None:
    if report.outcome is not Outcome.DUPLICATE or report.duplicate_of is None:
        return None
    viewer = (await viewer_of(uow, staff, now)).wanting(Right.CLOSE)
    other = await uow.cases.visible(viewer, report.duplicate_of)
    if other is None or other.id == case.id:
        raise DuplicateNotFound(code=case.code)
    if other.status is CaseStatus.OPEN:
        raise DuplicateStillOpen(code=case.code)
    return other.id
