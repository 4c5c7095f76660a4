"""Who sees which case: the whole matrix, through every read that asks for somebody's eyes."""

import itertools

import pytest

from bot.domain.case import WARD_DESKS, Case, Desk
from bot.domain.people import Role
from bot.domain.queueing import QueuePage
from bot.domain.thread import Author, NewMessage
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage import Database
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, officer, photo

PLACES: list[tuple[WardCode | None, Desk]] = [
    (TAY_HO, Desk.GENERAL),
    (TAY_HO, Desk.RESTRICTED),
    (BA_DINH, Desk.GENERAL),
    (BA_DINH, Desk.RESTRICTED),
    (None, Desk.UNPLACED),
    (None, Desk.LEADERS),
    (TAY_HO, Desk.LEADERS),  # about a leader, from Tây Hồ: the city's, not the ward's
]
VIEWERS = [officer(ward, role) for role, ward in itertools.product(Role, (TAY_HO, BA_DINH, None))]


def may_see(viewer: Viewer, ward: WardCode | None, desk: Desk) -> bool:
    """The rule of `bot.domain.people.Role`, said a second time in other words."""
    match viewer.role:
        case Role.WARD_OFFICER:
            return ward == viewer.ward_code and desk == Desk.GENERAL
        case Role.RESTRICTED_OFFICER | Role.WARD_LEADER:
            return ward == viewer.ward_code and desk in WARD_DESKS
        case Role.CITY_COORDINATOR:
            return desk not in WARD_DESKS
        case Role.INSPECTOR:
            return True
        case Role.OPERATOR:
            return False


async def test_everybody_sees_exactly_what_is_theirs(database: Database) -> None:
    """Case page, queue, count and files agree for every role, ward and desk; a foreign case is simply not there."""
    async with database.begin() as uow:
        filed: dict[tuple[WardCode | None, Desk], tuple[Case, int]] = {}
        for ward, desk in PLACES:
            case = await file_case(uow, ward=ward, desk=desk)
            await uow.cases.add_message(
                NewMessage(case_id=case.id, author=Author.RESIDENT, text="ảnh", at=NOW, files=(photo(),))
            )
            [message] = await uow.cases.thread(case.id)
            filed[ward, desk] = case, message.attachments[0].id
        await uow.commit()

    seen = 0
    for viewer in VIEWERS:
        async with database.reading() as uow:
            lines = (await uow.cases.queue(viewer)).lines
            expected = {filed[place][0].code for place in PLACES if may_see(viewer, *place)}
            assert {line.code for line in lines} == expected, viewer
            assert await uow.cases.count(viewer) == len(expected), viewer
            for place, (case, file) in filed.items():
                allowed = may_see(viewer, *place)
                assert (await uow.cases.visible(viewer, case.code) is not None) == allowed, (viewer, place)
                assert (await uow.cases.attachment(viewer, case.code, file) is not None) == allowed, (viewer, place)
            seen += len(expected)
    assert seen, "nobody saw anything: the matrix proves nothing"


async def test_a_file_is_not_found_through_another_case(database: Database) -> None:
    """Its id with the code of a case one may see opens nothing."""
    async with database.begin() as uow:
        mine, theirs = await file_case(uow), await file_case(uow, ward=BA_DINH)
        await uow.cases.add_message(NewMessage(case_id=theirs.id, author=Author.RESIDENT, text="", at=NOW, files=(photo(),)))
        [message] = await uow.cases.thread(theirs.id)
        assert await uow.cases.attachment(officer(), mine.code, message.attachments[0].id) is None
        assert await uow.cases.attachment(officer(BA_DINH), theirs.code, message.attachments[0].id) is not None


@pytest.mark.parametrize("role", [Role.WARD_OFFICER, Role.RESTRICTED_OFFICER])
async def test_an_officer_without_a_ward_sees_nothing(database: Database, role: Role) -> None:
    """Not the cases without a ward either."""
    async with database.begin() as uow:
        await file_case(uow, ward=None, desk=Desk.UNPLACED)
        await file_case(uow)
        for ward in (None, WardCode("")):
            assert await uow.cases.queue(officer(ward, role)) == QueuePage(lines=())
