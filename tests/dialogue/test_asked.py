"""Staff ask something: the resident is told that we wait, and whatever they say or press ends it."""

from datetime import date, timedelta

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseStatus
from bot.domain.people import Language
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.services.city import City
from handlers.timekeeping import ChangedCalendar
from storage import Database
from tests.admin.desk import open_desk
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident
from tests.dialogue.test_receipts import files

TAY_HO = WardCode("00103")
NOTHING = {Language.VI: "Tôi không có gì thêm", Language.EN: "I have nothing to add"}


@pytest.fixture
async def minh(database: Database, city: City) -> Officer:
    return await Officer.hired(database, city)


async def asked(lan: Resident, minh: Officer) -> Case:
    """Filed, and asked an hour later."""
    code = await files(lan)
    lan.now += timedelta(hours=1)
    minh.now = lan.now
    await minh.answers(code, "Ngõ nào ạ?", asks=True)
    await lan._deliver()
    return await minh.case(code)


@pytest.mark.parametrize("language", list(Language))
async def test_the_resident_reads_that_we_wait(meet: Meet, minh: Officer, language: Language) -> None:
    lan = meet("Lan", language)
    case = await asked(lan, minh)
    assert case.clocks.waits_since == minh.now
    assert ("tạm dừng" if language is Language.VI else "stands still") in lan.hears[-1]
    await lan.presses_data(f"c:{case.code}")
    assert any(("đang chờ Bạn" if language is Language.VI else "waits for your answer") in line for line in lan.hears[-3:])


async def test_words_end_the_waiting_and_tell_the_new_day(meet: Meet, minh: Officer) -> None:
    """Four days later, on a Friday: the deadline is four working days later, and that is what Lan is told."""
    lan = meet("Lan")
    before = await asked(lan, minh)
    lan.now += timedelta(days=4)
    await lan.says("Ngõ 12 ạ, cạnh trường học")
    after = await minh.case(before.code)
    assert after.clocks.waits_since is None
    assert after.due_at > before.due_at
    assert f"{minh.city.day_of(after.due_at):%d/%m/%Y}" in lan.hears[-1]
    assert [event.kind for event in await lan.timeline(after)][-2:] == [EventKind.ADDED, EventKind.GOES_ON]


@pytest.mark.parametrize("language", list(Language))
async def test_a_press_ends_it_too_and_only_once(meet: Meet, minh: Officer, language: Language) -> None:
    lan = meet("Lan", language)
    before = await asked(lan, minh)
    lan.now += timedelta(days=1)
    data = lan.button(NOTHING[language]).data
    await lan.presses(NOTHING[language])
    after = await minh.case(before.code)
    assert (after.clocks.waits_since, after.status) == (None, CaseStatus.OPEN)
    assert f"{minh.city.day_of(after.due_at):%d/%m/%Y}" in lan.hears[-1]
    await lan.presses_data(data)
    assert (await minh.case(before.code)).due_at == after.due_at
    kinds = [event.kind for event in await lan.timeline(after)]
    assert kinds.count(EventKind.GOES_ON) == kinds.count(EventKind.ADDED) == 1


async def test_nobody_else_ends_it(meet: Meet, minh: Officer) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    case = await asked(lan, minh)
    await hoa.presses_data(f"nm:{case.code}")
    assert (await minh.case(case.code)).clocks.waits_since is not None


async def test_after_the_end_the_button_does_nothing(meet: Meet, minh: Officer) -> None:
    lan = meet("Lan")
    case = await asked(lan, minh)
    await minh.closes(case.code)
    await lan.presses_data(f"nm:{case.code}")
    assert (await minh.case(case.code)).status is CaseStatus.CLOSED


async def test_one_deadline_wherever_one_looks(meet: Meet, minh: Officer, database: Database, bell: Bell) -> None:
    """After a pause and a changed calendar: the chat's status, its receipt, the desk's page, its queue and its clock."""
    lan = meet("Lan")
    case = await asked(lan, minh)
    lan.now += timedelta(days=2)
    await lan.says("Ngõ 12 ạ")
    async with database.begin() as uow:
        await uow.calendar.put(date(2026, 11, 23), is_worked=False, note="")
        await uow.calendar.sweep(date(2026, 11, 23), lan.now)
        await uow.commit()
    await ChangedCalendar(database, minh.city.calendar).do(lan.now)
    now = await minh.case(case.code)
    assert now.due_at == case.due_at + timedelta(days=3), "two working days and a holiday"
    day = f"{minh.city.day_of(now.due_at):%d/%m/%Y}"
    for data in (f"c:{case.code}", f"r:{case.code}"):
        await lan.presses_data(data)
        assert any(day in line for line in lan.hears[-4:]), data
    async with open_desk(database, bell) as desk:
        desk.clock.at = lan.now
        thu = await desk.signed_in("thu", ward=TAY_HO)
        for page in (f"/staff/cases/{case.code}", "/staff/"):
            await thu.opens(page)
            assert f">{day}</time>" in thu.text, page
