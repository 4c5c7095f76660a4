"""Who stands in for whom, and when that is over."""

from datetime import timedelta

import pytest

from bot.domain.people import Role, StaffMember, Unit
from bot.domain.staffing import Absence, Standing, may_deputise
from bot.ports import UnitOfWork, Viewer
from storage import Database
from tests.storage.cast import BA_DINH, LATER, NOW, TAY_HO, file_case, hire

A_DAY = timedelta(days=1)


async def away(uow: UnitOfWork, absent: StaffMember, deputy: StaffMember) -> Absence:
    """Absent from now for a day."""
    return await uow.absences.add(
        staff_id=absent.id, deputy_id=deputy.id, from_at=NOW, until_at=NOW + A_DAY, made_by=absent.id, now=NOW
    )


async def test_a_deputy_stands_in_from_the_first_to_just_before_the_last_moment(database: Database) -> None:
    async with database.begin() as uow:
        minh, chief = await hire(uow), await hire(uow, "chief", role=Role.WARD_LEADER, unit=Unit.LEADERSHIP)
        absence = await away(uow, chief, minh)
        standing = Standing(staff_id=chief.id, role=Role.WARD_LEADER, ward_code=TAY_HO, unit=Unit.LEADERSHIP)
        second = timedelta(seconds=1)
        for at, expected in {
            NOW - second: (),
            NOW: (standing,),
            NOW + A_DAY - second: (standing,),
            NOW + A_DAY: (),
        }.items():
            assert await uow.absences.standings_of(minh, at) == expected, at
        assert await uow.absences.standings_of(chief, NOW) == ()
        assert await uow.absences.not_over(NOW) == [absence]
        assert await uow.absences.end(absence.id, LATER)
        assert not await uow.absences.end(absence.id, LATER)
        assert await uow.absences.standings_of(minh, LATER) == ()
        assert await uow.absences.not_over(LATER) == []


async def test_two_absences_of_one_person_are_one_standing(database: Database) -> None:
    async with database.begin() as uow:
        minh, chief = await hire(uow), await hire(uow, "chief", role=Role.WARD_LEADER)
        for _ in range(2):
            await away(uow, chief, minh)
        assert len(await uow.absences.standings_of(minh, NOW)) == 1


async def test_a_deputy_sees_the_restricted_desk_and_answers_there_while_it_lasts(database: Database) -> None:
    from bot.domain.case import Desk
    from bot.domain.rights import Right

    async with database.begin() as uow:
        minh, chief = await hire(uow), await hire(uow, "chief", role=Role.WARD_LEADER)
        case = await file_case(uow, desk=Desk.RESTRICTED)
        assert await uow.cases.visible(Viewer.of(minh), case.code) is None
        await away(uow, chief, minh)
        deputy = Viewer.of(minh, await uow.absences.standings_of(minh, NOW))
        assert await uow.cases.visible(deputy.wanting(Right.ANSWER), case.code) == case
        assert deputy.may(Right.SETTINGS_WARD)
        assert not Viewer.of(minh).may(Right.SETTINGS_WARD)


async def test_whoever_changed_place_or_was_shut_out_lends_nothing_any_more(database: Database) -> None:
    """An absence is looked at with today's roles, not with those of the day it was written down."""
    async with database.begin() as uow:
        minh, chief = await hire(uow), await hire(uow, "chief", role=Role.WARD_LEADER)
        await away(uow, chief, minh)
        await uow.staff.place(chief.id, role=Role.WARD_LEADER, ward_code=BA_DINH, unit=Unit.NONE)
        assert await uow.absences.standings_of(minh, NOW) == ()
        await uow.staff.place(chief.id, role=Role.INSPECTOR, ward_code=None, unit=Unit.NONE)
        assert await uow.absences.standings_of(minh, NOW) == ()
        await uow.staff.place(chief.id, role=Role.RESTRICTED_OFFICER, ward_code=TAY_HO, unit=Unit.NONE)
        assert await uow.absences.standings_of(minh, NOW)
        await uow.staff.set_disabled(chief.id, True)
        assert await uow.absences.standings_of(minh, NOW) == ()


@pytest.mark.parametrize(
    ("absent", "deputy", "expected"),
    [
        ((Role.WARD_LEADER, TAY_HO), (Role.WARD_OFFICER, TAY_HO), True),
        ((Role.WARD_LEADER, TAY_HO), (Role.WARD_OFFICER, BA_DINH), False),
        ((Role.WARD_LEADER, TAY_HO), (Role.CITY_COORDINATOR, None), False),
        ((Role.CITY_COORDINATOR, None), (Role.WARD_LEADER, TAY_HO), False),
        ((Role.CITY_COORDINATOR, None), (Role.CITY_COORDINATOR, None), True),
        ((Role.INSPECTOR, None), (Role.CITY_COORDINATOR, None), False),
        ((Role.CITY_COORDINATOR, None), (Role.INSPECTOR, None), False),
        ((Role.OPERATOR, None), (Role.OPERATOR, None), True),
        ((Role.OPERATOR, None), (Role.CITY_COORDINATOR, None), False),
        ((Role.CITY_COORDINATOR, None), (Role.OPERATOR, None), False),
    ],
)
async def test_who_can_stand_in_for_whom(
    sqlite_database: Database,
    absent: tuple[Role, str | None],
    deputy: tuple[Role, str | None],
    expected: bool,
) -> None:
    from bot.domain.ward import WardCode

    async with sqlite_database.begin() as uow:
        one, other = [
            await hire(uow, name, WardCode(ward) if ward else None, role)
            for name, (role, ward) in (("one", absent), ("other", deputy))
        ]
        assert may_deputise(one, other) is expected
        assert not may_deputise(one, one)
