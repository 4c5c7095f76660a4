"""Whoever is hired, absent, barred or named: the one condition says what a plain reading of the rules says."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.case import Case, CaseCode, Desk
from bot.domain.notices import Reason
from bot.domain.people import WARD_ROLES, Role, StaffMember, Unit
from bot.domain.queueing import QueueFilter, Sort
from bot.domain.rights import CASE_RIGHTS, RIGHTS, Right
from bot.domain.staffing import Exclusion, Standing, Why
from bot.domain.thread import Author, NewMessage
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from storage import Database
from storage.tables import cases
from storage.unit_of_work import SqlUnitOfWork
from storage.visible_cases import visible_ids
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, hire, photo

PLACES: list[tuple[WardCode | None, Desk, Unit]] = [
    (TAY_HO, Desk.GENERAL, Unit.NONE),
    (TAY_HO, Desk.RESTRICTED, Unit.NONE),
    (TAY_HO, Desk.RESTRICTED, Unit.POLICE),
    (BA_DINH, Desk.GENERAL, Unit.NONE),
    (BA_DINH, Desk.RESTRICTED, Unit.POLICE),
    (None, Desk.UNPLACED, Unit.NONE),
    (TAY_HO, Desk.LEADERS, Unit.NONE),
    (None, Desk.LEADERS, Unit.NONE),
]


@dataclass(frozen=True)
class Person:
    """Somebody to be hired."""

    role: Role
    ward: WardCode
    unit: Unit


people = st.builds(
    Person,
    role=st.sampled_from(Role),
    ward=st.sampled_from([TAY_HO, BA_DINH]),
    unit=st.sampled_from([Unit.NONE, Unit.POLICE, Unit.OFFICE]),
)


@dataclass(frozen=True)
class City:
    """A generated city: pairs are places in its lists."""

    staff: list[Person]
    barred: set[tuple[int, int]]  # (case, member)
    away: set[tuple[int, int]]  # (absent, deputy)
    right: Right


@st.composite
def cities(draw: st.DrawFn) -> City:
    staff = draw(st.lists(people, min_size=2, max_size=5))
    members = st.integers(0, len(staff) - 1)
    return City(
        staff=staff,
        barred=draw(st.sets(st.tuples(st.integers(0, len(PLACES) - 1), members), max_size=6)),
        away=draw(st.sets(st.tuples(members, members), max_size=4)),
        right=draw(st.one_of(st.just(Right.READ_CASE), st.sampled_from(Right))),
    )


def reached(role: Role, ward: WardCode | None, unit: Unit, case: Case) -> bool:
    """Whether a case is at a desk of this place, and not about one's own unit."""
    if role in WARD_ROLES and unit is not Unit.NONE and case.accused_unit is unit:
        return False
    if role is Role.WARD_OFFICER:
        return case.desk is Desk.GENERAL and case.ward_code == ward
    if role in (Role.WARD_LEADER, Role.RESTRICTED_OFFICER):
        return case.desk in (Desk.GENERAL, Desk.RESTRICTED) and case.ward_code == ward
    if role is Role.CITY_COORDINATOR:
        return case.desk in (Desk.UNPLACED, Desk.LEADERS)
    return role is Role.INSPECTOR


def may_see(me: StaffMember, absent: list[StaffMember], case: Case, barred: set[tuple[int, int]], right: Right) -> bool:
    """The rules, one after the other, as the issue has them."""
    if me.role is Role.OPERATOR or right not in CASE_RIGHTS or (case.id, me.id) in barred:
        return False
    if me.role in WARD_ROLES and case.desk in (Desk.UNPLACED, Desk.LEADERS):
        return False
    if me.role in WARD_ROLES and me.unit is not Unit.NONE and case.accused_unit is me.unit:
        return False
    if right in RIGHTS[me.role] and reached(me.role, me.ward_code, me.unit, case):
        return True
    return any(
        right in RIGHTS[other.role]
        and (case.id, other.id) not in barred
        and reached(other.role, other.ward_code, other.unit, case)
        for other in absent
        if me.role not in WARD_ROLES or other.role in WARD_ROLES
    )


def stands(other: StaffMember) -> Standing:
    return Standing(staff_id=other.id, role=other.role, ward_code=other.ward_code, unit=other.unit)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(city=cities())
