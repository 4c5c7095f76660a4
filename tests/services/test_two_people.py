"""On the restricted and the leaders' desk one proposes a closing and another confirms it; neither may be barred."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffMember
from bot.domain.proposal import Proposal
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import EventKind
from bot.errors import CaseNotFound, EmptyText
from bot.services.close_case import TakesTwo, close_case
from bot.services.closing_gate import ClosingIncomplete
from bot.services.note_case import note_case
from bot.services.two_people import (
    NotTheSecond,
    ProposalGone,
    close_or_propose,
    confirm_proposal,
    return_proposal,
    seconds,
)
from bot.web import keys
from storage import Database
from tests.admin.desk import StaffDesk, open_desk
from tests.closing import report


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def proposes(desk: StaffDesk, staff: StaffMember, case: Case, outcome: Outcome = Outcome.DONE) -> Proposal:
    async with desk.database.begin() as uow:
        now_is = await desk.now_is(case.code)
        _, is_closed = await close_or_propose(
            uow,
            staff=staff,
            code=case.code,
            version=now_is.version,
            report=report(outcome),
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
            zone=desk.server.app[keys.SETTINGS].zone,
        )
        assert not is_closed
        proposal = await uow.proposals.waiting(case.id)
        assert proposal is not None
        await uow.commit()
    return proposal


async def confirms(desk: StaffDesk, staff: StaffMember, case: Case, proposal: Proposal) -> Case:
    async with desk.database.begin() as uow:
        closed = await confirm_proposal(
            uow,
            staff=staff,
            code=case.code,
            version=(await desk.now_is(case.code)).version,
            proposal_id=proposal.id,
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
            zone=desk.server.app[keys.SETTINGS].zone,
        )
        await uow.commit()
    return closed


async def test_one_proposes_another_confirms_and_only_then_the_resident_hears(desk: StaffDesk) -> None:
    hoa, chief = await desk.staff("hoa", Role.RESTRICTED_OFFICER), await desk.staff("chief", Role.WARD_LEADER)
    case = await desk.case(kind=CaseKind.CONDUCT)
    proposal = await proposes(desk, hoa, case)
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    assert await desk.hears(case) == []
    closed = await confirms(desk, chief, case, proposal)
    assert closed.status is CaseStatus.CLOSED
    [said] = await desk.hears(case)
    assert "Thay bóng đèn" in said
    async with desk.database.reading() as uow:
        kept = await uow.closings.newest(case.id)
        assert kept is not None
        assert (kept.proposed_by, kept.closer_id, kept.has_evidence) == (hoa.id, chief.id, True)
        kinds = [event.kind for event in await uow.cases.timeline(case.id)]
    assert kinds[-2:] == [EventKind.PROPOSED, EventKind.CLOSED]
    with pytest.raises(ProposalGone):
        await _again(desk, chief, case, proposal)


async def _again(desk: StaffDesk, staff: StaffMember, case: Case, proposal: Proposal) -> None:
    """After the case was opened again by its resident."""
    async with desk.database.begin() as uow:
        await uow.cases.change(await desk.now_is(case.code), status=CaseStatus.OPEN)
        await uow.commit()
    await confirms(desk, staff, case, proposal)


async def test_nobody_closes_such_a_case_alone_by_any_road(desk: StaffDesk) -> None:
    """Neither by confirming their own proposal, nor by the service that closes, nor in a colleague's place."""
    hoa, chief = await desk.staff("hoa", Role.RESTRICTED_OFFICER), await desk.staff("chief", Role.WARD_LEADER)
    case = await desk.case(kind=CaseKind.CONDUCT)
    proposal = await proposes(desk, hoa, case)
    now = desk.clock.now()
    async with desk.database.begin() as uow:
        with pytest.raises(TakesTwo):
            await close_case(
                uow,
                staff=hoa,
                code=case.code,
                version=(await desk.now_is(case.code)).version,
                report=report(),
                now=now,
                wards=desk.server.app[keys.WARDS],
                zone=desk.server.app[keys.SETTINGS].zone,
            )
    async with desk.database.begin() as uow:  # the leader is away, and Hoa stands in
        await uow.absences.add(
            staff_id=chief.id,
            deputy_id=hoa.id,
            from_at=now - timedelta(hours=1),
            until_at=now + timedelta(days=1),
            made_by=chief.id,
            now=now,
        )
        await uow.commit()
    with pytest.raises(NotTheSecond):
        await confirms(desk, hoa, case, proposal)


