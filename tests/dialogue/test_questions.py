"""What residents ask about their own matter is answered at once, and stays theirs to send."""

import pytest

from bot.domain.case import CaseKind
from bot.domain.office import Office
from bot.domain.people import Language
from bot.domain.ward import WardCode
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import MONDAY

BA_DINH = WardCode("00004")


@pytest.mark.parametrize("text", ["Ai đọc được tin này?", "có lộ tên tôi không ạ", "cán bộ có biết tôi là ai không"])
async def test_who_reads_it_is_said_and_no_part_of_the_matter(meet: Meet, text: str) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ", text)
    assert "không thấy tên hay tài khoản" in lan.hears[-1]
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert (draft.text, draft.kind) == ("Rác ở phường Tây Hồ", CaseKind.VIOLATION)


async def test_who_reads_it_in_english(meet_quickly: Meet) -> None:
    ann = meet_quickly("Ann", Language.EN)
    await ann.says("who can see this?")
    assert "not your name or account" in ann.hears[-1]


@pytest.mark.parametrize(
    "text", ["hồ sơ {code} đến đâu rồi?", "xem giúp em hồ sơ {code} với ạ", "what is the status of {code}"]
)
async def test_a_question_with_a_code_shows_the_case(meet: Meet, text: str) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    asked = text.format(code=lan.code)
    await lan.says("việc mới", asked)
    assert f"📄 Hồ sơ {lan.code}" in lan.hears[-1]
    [case] = await lan.cases()
    assert len(await lan.thread(case)) == 1


async def test_a_strangers_code_in_a_question_asks_for_the_secret(meet: Meet) -> None:
    """Whether there is such a case or not."""
    hoa, lan = meet("Hoa"), meet("Lan")
    await hoa.says("Rác ở phường Tây Hồ", "gửi")
    await lan.says(f"hồ sơ {hoa.code} đến đâu rồi?")
    told = lan.hears[-1]
    await lan.says("hồ sơ 7K3M-9QX2 đến đâu rồi?")
    assert told.replace(hoa.code, "7K3M-9QX2") == lan.hears[-1]
    assert "mã bí mật" in told


async def test_who_asks_how_a_case_stands_without_one_is_told_how_to_look(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Hôm qua tôi gửi phản ánh rồi mà chưa thấy trả lời")
    assert "gõ mã hồ sơ" in lan.hears[0]
    assert (await lan.conversation()).draft is not None


async def test_whom_to_call_is_said_as_soon_as_the_ward_is_known(meet: Meet, database: Database) -> None:
    """Once; the question may still be sent."""
    async with database.begin() as uow:
        await uow.ward_settings.put(Office(ward_code=BA_DINH, phone="024 3733 0000"), MONDAY)
        await uow.commit()
    lan = meet("Lan")
    await lan.says("Cho tôi xin số điện thoại phường", "Ba Đình")
    assert "024 3733 0000" in lan.hears[-2]
    assert "Bạn xem lại" in lan.hears[-1]
    before = len(lan.hears)
    await lan.says("tôi cần gặp bộ phận một cửa")
    assert not any("024 3733 0000" in text for text in lan.hears[before:])
