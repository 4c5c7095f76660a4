"""What takes two: a closing on the restricted or the leaders' desk, and a third new day. One proposes, another decides.

The two are different people, and neither sees the case only through the other: standing in for a colleague makes nobody a
second pair of eyes. Both must be able to see the case at the moment of the decision, so that whoever is accused, or was
barred since, neither proposes nor confirms.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.domain.case import Case, CaseCode
from bot.domain.closing import LONGEST_LINE, ClosingReport
from bot.domain.people import StaffId, StaffMember
from bot.domain.proposal import TWO_PEOPLE_DESKS, NewProposal, Proposal, ProposalKind, Verdict
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError, EmptyText
from bot.ports import UnitOfWork
from bot.services.close_case import close_case, finish_closing
from bot.services.closing_gate import pass_gate
from bot.services.next_hand import refuse_closer
from bot.services.postpone_case import finish_postponing
from bot.services.propose import DECIDES, deciders, propose
from bot.services.staff_change import WardNames, case_to_change, viewer_of

_PROPOSES = {ProposalKind.CLOSE: Right.CLOSE, ProposalKind.POSTPONE: Right.ANSWER}


class ProposalGone(BotError):
    """It was decided already, the case changed since, or whoever proposed it may no longer: it is void."""

    wording_key = "proposal_gone"


class NotTheSecond(BotError):
    """They proposed it themselves, or know of the case only through whoever did."""

    wording_key = "proposal_not_yours"


async def close_or_propose(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    report: ClosingReport,
    override: str = "",
    now: datetime,
    wards: WardNames,
    zone: tzinfo,
) -> tuple[Case, bool]:
    """Close it; where that takes two, propose it. The case, and whether it is closed.

    Raises: See `close_case`.
    """
    seen = await uow.cases.visible((await viewer_of(uow, staff, now)).wanting(Right.CLOSE), code)
    if seen is None or seen.desk not in TWO_PEOPLE_DESKS:
        closed = await close_case(
            uow, staff=staff, code=code, version=version, report=report, override=override, now=now, wards=wards, zone=zone
        )
        return closed, True
    case = await case_to_change(uow, staff, code, version, right=Right.CLOSE, now=now)
    await refuse_closer(uow, case, staff.id, now)
    passed = await pass_gate(uow, staff=staff, case=case, report=report, override=override, now=now, zone=zone)
    details = {"what": ProposalKind.CLOSE.value, "outcome": passed.report.outcome.value}
    proposal = NewProposal(
        case_id=case.id,
        kind=ProposalKind.CLOSE,
        by=staff.id,
        at=now,
        version=case.version,
        report=passed.report,
        override_reason=passed.override_reason,
    )
    await propose(uow, case, proposal, details)
    await uow.audit.record(action="closing_proposed", now=now, staff_id=staff.id, subject=case.code, details=details)
    return case, False


async def confirm_proposal(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    proposal_id: int,
    now: datetime,
    wards: WardNames,
    zone: tzinfo,
) -> Case:
    """Do what was proposed, as the second person.

    Raises:
        ProposalGone, NotTheSecond: See there.
        ClosedItBefore: They closed it before, and the resident disputed that.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
        ClosingIncomplete, DuplicateNotFound, DuplicateStillOpen: What was complete is so no more (a day has passed).
    """
    case, proposal, proposer = await _to_decide(uow, staff, code, version, proposal_id, now)
    if proposal.kind is ProposalKind.POSTPONE and proposal.due_at is not None:
        await _confirm(uow, staff, code, proposal, now)
        return await finish_postponing(
            uow,
            case=case,
            by=staff.id,
            due_at=proposal.due_at,
            words=proposal.words,
            now=now,
            wards=wards,
            zone=zone,
            asked_by=proposer.id,
        )
    if proposal.report is None:
        raise ProposalGone(code=code)
    for one in (staff, proposer):
        await refuse_closer(uow, case, one.id, now)
    passed = await pass_gate(
        uow, staff=proposer, case=case, report=proposal.report, override=proposal.override_reason, now=now, zone=zone
    )
    await _confirm(uow, staff, code, proposal, now)
    return await finish_closing(
        uow, case=case, passed=passed, closer_id=staff.id, now=now, wards=wards, zone=zone, proposed_by=proposer.id
    )


async def _confirm(uow: UnitOfWork, staff: StaffMember, code: CaseCode, proposal: Proposal, now: datetime) -> None:
    if not await uow.proposals.decide(proposal.id, Verdict.CONFIRMED, by=staff.id, now=now):
        raise ProposalGone(code=code)


async def return_proposal(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, proposal_id: int, answer: str, now: datetime
) -> Case:
    """Send it back with the reason; the case stays as it is.

    Raises:
        EmptyText: There is no reason.
        The others: See `confirm_proposal`.
    """
    case, proposal, _ = await _to_decide(uow, staff, code, version, proposal_id, now)
    words = " ".join(answer.split())
    if not words:
        raise EmptyText(code=code)
    if not await uow.proposals.decide(proposal.id, Verdict.RETURNED, by=staff.id, now=now, answer=words):
        raise ProposalGone(code=code)
    details = {"what": proposal.kind.value, "words": words[:LONGEST_LINE]}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.UNPROPOSED, at=now, staff_id=staff.id, details=details))
    await uow.notices.note(case.id, EventKind.UNPROPOSED, now, by=staff.id, about=proposal.by)
    await uow.audit.record(action="proposal_returned", now=now, staff_id=staff.id, subject=case.code)
    return case


async def may_decide(uow: UnitOfWork, staff: StaffMember, case: Case, proposal: Proposal, now: datetime) -> bool:
    """Whether this member is a second person for it."""
    if staff.id == proposal.by:
        return False
    eyes = (await viewer_of(uow, staff, now)).without(proposal.by).wanting(DECIDES[proposal.kind])
    return await uow.cases.visible(eyes, case.code) is not None


async def seconds(uow: UnitOfWork, case: Case, but: StaffId, kind: ProposalKind = ProposalKind.CLOSE) -> Sequence[str]:
    """The names of those who could decide. Two statements."""
    return [one.full_name for one in await deciders(uow, case, but, kind)]


async def _to_decide(
    uow: UnitOfWork, staff: StaffMember, code: CaseCode, version: int, proposal_id: int, now: datetime
) -> tuple[Case, Proposal, StaffMember]:
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now)
    proposal = await uow.proposals.get(case.id, proposal_id)
    if proposal is None or proposal.verdict is not None or proposal.version != case.version:
        raise ProposalGone(code=code)
    if not await may_decide(uow, staff, case, proposal, now):
        raise NotTheSecond(code=code)
    proposer = await uow.staff.get(proposal.by)
    if proposer is None or proposer.is_disabled:
        raise ProposalGone(code=code)
    eyes = (await viewer_of(uow, proposer, now)).without(staff.id).wanting(_PROPOSES[proposal.kind])
    if await uow.cases.visible(eyes, code) is None:
        raise ProposalGone(code=code)
    return case, proposal, proposer
