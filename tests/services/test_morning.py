"""The morning's digest: the numbers of the desk itself, on working days, to whom they are something to act on."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.people import Language, Role, StaffMember
from bot.domain.staffing import Exclusion, Why
from handlers.timekeeping import DueDigests
from storage import Database
from tests.admin.desk import HOAN_KIEM, StaffDesk, open_desk
from tests.conftest import Place
from tests.services.told import URL, Chats, hanoi


@pytest.fixture
async def chats(database: Database, bell: Bell) -> AsyncIterator[Chats]:
    """A Wednesday evening."""
    async with open_desk(database, bell) as desk:
        desk.clock.at = hanoi(18, 20)
        yield Chats(desk)


@pytest.fixture
async def quick_chats(sqlite_database: Database, bell: Bell) -> AsyncIterator[Chats]:
    async with open_desk(sqlite_database, bell) as desk:
        desk.clock.at = hanoi(18, 20)
        yield Chats(desk)


async def reads(chats: Chats, member: StaffMember, day: int, hour: int = 8, minute: int = 0) -> list[str]:
    """What the member's chat got at that time of November, pings apart."""
    chats.desk.clock.at = hanoi(day, hour, minute)
    await chats.greets()
    return [text for text in await chats.hears(member) if text.startswith("Chào buổi sáng")]


async def disputes(desk: StaffDesk, case: Case) -> None:
    async with desk.database.begin() as uow:
        closed = await uow.cases.change(await desk.now_is(case.code), status=CaseStatus.CLOSED, closed_at=desk.clock.now())
        await uow.cases.reopen(closed, due_at=hanoi(30, 17), is_disputed=True)
        await uow.commit()


async def test_each_number_is_that_of_the_queue_it_leads_to(chats: Chats) -> None:
    """One late, two due today, one disputed; four of the five are nobody's. The lines are followed at the desk."""
    minh = await chats.staff("minh")
    browser = await chats.desk.browser()
    late = await chats.desk.case(due_in=timedelta(hours=1))
    for _ in range(2):
        await chats.desk.case(due_in=timedelta(hours=20))
    await disputes(chats.desk, await chats.desk.case(due_in=timedelta(days=9)))
    await chats.desk.case(due_in=timedelta(days=9))
    await chats.desk.case(ward=HOAN_KIEM)
    await chats.takes(minh, late)
    [digest] = await reads(chats, minh, 19)
    assert digest == (
        "Chào buổi sáng. Việc đang chờ bạn hôm nay:\n"
        f"• 1 việc quá hạn\n{URL}/staff/?due=late\n"
        f"• 2 việc đến hạn hôm nay\n{URL}/staff/?due=today\n"
        f"• 1 việc người dân chưa đồng ý\n{URL}/staff/?disputed=1\n"
        f"• 4 việc chưa ai nhận\n{URL}/staff/?owner=none"
    )
    assert (await browser.signs_in("minh")).status == 303
    for number, path in re.findall(rf"• (\d+) .*\n{URL}(\S+)", digest):
        await browser.opens(path)
        assert len(browser.codes()) == int(number), path


async def test_silence_where_there_is_nothing_to_act_on(chats: Chats) -> None:
    """An owned case with time left is no news; what only others can act on is none either."""
    minh, inspector = await chats.staff("minh"), await chats.staff("thanh", Role.INSPECTOR)
    await chats.takes(minh, await chats.desk.case(due_in=timedelta(days=9)))
    await chats.desk.case(ward=HOAN_KIEM, due_in=timedelta(hours=1))
    assert await reads(chats, minh, 19) == []
    assert await reads(chats, inspector, 19) == []


async def test_once_a_morning_on_working_days_only(chats: Chats) -> None:
    """Thursday, Friday and Monday; not at 7:59, not on the weekend, and never twice."""
    minh = await chats.staff("minh")
    await chats.desk.case()
    assert await reads(chats, minh, 19, 7, 59) == []
    heard = {day: len(await reads(chats, minh, day)) for day in range(19, 24)}
    assert heard == {19: 1, 20: 1, 21: 0, 22: 0, 23: 1}
    assert await reads(chats, minh, 23, 8, 5) == []
    assert await reads(chats, minh, 23, 22) == []


