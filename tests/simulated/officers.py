"""What staff do when they come across an open case: take it, answer, move it, close it; and come back to it later."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.case import Case, CaseId, Desk
from bot.domain.closing import ClosingReport, missing_parts
from bot.domain.correction import MoveReason
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffMember
from bot.ports import UnitOfWork, Viewer
from bot.services.answer_case import answer_case
from bot.services.closing_gate import ClosingIncomplete, NotToOverride
from bot.services.move_case import AlreadyThere, NobodyElseThere, SentBackBefore, move_case
from bot.services.own_case import take_case
from bot.services.two_people import NotTheSecond, ProposalGone, close_or_propose, confirm_proposal
from bot.services.working_days import set_day
from tests.closing import report as told
from tests.simulated import residents
from tests.simulated.town import HANOI, WARDS, Town, open_case

_OUTCOMES = (*[Outcome.DONE] * 6, *[Outcome.PLANNED] * 2, Outcome.NOT_OURS, Outcome.REFUSED, Outcome.NO_ACTION)


async def attends(town: Town, uow: UnitOfWork, *, case_id: CaseId) -> None:
    """One thing is done to it, and the next is planned; three in a hundred are left lying for good."""
    case = await open_case(uow, case_id)
    if case is None or town.chance(0.03):
        return
    if case.clocks.waits_since is not None and town.chance(0.7):
        pass  # the resident was asked, and has not answered yet
    elif case.desk is Desk.UNPLACED or town.chance(0.05):
        await moves(town, uow, case)
    elif case.owner_id is None and town.chance(0.5):
        await takes(town, uow, case)
    elif case.first_answer_at is None and town.chance(0.8):
        await answers(town, uow, case)
    else:
        await closes(town, uow, case)
    case = await open_case(uow, case_id)
    if case is not None:
        days = 0.0 if town.chance(0.1) else town.random.expovariate(1 / 3)
        town.later(await town.office_hour(uow, days), partial(attends, case_id=case_id))


async def takes(town: Town, uow: UnitOfWork, case: Case) -> None:
    async def does(staff: StaffMember) -> Case:
        calendar = town.city.calendar
        return await take_case(uow, staff=staff, code=case.code, version=case.version, now=town.now, calendar=calendar)

    await town.somebody(case, does)


async def answers(town: Town, uow: UnitOfWork, case: Case) -> None:
    asks = town.chance(0.15)
    words = "Bác cho biết rõ hơn chỗ nào?" if asks else "Phường đã nhận được và sẽ cử người đến xem."

    async def does(staff: StaffMember) -> int:
        return await answer_case(
            uow,
            staff=staff,
            code=case.code,
            version=case.version,
            text=words,
            now=town.now,
            wards=town.city.wards,
            asks=asks,
        )

    said = await town.somebody(case, does)
    if said and asks and town.chance(0.8):
        town.later(town.now + timedelta(days=town.random.expovariate(1 / 4)), partial(residents.adds, case_id=case.id))


async def moves(town: Town, uow: UnitOfWork, case: Case) -> None:
    """To another ward, or back to the city."""
    ward = None if case.ward_code and town.chance(0.15) else town.random.choice(WARDS)
    reason = MoveReason.WRONG_WARD if town.chance(0.7) else MoveReason.OTHER

    async def does(staff: StaffMember) -> Case:
        return await move_case(
            uow,
            staff=staff,
            code=case.code,
            version=case.version,
            ward_code=ward,
            now=town.now,
            wards=town.city.wards,
            reason=reason,
            words="Nơi này sát với việc hơn.",
        )

    with suppress(AlreadyThere, SentBackBefore, NobodyElseThere):  # nothing was done: it says so before it writes
        await town.somebody(case, does)


async def closes(town: Town, uow: UnitOfWork, case: Case) -> None:
    """And its resident judges it within the month."""
    closed = await town.somebody(case, lambda staff: _closed(town, uow, case, staff))
    if closed is not None and closed.closed_at is not None:
        after = timedelta(days=min(town.random.expovariate(1 / 4), 29))
        town.later(town.now + after, partial(residents.judges, case_id=case.id, closed_at=closed.closed_at))


async def _closed(town: Town, uow: UnitOfWork, case: Case, staff: StaffMember) -> Case | None:
    """Most reports say all that they owe; one in six does not, and then it takes a leader's word."""
    report = _report(town)
    override = ""
    if town.chance(0.17):
        report = replace(report, files=(), what="", basis="", handed_to="")
    if missing_parts(report, town.city.day_of(town.now)):
        with pytest.raises(ClosingIncomplete):  # the gate says so before anything is written
            await _close(town, uow, case, staff, report)
        override = "Đã gọi điện xác nhận với người dân"
    try:
        return await _close(town, uow, case, staff, report, override)
    except NotToOverride:
        return None


def _report(town: Town) -> ClosingReport:
    return told(town.random.choice(_OUTCOMES), "Đã xử lý xong, cảm ơn bác đã báo.", town.city.day_of(town.now))


async def _close(
    town: Town, uow: UnitOfWork, case: Case, staff: StaffMember, report: ClosingReport, override: str = ""
) -> Case:
    """On the closed desks somebody else confirms it, where there is anybody; until then it stays open."""
    given: dict[str, Any] = {
        "code": case.code,
        "version": case.version,
        "now": town.now,
        "wards": town.city.wards,
        "zone": town.city.zone,
    }
    done, is_closed = await close_or_propose(uow, staff=staff, report=report, override=override, **given)
    proposal = None if is_closed else await uow.proposals.waiting(case.id)
    if proposal is None:
        return done

    async def confirms(second: StaffMember) -> Case:
        return await confirm_proposal(uow, staff=second, proposal_id=proposal.id, **given)

    with suppress(NotTheSecond, ProposalGone):  # each said before anything is written
        return await town.somebody(case, confirms) or done
    return done


async def changes_the_calendar(town: Town, uow: UnitOfWork) -> None:
    """A day some weeks ahead is worked, or is not, otherwise than the yearly rule says."""
    member = next(one for one in town.staff if one.role is Role.CITY_COORDINATOR)
    day = town.now.astimezone(HANOI).date() + timedelta(days=town.random.randrange(1, 21))
    is_worked = day.weekday() >= 5
    viewer = Viewer.of(member)
    await set_day(uow, staff=member, viewer=viewer, day=day.isoformat(), is_worked=is_worked, note="Hoán đổi", now=town.now)
