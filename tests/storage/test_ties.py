"""Cases that have to do with each other, and notes that name somebody; each on both engines."""

from typing import Any

from bot.domain.case import Case, Desk
from bot.domain.people import Role, StaffId
from bot.domain.thread import Author, NewMessage
from bot.domain.ward import Point
from bot.ports import UnitOfWork, Viewer
from storage import Database
from tests.storage.cast import BA_DINH, LATER, NOW, TAY_HO, file_case, hire, officer

HERE = Point(21.0700, 105.8200)
NEAR, FAR = Point(21.0712, 105.8205), Point(21.0725, 105.8200)  # 143 m and 278 m away


async def test_of_several_codes_only_those_that_one_may_see_are_found(database: Database) -> None:
    async with database.begin() as uow:
        ours, secret = await file_case(uow), await file_case(uow, desk=Desk.RESTRICTED)
        theirs = await file_case(uow, ward=BA_DINH)
        codes = [theirs.code, secret.code, ours.code]
        assert await uow.ties.among(officer(), codes) == [ours]
        assert await uow.ties.among(officer(role=Role.WARD_LEADER), codes) == [ours, secret]
        assert await uow.ties.among(officer(), []) == []


async def test_what_joined_a_case_is_listed_as_far_as_one_may_see_it(database: Database) -> None:
    async with database.begin() as uow:
        main, one = await file_case(uow), await file_case(uow)
        secret = await file_case(uow, desk=Desk.RESTRICTED)
        joined = await uow.ties.join(one, main.id)
        await uow.ties.join(secret, main.id)
        assert joined.main_case_id == main.id
        assert [case.code for case in await uow.ties.of_main(officer(), main.id)] == [one.code]
        alone = await uow.ties.join(joined, None)
        assert alone.main_case_id is None
        assert await uow.ties.of_main(officer(), main.id) == []


async def at(uow: UnitOfWork, point: Point | None, place: str = "", **where: Any) -> Case:
    return await file_case(uow, point=point, place_key=place, **where)


async def test_what_is_near_is_of_the_same_ward_and_within_the_distance(database: Database) -> None:
    async with database.begin() as uow:
        case, near, same = await at(uow, HERE, "ngo 12"), await at(uow, NEAR), await at(uow, None, "ngo 12")
        await at(uow, FAR)
        await at(uow, NEAR, "ngo 12", ward=BA_DINH)
        await at(uow, NEAR, desk=Desk.RESTRICTED)
        nowhere = await at(uow, None)
        found = await uow.ties.near(officer(), case, metres=200)
        assert [other.code for other in found] == [same.code, near.code]
        assert await uow.ties.near(officer(), nowhere, metres=200) == []


async def note(uow: UnitOfWork, text: str, member: StaffId, by: StaffId, desk: Desk = Desk.GENERAL) -> str:
    case = await file_case(uow, desk=desk)
    message = NewMessage(case_id=case.id, author=Author.NOTE, text=text, at=NOW, staff_id=by)
    await uow.mentions.add(case.id, await uow.cases.add_message(message), member, NOW)
    return case.code


async def test_a_mention_is_read_by_whoever_is_named_while_they_may_see_the_case(database: Database) -> None:
    async with database.begin() as uow:
        minh, hoa = await hire(uow), await hire(uow, "hoa")
        first = await note(uow, "@hoa xem giúp", hoa.id, minh.id)
        await note(uow, "@hoa mật", hoa.id, minh.id, Desk.RESTRICTED)
        second = await note(uow, "@hoa nữa", hoa.id, minh.id)
        found = await uow.mentions.of(Viewer.of(hoa))
        assert [(one.case_code, one.text, one.is_new) for one in found] == [
            (second, "@hoa nữa", True),
            (first, "@hoa xem giúp", True),
        ]
        assert {one.by_name for one in found} == {minh.full_name}
        assert await uow.mentions.of(Viewer.of(minh)) == []
        await uow.mentions.see(hoa.id, LATER)
        assert [one.is_new for one in await uow.mentions.of(Viewer.of(hoa))] == [False, False]
        assert hoa.ward_code == TAY_HO
