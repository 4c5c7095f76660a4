"""S19, S28: who looks at what is sealed is written down, and the auditor hears of one account that looks at very much."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from admin import watch
from admin.guard import TOUCHES
from admin.watch import MANY, WITHIN, Watch
from bot.commands import record_export
from bot.domain.case import CaseId, Desk
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Role, StaffId
from storage import Database
from tests.admin.conftest import sqlite_desk  # noqa: F401 - the desk of those tests
from tests.admin.desk import StaffDesk
from tests.admin.test_audit_page import PAGE, lines
from tests.files.pictures import in_format
from tests.services.told import Chats

CASE = "/staff/cases/{code}"
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


async def written(desk: StaffDesk) -> None:
    """What is written beside a page has been."""
    tasks = desk.server.app[TOUCHES]
    while tasks:
        await asyncio.wait(tasks)


async def test_each_case_about_officials_that_is_opened_is_in_the_trail(sqlite_desk: StaffDesk) -> None:  # noqa: F811 - the fixture
    """S19: Thu of the restricted desk opens one, twice; Minh's own cases leave no row: reading is no act."""
    thu, minh = await sqlite_desk.signed_in("thu", Role.RESTRICTED_OFFICER), await sqlite_desk.signed_in("minh")
    sealed, plain = await sqlite_desk.case(), await sqlite_desk.case()
    async with sqlite_desk.database.begin() as uow:
        await uow.cases.change(await sqlite_desk.now_is(sealed.code), desk=Desk.RESTRICTED)
        await uow.commit()
    for _ in range(2):
        await thu.opens(f"/staff/cases/{sealed.code}")
        await minh.opens(f"/staff/cases/{plain.code}")
        await minh.opens(f"/staff/cases/{sealed.code}")  # is not there for him
        await written(sqlite_desk)
    async with sqlite_desk.database._transaction() as connection:
        asked = "SELECT staff_id, subject FROM audit WHERE action = 'sealed_case_opened'"
        rows = (await connection.exec_driver_sql(asked)).all()
    assert [tuple(row) for row in rows] == [((await sqlite_desk.member("thu")).id, sealed.code)]


async def test_no_part_of_a_case_about_officials_is_looked_at_without_a_row(sqlite_desk: StaffDesk) -> None:  # noqa: F811 - the fixture
    """S19: Its files, photos and further pages have addresses of their own: who comes by one of them is in the trail too."""
    routes = {
        str(route.resource.canonical).removeprefix(CASE)
        for route in sqlite_desk.server.app.router.routes()
        if route.resource and route.method == "GET" and route.resource.canonical.startswith(CASE)
    }
    assert routes >= {"", "/files/{id}", "/files/{id}/small", "/photos/{id}", "/closed", "/wish", "/pause"}
    key = await sqlite_desk.files.put(in_format("JPEG"))
    picture = StoredFile(key, FileKind.PHOTO, "a.jpg", "image/jpeg", 9, shown_key=key)
    sealed = await sqlite_desk.case(files=(picture,))
    async with sqlite_desk.database.begin() as uow:
        await uow.cases.change(await sqlite_desk.now_is(sealed.code), desk=Desk.RESTRICTED)
        await uow.commit()
    async with sqlite_desk.database.reading() as uow:
        number = str((await uow.cases.thread(sealed.id))[0].attachments[0].id)
    seen = {}
    elsewhere = {"/proposal/files/{id}", "/pause"}  # of a proposal; for a leader: the same way
    for place, route in enumerate(sorted(routes - elsewhere)):
        officer = await sqlite_desk.signed_in(f"officer{place}", Role.RESTRICTED_OFFICER)
        for _ in range(2):
            answer = await officer.opens(f"/staff/cases/{sealed.code}{route.replace('{id}', number)}")
            assert answer.status == 200, route
            await written(sqlite_desk)
        seen[(await sqlite_desk.member(f"officer{place}")).id] = route
    async with sqlite_desk.database._transaction() as connection:
        asked = "SELECT staff_id FROM audit WHERE action = 'sealed_case_opened'"
        told = (await connection.exec_driver_sql(asked)).scalars().all()
    assert sorted(told) == sorted(seen), "each of them once"