async def test_who_sees_the_case_only_in_the_proposers_place_is_no_second_pair_of_eyes(desk: StaffDesk) -> None:
    hoa, minh = await desk.staff("hoa", Role.RESTRICTED_OFFICER), await desk.staff("minh")
    case = await desk.case(kind=CaseKind.CONDUCT)
    proposal, now = await proposes(desk, hoa, case), desk.clock.now()
    async with desk.database.begin() as uow:
        await uow.absences.add(
            staff_id=hoa.id,
            deputy_id=minh.id,
            from_at=now - timedelta(hours=1),
            until_at=now + timedelta(days=1),
            made_by=hoa.id,
            now=now,
        )
        await uow.commit()
    with pytest.raises(NotTheSecond):
        await confirms(desk, minh, case, proposal)


async def test_the_accused_neither_confirms_nor_has_proposed(desk: StaffDesk) -> None:
    """Barred after proposing: the proposal is void. Barred before confirming: there is no such case."""
    hoa, chief = await desk.staff("hoa", Role.RESTRICTED_OFFICER), await desk.staff("chief", Role.WARD_LEADER)
    case = await desk.case(kind=CaseKind.CONDUCT)
    proposal = await proposes(desk, hoa, case)
    for barred, error in ((hoa, ProposalGone), (chief, CaseNotFound)):
        async with desk.database.begin() as uow:
            await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=barred.id, why=Why.ACCUSED)])
            await uow.commit()
        with pytest.raises(error):
            await confirms(desk, chief, case, proposal)
    async with desk.database.reading() as uow:
        assert await seconds(uow, await desk.now_is(case.code), hoa.id) == []
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN


async def test_a_proposal_about_a_case_that_changed_is_void(desk: StaffDesk) -> None:
    hoa, chief = await desk.staff("hoa", Role.RESTRICTED_OFFICER), await desk.staff("chief", Role.WARD_LEADER)
    case = await desk.case(kind=CaseKind.CONDUCT)
    proposal = await proposes(desk, hoa, case)
    async with desk.database.begin() as uow:
        version = (await desk.now_is(case.code)).version
        await note_case(uow, staff=hoa, code=case.code, version=version, text="Còn nhân chứng.", now=desk.clock.now())
        await uow.commit()
    with pytest.raises(ProposalGone):
        await confirms(desk, chief, case, proposal)
    again = await proposes(desk, hoa, case)  # the void one makes way
    assert (await confirms(desk, chief, case, again)).status is CaseStatus.CLOSED


async def test_a_proposal_is_sent_back_with_a_reason(desk: StaffDesk) -> None:
    hoa, chief = await desk.staff("hoa", Role.RESTRICTED_OFFICER), await desk.staff("chief", Role.WARD_LEADER)
    case = await desk.case(kind=CaseKind.CONDUCT)
    proposal = await proposes(desk, hoa, case)
    given: dict[str, Any] = {"staff": chief, "code": case.code, "version": proposal.version, "proposal_id": proposal.id}
    async with desk.database.begin() as uow:
        with pytest.raises(EmptyText):
            await return_proposal(uow, answer=" ", now=desk.clock.now(), **given)
    async with desk.database.begin() as uow:
        await return_proposal(uow, answer="Chưa hỏi người tố giác.", now=desk.clock.now(), **given)
        await uow.commit()
    async with desk.database.reading() as uow:
        assert await uow.proposals.waiting(case.id) is None
        last = (await uow.cases.timeline(case.id))[-1]
    assert (last.kind, last.details) == (
        EventKind.UNPROPOSED,
        {"what": "close", "words": "Chưa hỏi người tố giác."},
    )
    assert await desk.hears(case) == []


async def test_a_proposal_passes_the_same_gate(desk: StaffDesk) -> None:
    hoa = await desk.staff("hoa", Role.RESTRICTED_OFFICER)
    case = await desk.case(kind=CaseKind.CONDUCT)
    async with desk.database.begin() as uow:
        with pytest.raises(ClosingIncomplete):
            await close_or_propose(
                uow,
                staff=hoa,
                code=case.code,
                version=(await desk.now_is(case.code)).version,
                report=report(files=()),
                now=desk.clock.now(),
                wards=desk.server.app[keys.WARDS],
                zone=desk.server.app[keys.SETTINGS].zone,
            )
