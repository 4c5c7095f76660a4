"""Talking to a person, staying anonymous, being paused, and a draft that nobody goes on with."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incoming import IncomingKind
from bot.domain.office import Office, is_office_time, next_office_day
from bot.domain.people import Language
from bot.domain.privacy import pseudonym
from bot.domain.ward import WardCode
from handlers.dialogue.spoken import spoken
from handlers.timekeeping import DueDrafts
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import MONDAY, Resident, hanoi

TAY_HO = WardCode("00091")


async def files(resident: Resident, words: str = "Rác ở phường Phú Thượng") -> None:
    await resident.says(words)
    await resident.presses("Gửi")


async def office(resident: Resident, ward: WardCode) -> None:
    async with resident.storage.begin() as uow:
        known = Office(
            ward_code=ward, phone="024 3753 0000", hours="8h–17h, thứ Ba", hours_en="8–17, Tuesday", address="Số 1 Âu Cơ"
        )
        await uow.ward_settings.put(known, resident.now)
        await uow.commit()


async def test_the_ward_of_the_case_is_named_with_phone_hours_and_address(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    ward = (await lan.cases())[-1].ward_code
    assert ward is not None
    await lan.says("gặp cán bộ")
    assert "chưa có số điện thoại" in lan.hears[-1]
    assert "trong giờ làm việc" in lan.hears[-1]
    await office(lan, ward)
    await lan.commands("person")
    assert "024 3753 0000" in lan.hears[-1]
    assert "Số 1 Âu Cơ" in lan.hears[-1]
    lan.now = datetime(2026, 11, 20, 12, tzinfo=UTC)  # Friday evening
    await lan.commands("language")
    await lan.says("English", "talk to a person")
    assert "8–17, Tuesday" in lan.hears[-1]
    assert "23/11/2026" in lan.hears[-1]


async def test_without_a_ward_it_is_asked_for_by_name(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.commands("person")
    assert "phường, xã nào" in lan.hears[-1]
    await lan.says("phường Tây Hồ")
    assert "Ủy ban nhân dân phường Tây Hồ" in lan.hears[-1]
    await lan.presses("Phường, xã khác")
    await lan.says("Rác đầy đường ở phường Ba Đình từ tuần trước")
    draft = (await lan.conversation()).draft
    assert draft is not None, "a matter is no answer"


async def test_a_call_back_needs_a_contact_and_is_read_in_the_thread(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    case = (await lan.cases())[-1]
    await lan.commands("person")
    await lan.presses("Nhờ cán bộ gọi lại")
    assert "Bạn có đồng ý không?" in lan.hears[-1]
    await lan.presses("Tôi đồng ý")
    await lan.says("0912 345 678")
    await lan.presses("Nhờ cán bộ gọi lại")
    await lan.presses("Nhờ cán bộ gọi lại")
    assert "muốn được gọi lại" in lan.hears[-1]
    assert [message.text for message in await lan.thread(case)][1:] == ["Tôi muốn được cán bộ gọi lại về việc này."]


def test_office_time_follows_the_working_calendar() -> None:
    """Weekdays from eight to five in Hanoi, without holidays; a Sunday evening points to Monday."""
    calendar = hanoi().calendar.current()
    friday = datetime(2026, 11, 20, tzinfo=UTC)
    assert [is_office_time(friday + timedelta(hours=h), calendar) for h in (0.9, 1, 9.9, 10)] == [False, True, True, False]
    sunday = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert not is_office_time(sunday, calendar)
    assert f"{next_office_day(sunday, calendar):%A}" == "Monday"
    assert next_office_day(datetime(2026, 9, 1, 12, tzinfo=UTC), calendar).day > 2  # the National Day
    assert next_office_day(friday, calendar) == friday.date()


async def test_a_word_makes_the_draft_anonymous_and_takes_it_back(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("ẩn danh")
    assert "không hỏi tên" in lan.hears[-1]
    await lan.says("Rác ở phường Tây Hồ", "ẩn danh")
    assert "gửi ẩn danh" in lan.hears[-1]
    await lan.commands("anonymous")
    assert "không còn gửi ẩn danh" in lan.hears[-1]
    await lan.commands("anonymous")
    await lan.presses("Gửi")
    case = (await lan.cases())[-1]
    assert case.is_anonymous
    assert pseudonym(case.code) == case.code[:4]
    await lan.says("sáng nay nhiều hơn")
    assert "Đã thêm" in lan.hears[-1]


async def pause(resident: Resident, until: datetime | None, reason: str = "spam") -> None:
    async with resident.storage.begin() as uow:
        assert await uow.conversations.pause(resident.address, until=until, reason=reason)
        await uow.commit()


async def test_a_paused_resident_is_told_once_a_day_and_heard_again_afterwards(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    case = (await lan.cases())[-1]
    await pause(lan, lan.now + timedelta(days=2))
    await lan.says("vay tiền nhanh")
    assert "tạm ngừng nhận tin" in lan.hears[-1]
    assert "18/11/2026" in lan.hears[-1]
    assert "lặp lại" in lan.hears[-1]
    assert "gặp trực tiếp" in lan.hears[-1]
    heard = len(lan.hears)
    await lan.says("vay tiền nhanh")
    await lan.sends_photo("nhanh")
    await lan.commands("new")
    assert len(lan.hears) == heard
    lan.now += timedelta(days=1)
    await lan.says("vay tiền nhanh")
    assert len(lan.hears) == heard + 1
    assert len(await lan.thread(case)) == 1
    lan.now += timedelta(days=1)
    await lan.says("rác vẫn còn")
    assert "Đã thêm" in lan.hears[-1]


async def test_danger_data_and_people_are_heard_during_a_pause(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    case = (await lan.cases())[-1]
    await pause(lan, lan.now + timedelta(days=2))
    await lan.says("cháy nhà ở ngõ 12, cứu với")
    assert "114" in "".join(reply.text for reply in lan.heard_now)
    assert "cháy nhà" in (await lan.thread(case))[-1].text
    await lan.commands("mydata")
    assert "Dữ liệu của Bạn" in lan.hears[-1]
    await lan.says("gặp cán bộ")
    assert "Ủy ban nhân dân" in lan.hears[-1]
    await lan.commands("help")
    assert "tạm ngừng" not in lan.hears[-1]
    await lan.commands("forget")
    await lan.presses("Không xóa")
    assert "không có gì bị xóa" in lan.hears[-1]
    await pause(lan, None)
    await lan.says("rác vẫn còn")
    assert "Đã thêm" in lan.hears[-1]


async def test_a_pause_outlives_being_forgotten(meet: Meet) -> None:
    """The address stays known for as long as the pause lasts, and for nothing else."""
    lan = meet("Lan")
    await lan.says("chào")
    await pause(lan, lan.now + timedelta(days=2))
    await lan.commands("forget")
    await lan.presses("Đồng ý xóa")
    await lan.says("vay tiền nhanh")
    assert "tạm ngừng" in lan.hears[-1]


async def remind(resident: Resident, at: datetime) -> list[str]:
    """Look at what is due then; what the resident hears of it."""
    resident.now = at
    done = await DueDrafts(resident.storage, resident.dialogue.remind).do(at)
    heard = [reply.text for reply in await resident._deliver()]
    assert bool(heard) <= bool(done)
    return heard


async def test_a_draft_is_reminded_of_once_and_dropped_after_a_week(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    touched = lan.now
    assert await remind(lan, touched + timedelta(hours=23, minutes=59)) == []
    [reminder] = await remind(lan, touched + timedelta(days=1))
    assert "viết dở" in reminder
    assert "Tây Hồ" in reminder
    assert "23/11/2026" in reminder
    assert await remind(lan, touched + timedelta(days=6, hours=23)) == []
    [dropped] = await remind(lan, touched + timedelta(days=7))
    assert "đã được bỏ" in dropped
    assert (await lan.conversation()).draft is None
    assert await remind(lan, touched + timedelta(days=30)) == []


async def test_what_was_filed_cancelled_or_touched_is_not_reminded_of(meet: Meet) -> None:
    lan, mai, hoa = meet("Lan"), meet("Mai"), meet("Hoa")
    await files(lan)
    await mai.says("Rác ở phường Tây Hồ", "hủy")
    await hoa.says("Rác ở phường Tây Hồ")
    hoa.now += timedelta(hours=20)
    await hoa.says("nhiều lắm")
    for resident in (lan, mai, hoa):
        assert await remind(resident, MONDAY + timedelta(days=1, minutes=1)) == []
    await hoa.presses("Gửi")
    assert await remind(hoa, MONDAY + timedelta(days=9)) == []


async def test_a_touch_after_the_reminder_begins_the_week_anew(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await remind(lan, MONDAY + timedelta(days=2))
    await lan.says("nhiều lắm")
    touched = lan.now
    assert len(await remind(lan, touched + timedelta(days=1))) == 1
    assert "đã được bỏ" in (await remind(lan, touched + timedelta(days=7)))[0]


async def test_who_stopped_the_bot_hears_no_reminder_and_who_is_paused_neither(meet_quickly: Meet) -> None:
    lan, mai = meet_quickly("Lan"), meet_quickly("Mai")
    for resident in (lan, mai):
        await resident.says("Rác ở phường Tây Hồ")
    await lan.gives(lan.incoming(IncomingKind.BLOCKED))
    await pause(mai, MONDAY + timedelta(days=10))
    for resident in (lan, mai):
        assert await remind(resident, MONDAY + timedelta(days=2)) == []
        assert await remind(resident, MONDAY + timedelta(days=9)) == []
    assert (await lan.conversation()).draft is None
    assert (await mai.conversation()).draft is not None


@pytest.mark.parametrize("language", list(Language))
async def test_every_command_of_a_person_answers_in_both_languages(meet_quickly: Meet, language: Language) -> None:
    ann = meet_quickly("Ann", language)
    for command in ("contact", "mydata", "forget", "person", "anonymous"):
        before = len(ann.hears)
        await ann.commands(command)
        assert len(ann.hears) > before
        assert len(ann.hears[-1]) <= 1200


@pytest.mark.parametrize("language", list(Language))
async def test_every_word_that_the_help_offers_is_understood(meet_quickly: Meet, language: Language) -> None:
    """What stands in quotation marks can be typed as it stands."""
    ann = meet_quickly("Ann", language)
    await ann.commands("help")
    offered = re.findall("“([^”]+)”", ann.hears[-1])
    assert len(offered) > 10
    assert [words for words in offered if spoken(words) is None] == []
