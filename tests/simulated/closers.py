"""How cases end: reports that owe something, leaders who waive it, two people where it takes two, and what follows."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.case import Case, CaseId
from bot.domain.closing import ClosingReport, missing_parts
from bot.domain.outcome import Outcome
from bot.domain.people import StaffMember
from bot.ports import UnitOfWork
from bot.services.closing_gate import ClosingIncomplete, DuplicateNotFound, DuplicateStillOpen, NotToOverride
from bot.services.two_people import NotTheSecond, ProposalGone, close_or_propose, confirm_proposal, return_proposal
from tests.closing import report as told
from tests.simulated import officers, residents
from tests.simulated.town import Town, open_case

_OUTCOMES = (*[Outcome.DONE] * 6, *[Outcome.PLANNED] * 2, Outcome.NOT_OURS, Outcome.REFUSED, Outcome.NO_ACTION)
_COMES_BACK = timedelta(days=31)  # a planned case of `tests.closing`, and a day


async def closes(town: Town, uow: UnitOfWork, case: Case) -> None:
    """On the closed desks it is proposed, and another decides, at once or some days later."""
    closed = await town.somebody(case, lambda staff: _closed(town, uow, case, staff))
    if closed is not None:
        await is_over(town, uow, closed)
        return
    proposal = await uow.proposals.waiting(case.id)
    if proposal is None:
        return
    if town.chance(0.6):
        await decides(town, uow, case_id=case.id, proposal_id=proposal.id)
    elif town.chance(0.8):  # the others are forgotten: `officers.attends` finds the case
        later = await town.office_hour(uow, town.random.expovariate(1 / 2))
        town.later(later, partial(decides, case_id=case.id, proposal_id=proposal.id))


async def _closed(town: Town, uow: UnitOfWork, case: Case, staff: StaffMember) -> Case | None:
    """Most reports say all that they owe; one in six does not, and then it takes a leader's word."""
    report = _report(town, case)
    given, override = town.at(case, "wards", "zone"), ""
    if town.chance(0.17):
        report = replace(report, files=(), what="", basis="", handed_to="")
    if missing_parts(report, town.city.day_of(town.now)):
        with pytest.raises(ClosingIncomplete):  # the gate says so before anything is written
            await close_or_propose(uow, staff=staff, report=report, **given)
        override = "Đã gọi điện xác nhận với người dân"
    try:
        done, is_closed = await close_or_propose(uow, staff=staff, report=report, override=override, **given)
    except (NotToOverride, DuplicateNotFound, DuplicateStillOpen):
        return None
    return done if is_closed else None


def _report(town: Town, case: Case) -> ClosingReport:
    """Now and then it is the same as one that was closed at this desk before."""
    same = town.ended.get((case.ward_code, case.desk))
    is_same = same is not None and same != case.code and town.chance(0.05)
    outcome = Outcome.DUPLICATE if is_same else town.random.choice(_OUTCOMES)
    report = told(outcome, "Đã xử lý xong, cảm ơn bác đã báo.", town.city.day_of(town.now))
    return replace(report, duplicate_of=same) if is_same else report


async def decides(town: Town, uow: UnitOfWork, *, case_id: CaseId, proposal_id: int) -> None:
    """Whoever may be the second confirms what was proposed, or sends it back; where the case changed since, nobody can."""
    case = await open_case(uow, case_id)
    if case is None:
        return
    returns = town.chance(0.2)

    async def does(second: StaffMember) -> Case:
        about: dict[str, Any] = {"staff": second, "proposal_id": proposal_id}
        if returns:
            return await return_proposal(uow, answer="Thiếu ảnh.", **about, **town.at(case))
        return await confirm_proposal(uow, **about, **town.at(case, "wards", "zone"))

    done = await town.somebody(case, does, NotTheSecond, ProposalGone, ClosingIncomplete, DuplicateNotFound)
    if done is not None and done.closed_at is not None:
        await is_over(town, uow, done)


async def is_over(town: Town, uow: UnitOfWork, case: Case) -> None:
    """Its residents judge it within the month, or say so when they are asked again; what was planned comes back."""
    closed_at = case.closed_at
    assert closed_at is not None
    town.ended[case.ward_code, case.desk] = case.code
    joined = [one for one in await uow.cases.joined(case.id) if one.closed_at == closed_at] if case.joined_count else []
    for one in (case, *joined):
        after = timedelta(days=min(town.random.expovariate(1 / 4), 29))
        town.later(town.now + after, partial(residents.judges, case_id=one.id, closed_at=closed_at))
        if town.chance(0.2):
            after = timedelta(days=town.random.choice((2, 28)), hours=16)
            town.later(town.now + after, partial(residents.answers_question, case_id=one.id, closed_at=closed_at))
    for one in (case, *joined) if case.outcome is Outcome.PLANNED else ():
        town.later(town.now + _COMES_BACK, partial(officers.attends, case_id=one.id))
    if case.address.external_id in town.blocked and town.chance(0.5):
        town.later(await town.office_hour(uow, 2), partial(officers.reaches, case_id=case.id))