async def test_an_account_that_opens_very_many_is_told_of_once(
    sqlite_desk: StaffDesk,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S28: the inspector reads it in plain words, at the top of the trail."""
    monkeypatch.setattr(watch, "MANY", 3)
    minh, inspector = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("tra", Role.INSPECTOR)
    cases = [await sqlite_desk.case() for _ in range(5)]
    for case in (*cases[:3], *cases[:3]):
        await minh.opens(f"/staff/cases/{case.code}")
    await written(sqlite_desk)
    await inspector.opens(PAGE)
    assert "Bất thường" not in inspector.text
    for case in cases[3:]:
        await minh.opens(f"/staff/cases/{case.code}")
    await written(sqlite_desk)
    await inspector.opens(PAGE)
    assert [line for line in lines(inspector) if "Bất thường" in line[1]] == [
        ["Minh", "Bất thường: mở hơn 50 hồ sơ trong một giờ"]
    ]


async def test_inspectors_hear_of_it_in_their_chats_at_once(
    sqlite_desk: StaffDesk,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S28: Of an account that opens very many, and of an export, by night too; whoever it is about hears nothing."""
    monkeypatch.setattr(watch, "MANY", 2)
    chats = Chats(sqlite_desk)
    tra, dao = await chats.staff("tra", Role.INSPECTOR, None), await chats.staff("dao", Role.INSPECTOR, None)
    leader = await chats.staff("leader", Role.WARD_LEADER)
    nosy = await sqlite_desk.browser()
    await nosy.signs_in("dao")
    for _ in range(4):
        case = await sqlite_desk.case()
        await nosy.opens(f"/staff/cases/{case.code}")
    await written(sqlite_desk)
    [told] = [line for line in await chats.hears(tra) if "mở hơn" in line]
    assert "Dao đã mở hơn 2 hồ sơ" in told
    assert case.code not in told
    for one in (dao, leader):
        assert not any("mở hơn" in line for line in await chats.hears(one))
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    await record_export(sqlite_desk.database, what="cases_exported", now=NOON + timedelta(hours=15), zone=zone, details={})
    for one in (tra, dao):
        assert len([line for line in await chats.hears(one) if "ban đêm" in line]) == 1
    assert not any("xuất dữ liệu" in line for line in await chats.hears(leader))


def test_the_count_is_of_different_cases_within_an_hour_and_begins_anew() -> None:
    """S28: fifty are a busy morning; fifty-one within the hour are told, once; a clock that was set back counts anew."""
    seen, minh = Watch(), StaffId(1)
    told = [seen.is_many(minh, CaseId(number % MANY), NOON) for number in range(4 * MANY)]
    assert not any(told)
    assert seen.is_many(minh, CaseId(MANY), NOON)
    assert not seen.is_many(StaffId(2), CaseId(MANY), NOON)
    assert not any(seen.is_many(minh, CaseId(1000 + number), NOON) for number in range(4 * MANY))
    for later in (NOON + WITHIN, NOON - timedelta(days=400)):
        told = [seen.is_many(minh, CaseId(number), later) for number in range(MANY + 1)]
        assert told == [False] * MANY + [True]


async def test_an_export_is_in_the_trail_before_its_first_row_and_at_night_it_says_so(database: Database) -> None:
    """S19, S28: by the command line, which knows no account: when, what was asked for, and whether it was night."""
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    for hours, at_night in ((0, False), (9, False), (10, True), (17, True), (18, False)):  # from noon there
        now = NOON + timedelta(hours=hours)
        await record_export(database, what="cases_exported", now=now, zone=zone, details={"ward": "00091"})
        async with database._transaction() as connection:
            [details] = (await connection.exec_driver_sql("SELECT details FROM audit ORDER BY id DESC LIMIT 1")).scalars()
        assert details == ('{"at_night":true,"ward":"00091"}' if at_night else '{"ward":"00091"}'), hours
