"""What staff do when they come across an open case: take it, answer, promise another day, move it; and look again later.

How they close it is `closers`.
"""

from contextlib import suppress
from datetime import timedelta
from functools import partial

from bot.domain.case import Case, CaseId, Desk
from bot.domain.correction import MoveReason
from bot.domain.people import Role, StaffMember
from bot.domain.reaching import ReachedBy
from bot.domain.staffing import may_deputise
from bot.ports import UnitOfWork, Viewer
from bot.services.absence import make_absence
from bot.services.answer_case import answer_case
from bot.services.move_case import AlreadyThere, NobodyElseThere, SentBackBefore, move_case
from bot.services.own_case import take_case
from bot.services.postpone_case import BadNewDay, postpone_case
from bot.services.reach_resident import reach_resident
from bot.services.tie_cases import NotOneMatter, OtherNotFound, merge_case
from bot.services.working_days import set_day
from tests.simulated import closers, residents
from tests.simulated.town import HANOI, WARDS, Town, open_case


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
    elif town.chance(0.5 if case.id in town.postponed else 0.08):
        await postpones(town, uow, case)
    elif town.chance(0.02):
        await merges(town, uow, case)
    else:
        await closers.closes(town, uow, case)
    case = await open_case(uow, case_id)
    if case is not None:
        days = 0.0 if town.chance(0.1) else town.random.expovariate(1 / 3)
        town.later(await town.office_hour(uow, days), partial(attends, case_id=case_id))


async def takes(town: Town, uow: UnitOfWork, case: Case) -> None:
    await town.somebody(case, lambda staff: take_case(uow, staff=staff, **town.at(case, "calendar")))


async def answers(town: Town, uow: UnitOfWork, case: Case) -> None:
    asks = town.chance(0.15)
    words = "Bác cho biết rõ hơn chỗ nào?" if asks else "Phường đã nhận được và sẽ cử người đến xem."

    async def does(staff: StaffMember) -> int:
        return await answer_case(uow, staff=staff, text=words, asks=asks, **town.at(case, "wards"))

    said = await town.somebody(case, does)
    if said and asks and town.chance(0.8):
        town.later(town.now + timedelta(days=town.random.expovariate(1 / 4)), partial(residents.adds, case_id=case.id))
    if said and case.address.external_id in town.blocked and town.chance(0.5):
        town.later(await town.office_hour(uow, 1), partial(reaches, case_id=case.id))


async def moves(town: Town, uow: UnitOfWork, case: Case) -> None:
    """To another ward, or back to the city."""
    ward = None if case.ward_code and town.chance(0.15) else town.random.choice(WARDS)
    reason = MoveReason.WRONG_WARD if town.chance(0.7) else MoveReason.OTHER

    async def does(staff: StaffMember) -> Case:
        words = "Nơi này sát với việc hơn."
        return await move_case(uow, staff=staff, ward_code=ward, reason=reason, words=words, **town.at(case, "wards"))

    with suppress(AlreadyThere, SentBackBefore, NobodyElseThere):  # nothing was done: it says so before it writes
        await town.somebody(case, does)


async def postpones(town: Town, uow: UnitOfWork, case: Case) -> None:
    """Some days more than were promised; the third time a leader has to agree, and does so some hours later."""
    day = town.city.day_of(max(town.now, case.due_at)) + timedelta(days=town.random.randrange(2, 9))

    async def does(staff: StaffMember) -> bool:
        return await postpone_case(uow, staff=staff, day=day, reason="Chờ vật tư về.", **town.at(case, "wards", "zone"))

    with suppress(BadNewDay):
        is_said = await town.somebody(case, does)
        town.postponed.add(case.id)
        proposal = await uow.proposals.waiting(case.id) if is_said is False else None
        if proposal is not None:
            later = await town.office_hour(uow, town.random.random())
            town.later(later, partial(closers.decides, case_id=case.id, proposal_id=proposal.id))


async def merges(town: Town, uow: UnitOfWork, case: Case) -> None:
    """With another of the same matter that waits at the same desk."""
    if case.ward_code is None:
        return
    since = town.now - timedelta(days=30)
    alike = await uow.cases.alike(ward_code=case.ward_code, category=case.category, since=since, most=5)
    into = next((one for one in alike if one.id != case.id), None)
    if into is None:
        return
    given = town.at(case)
    with suppress(NotOneMatter, OtherNotFound):
        await town.somebody(case, lambda staff: merge_case(uow, staff=staff, into=into.code, **given))


async def reaches(town: Town, uow: UnitOfWork, *, case_id: CaseId) -> None:
    """Words did not arrive: somebody rings the resident up."""
    case = await uow.cases.by_id(case_id)
    if case is None or case.reach_since is None or case.erased_at is not None:
        return
    given = town.at(case, "zone")
    day = town.city.day_of(town.now)
    await town.somebody(case, lambda staff: reach_resident(uow, staff=staff, by=ReachedBy.PHONE, day=day, **given))


async def changes_the_calendar(town: Town, uow: UnitOfWork) -> None:
    """A day some weeks ahead is worked, or is not, otherwise than the yearly rule says."""
    member = next(one for one in town.staff if one.role is Role.CITY_COORDINATOR)
    day = town.now.astimezone(HANOI).date() + timedelta(days=town.random.randrange(1, 21))
    is_worked = day.weekday() >= 5
    viewer = Viewer.of(member)
    await set_day(uow, staff=member, viewer=viewer, day=day.isoformat(), is_worked=is_worked, note="Hoán đổi", now=town.now)


async def goes_away(town: Town, uow: UnitOfWork) -> None:
    """Somebody is on leave for some days, and a colleague stands in. Both work on, as people do."""
    absent = town.random.choice(town.staff)
    fit = [one for one in town.staff if may_deputise(absent, one)]
    if not fit:
        return
    deputy = town.random.choice(fit)
    first = town.city.day_of(town.now) + timedelta(days=town.random.randrange(4))
    last = first + timedelta(days=town.random.randrange(1, 12))
    await make_absence(
        uow,
        staff=absent,
        viewer=Viewer.of(absent),
        absent=absent.username,
        deputy=deputy.username,
        first=first.isoformat(),
        last=last.isoformat(),
        zone=HANOI,
        now=town.now,
    )
    town.deputies.append((absent, deputy))
