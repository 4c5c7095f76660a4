"""Put something down for a second person, and tell those who could be that; who else's proposal it replaces is told too.

Who decides in the end, and with whose eyes, is `bot.services.two_people`.
"""

from collections.abc import Sequence

from bot.domain.case import WARD_DESKS, Case
from bot.domain.people import StaffId, StaffMember
from bot.domain.proposal import NewProposal, ProposalKind
from bot.domain.rights import DESKS, Right, may
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork

DECIDES = {ProposalKind.CLOSE: Right.CLOSE, ProposalKind.POSTPONE: Right.OVERRIDE_GATE}


async def propose(uow: UnitOfWork, case: Case, proposal: NewProposal, details: dict[str, str]) -> None:
    """Keep it in place of any that waits. `details` are what the timeline says of it."""
    before = await uow.proposals.waiting(case.id)
    await uow.proposals.add(proposal)
    event = CaseEvent(case_id=case.id, kind=EventKind.PROPOSED, at=proposal.at, staff_id=proposal.by, details=details)
    await uow.cases.record(event)
    if before is not None and before.by != proposal.by:
        await uow.notices.note(case.id, EventKind.UNPROPOSED, proposal.at, by=proposal.by, about=before.by)
    for member in await deciders(uow, case, proposal.by, proposal.kind):
        await uow.notices.note(case.id, EventKind.PROPOSED, proposal.at, by=proposal.by, about=member.id)


async def deciders(uow: UnitOfWork, case: Case, but: StaffId, kind: ProposalKind) -> Sequence[StaffMember]:
    """Those who could decide, as far as desks, bars and units tell. Two statements."""
    barred = {one.staff_id for one in await uow.exclusions.of_case(case.id)} | {but}
    if case.desk in WARD_DESKS and case.ward_code is not None:
        there = await uow.staff.of_ward(case.ward_code)
    else:
        there = await uow.staff.everyone()
    return [
        one
        for one in there
        if case.desk in DESKS.get(one.role, ())
        and may(one.role, DECIDES[kind])
        and one.id not in barred
        and not one.is_disabled
        and not (case.accused_unit and one.unit is case.accused_unit)
    ]
