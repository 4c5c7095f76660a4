"""However a report about an official is handed on, it never comes to a desk where the wrong people read it."""

import pytest

from bot.bell import Bell
from bot.domain.case import Accused, Case, CaseKind, Desk
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Address, Channel, Role, StaffMember
from bot.domain.ward import WardCode
from bot.routing.wards import load_wards
from bot.services.file_case import file_case
from bot.services.move_case import AlreadyThere, move_case
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, open_desk
from tests.dialogue.driver import MONDAY, hanoi

CITY, WARDS = hanoi(), load_wards()


async def filed(desk: StaffDesk, *, ward: WardCode | None, accused: Accused, kind: CaseKind = CaseKind.SUGGESTION) -> Case:
    draft = Draft(
        serial="ABC234",
        started_at=MONDAY,
        parts=(DraftPart(source_id="m1", text="Ông ấy vòi tiền"),),
        kind=kind,
        ward_codes=(ward,) if ward else (),
        is_sensitive=accused is not Accused.NOBODY,
        accused=accused,
    )
    lan = Conversation(address=Address(Channel.WEBCHAT, "lan"))
    async with desk.database.begin() as uow:
        case = await file_case(uow, conversation=lan, draft=draft, city=CITY, now=MONDAY)
        await uow.commit()
    return await desk.now_is(case.code)


async def moved(desk: StaffDesk, staff: StaffMember, case: Case, ward: WardCode | None) -> Case:
    async with desk.database.begin() as uow:
        case = await move_case(
            uow, staff=staff, code=case.code, version=case.version, ward_code=ward, now=MONDAY, wards=WARDS
        )
        await uow.commit()
    return case


@pytest.mark.parametrize(
    ("ward", "accused", "desk"),
    [
        (PHU_THUONG, Accused.NOBODY, Desk.GENERAL),
        (PHU_THUONG, Accused.OFFICIAL, Desk.RESTRICTED),
        (PHU_THUONG, Accused.LEADER, Desk.LEADERS),
        (None, Accused.OFFICIAL, Desk.LEADERS),
        (None, Accused.NOBODY, Desk.UNPLACED),
    ],
)
async def test_what_is_called_a_suggestion_is_filed_where_it_belongs(
    database: Database, bell: Bell, ward: WardCode | None, accused: Accused, desk: Desk
) -> None:
    async with open_desk(database, bell) as staff_desk:
        case = await filed(staff_desk, ward=ward, accused=accused)
        assert (case.desk, case.ward_code, case.accused) == (desk, ward, accused)
        assert (case.is_sensitive, case.draft_serial) == (accused is not Accused.NOBODY, "ABC234")


async def test_a_draft_of_before_that_names_nobody_accuses_an_official(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        case = await filed(desk, ward=PHU_THUONG, accused=Accused.NOBODY, kind=CaseKind.CONDUCT)
        assert (case.is_sensitive, case.accused, case.desk) == (True, Accused.OFFICIAL, Desk.RESTRICTED)


async def test_a_report_about_an_official_moves_from_restricted_desk_to_restricted_desk(
    database: Database, bell: Bell
) -> None:
    async with open_desk(database, bell) as desk:
        chief = await desk.staff("chief", Role.RESTRICTED_OFFICER)
        case = await filed(desk, ward=PHU_THUONG, accused=Accused.OFFICIAL)
        there = await moved(desk, chief, case, HOAN_KIEM)
        assert (there.desk, there.ward_code) == (Desk.RESTRICTED, HOAN_KIEM)


async def test_a_report_about_a_leader_stays_with_the_city(database: Database, bell: Bell) -> None:
    """The city may say which ward it is about; nobody of that ward comes to read it, and the resident is told no ward."""
    async with open_desk(database, bell) as desk:
        city = await desk.staff("city", Role.CITY_COORDINATOR)
        case = await filed(desk, ward=PHU_THUONG, accused=Accused.LEADER)
        with pytest.raises(AlreadyThere):
            await moved(desk, city, case, None)
        there = await moved(desk, city, case, HOAN_KIEM)
        assert (there.desk, there.ward_code) == (Desk.LEADERS, HOAN_KIEM)
        [told] = await desk.hears(there)
        assert "Hoàn Kiếm" not in told
        assert "thành phố" in told


async def test_once_back_at_the_city_it_is_there(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        chief, city = await desk.staff("chief", Role.RESTRICTED_OFFICER), await desk.staff("city", Role.CITY_COORDINATOR)
        case = await filed(desk, ward=PHU_THUONG, accused=Accused.OFFICIAL)
        back = await moved(desk, chief, case, None)
        assert (back.desk, back.ward_code) == (Desk.LEADERS, PHU_THUONG)
        with pytest.raises(AlreadyThere):
            await moved(desk, city, back, None)