async def test_a_day_off_is_silent_and_a_saturday_that_is_worked_is_not(chats: Chats) -> None:
    """As staff set the calendar, also after the next digest's time was stored."""
    minh = await chats.staff("minh")
    await chats.desk.case()
    async with chats.database.begin() as uow:
        await uow.calendar.put(date(2026, 11, 20), is_worked=False, note="x")
        await uow.calendar.put(date(2026, 11, 21), is_worked=True, note="x")
        await uow.commit()
    assert [len(await reads(chats, minh, day)) for day in (19, 20, 21, 22)] == [1, 0, 1, 0]


async def test_a_process_that_starts_late_tells_it_in_the_morning_or_leaves_it_out(quick_chats: Chats) -> None:
    minh = await quick_chats.staff("minh")
    await quick_chats.desk.case()
    assert len(await reads(quick_chats, minh, 19, 11, 59)) == 1
    assert await reads(quick_chats, minh, 20, 12) == []
    assert len(await reads(quick_chats, minh, 23)) == 1


async def test_the_deputy_gets_the_absent_ones_and_the_accused_gets_no_number(chats: Chats) -> None:
    """Kim stands in for Hien, who reads the restricted desk; of the two cases there, one is about Kim."""
    kim, hien = await chats.staff("kim"), await chats.staff("hien", Role.WARD_LEADER)
    about_kim, _ = [await chats.desk.case(kind=CaseKind.CONDUCT, due_in=timedelta(days=9)) for _ in range(2)]
    async with chats.database.begin() as uow:
        await uow.exclusions.add([Exclusion(case_id=about_kim.id, staff_id=kim.id, why=Why.ACCUSED)])
        await uow.commit()
    [line] = await reads(chats, hien, 19)
    assert "• 2 việc chưa ai nhận" in line
    assert await reads(chats, kim, 19) == []
    await chats.is_away(hien, kim, days=2)
    [line] = await reads(chats, kim, 20)
    assert "• 1 việc chưa ai nhận" in line
    assert await reads(chats, hien, 20) == []


async def test_it_speaks_the_members_language_and_holds_nothing_of_a_case(quick_chats: Chats) -> None:
    minh = await quick_chats.staff("minh")
    async with quick_chats.database.begin() as uow:
        await uow.staff.set_language(minh.id, Language.EN)
        await uow.commit()
    case = await quick_chats.desk.case("Ông Tư ở ngõ 12 đốt rác")
    quick_chats.desk.clock.at = hanoi(19, 8)
    await quick_chats.greets()
    [digest] = await quick_chats.hears(minh)
    assert digest == f"Good morning. Waiting for you today:\n• 1 unassigned\n{URL}/staff/?owner=none"
    assert case.code not in digest


async def test_who_wants_none_or_has_no_account_any_more_gets_none(quick_chats: Chats) -> None:
    minh, hoa, lan = [await quick_chats.staff(name) for name in ("minh", "hoa", "lan")]
    await quick_chats.chooses(minh, digest=False)
    async with quick_chats.database.begin() as uow:
        await uow.staff.set_disabled(hoa.id, True)
        await uow.commit()
    await quick_chats.desk.case()
    assert [len(await reads(quick_chats, who, 19)) for who in (minh, hoa, lan)] == [0, 0, 1]
    await quick_chats.chooses(minh)
    assert len(await reads(quick_chats, minh, 20)) == 1


async def test_several_processes_greet_everybody_once(database_place: Place, bell: Bell) -> None:
    """Two on PostgreSQL; what was due while none ran is said by whoever runs next."""
    first = database_place.database(bell)
    await first.open()
    async with open_desk(first, bell) as desk:
        desk.clock.at = hanoi(18, 20)
        chats = Chats(desk)
        staff = [await chats.staff(f"minh{number}") for number in range(12)]
        await desk.case()
        calendar = chats.calendar
    await first.close()
    again = [database_place.database(bell) for _ in range(2 if database_place.engine == "postgresql" else 1)]
    for database in again:
        await database.open()

    async def run(database: Database) -> None:
        while await DueDigests(database, calendar, URL).do(hanoi(19, 8)):
            pass

    await asyncio.gather(*(run(database) for database in again))
    async with open_desk(again[0], bell) as desk:
        desk.clock.at = hanoi(19, 8)
        chats = Chats(desk)
        assert [len(await chats.hears(member)) for member in staff] == [1] * 12
    for database in again:
        await database.close()