async def test_everybody_sees_what_the_rules_say_and_no_more(database: Database, city: City) -> None:
    """Through list, count, page, file, what they are told and the ids for everything else; deputies of any kind included."""
    async with database.begin() as uow:  # never committed: the next city begins with none
        staff = [
            await hire(uow, f"s{number}", one.ward if one.role in WARD_ROLES else None, one.role, one.unit)
            for number, one in enumerate(city.staff)
        ]
        filed = [await file_case(uow, ward=ward, desk=desk, accused_unit=unit) for ward, desk, unit in PLACES]
        files = [await _a_file(uow, case) for case in filed]
        barred: set[tuple[int, int]] = {(filed[case].id, staff[member].id) for case, member in city.barred}
        await uow.exclusions.add(
            [Exclusion(case_id=filed[case].id, staff_id=staff[member].id, why=Why.OTHER) for case, member in city.barred]
        )
        told = [(case.id, reason) for case in filed for reason in (Reason.RESIDENT, Reason.ARRIVED)]
        await uow.notices.spread([], {member.id: told for member in staff}, NOW)
        for number, me in enumerate(staff):
            absent = [staff[who] for who, deputy in sorted(city.away) if deputy == number and who != number]
            viewer = Viewer.of(me, tuple(map(stands, absent))).wanting(city.right)
            expected = {case.code for case in filed if may_see(me, absent, case, barred, city.right)}
            for sort in Sort:
                assert {line.code for line in (await uow.cases.queue(viewer, sort=sort)).lines} == expected
            assert await uow.cases.count(viewer) == len(expected)
            assert (await uow.cases.counts(viewer, now=NOW, today_ends=NOW + timedelta(hours=9))).open == len(expected)
            assert await _codes_by_id(uow, viewer) == expected
            notices = await uow.notices.of(viewer)
            takes = {case.code for case in filed if may_see(me, absent, case, barred, Right.TAKE)}
            assert {notice.code for notice in notices if notice.reason is Reason.RESIDENT} == expected
            assert {notice.code for notice in notices if notice.reason is Reason.ARRIVED} == expected & takes
            for case, file in zip(filed, files, strict=True):
                assert (await uow.cases.visible(viewer, case.code) is not None) == (case.code in expected)
                assert (await uow.cases.attachment(viewer, case.code, file) is not None) == (case.code in expected)


async def _a_file(uow: UnitOfWork, case: Case) -> int:
    await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="", at=NOW, files=(photo(),)))
    [message] = await uow.cases.thread(case.id)
    return message.attachments[0].id


async def _codes_by_id(uow: UnitOfWork, viewer: Viewer) -> set[CaseCode]:
    """As rows of other tables are chosen: by the ids of the cases one may see."""
    assert isinstance(uow, SqlUnitOfWork)
    statement = select(cases.c.code).where(cases.c.id.in_(visible_ids(viewer)))
    return {row.code for row in await uow._link.rows(statement)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(city=cities())
async def test_real_absences_never_lead_out_of_the_ward_or_into_it(database: Database, city: City) -> None:
    """Written down by whoever, an absence lends only what `may_deputise` allows."""
    async with database.begin() as uow:
        staff = [
            await hire(uow, f"s{number}", one.ward if one.role in WARD_ROLES else None, one.role, one.unit)
            for number, one in enumerate(city.staff)
        ]
        filed = [await file_case(uow, ward=ward, desk=desk, accused_unit=unit) for ward, desk, unit in PLACES]
        for who, deputy in city.away:
            await uow.absences.add(
                staff_id=staff[who].id,
                deputy_id=staff[deputy].id,
                from_at=NOW,
                until_at=NOW + timedelta(days=1),
                made_by=staff[who].id,
                now=NOW,
            )
        for me in staff:
            viewer = Viewer.of(me, await uow.absences.standings_of(me, NOW))
            seen = {line.code for line in (await uow.cases.queue(viewer, QueueFilter())).lines}
            for case in filed:
                if case.code in seen and me.role is not Role.INSPECTOR:
                    assert case.ward_code == me.ward_code if me.role in WARD_ROLES else case.desk in CITY
                    assert not (me.role in WARD_ROLES and me.unit is not Unit.NONE and case.accused_unit is me.unit)


CITY = (Desk.UNPLACED, Desk.LEADERS)
