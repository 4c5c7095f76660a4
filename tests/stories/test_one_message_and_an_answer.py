"""The spine: one message in, a case in a ward's queue, an answer back where it was written."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.people import Role
from tests.stories.cast import City, code_in, small_photo


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_a_dark_lane_is_reported_and_answered(city: City, channel: str) -> None:
    """Lan reports a dark lane in her ward, Minh answers and closes, and Lan reads both in the chat she wrote from."""
    lan, minh = await city.resident(channel), await city.staff("minh", ward="00091")

    await lan.says("Ngõ 12 tối ba đêm nay rồi, đèn đường hỏng, phường Phú Thượng")
    assert "Phú Thượng" in await lan.hears("Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert await minh.sees_waiting() == [code]

    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")
    assert "Tổ điện sẽ đến sáng mai." in await lan.hears("Tổ điện")

    await minh.closes(code, "done", "Đã thay bóng đèn lúc 9 giờ.")
    assert "Đã thay bóng đèn lúc 9 giờ." in await lan.hears("Đã thay bóng")
    assert await minh.sees_waiting() == []


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_the_same_in_english(city: City, channel: str) -> None:
    """Anna writes English and is answered in English, with a code and a deadline."""
    anna = await city.resident(channel, "en")
    await anna.says("The street lamp in lane 12 has been broken for three nights, Phu Thuong ward")
    await anna.hears("Phu Thuong Ward")
    await anna.presses("Send")
    told = await anna.hears("Case code: ")
    [case] = await city.exports()
    assert case["code"] == code_in(told)
    assert datetime.fromisoformat(case["due_at"]).strftime("%d/%m/%Y") in told
    assert (case["ward"], case["desk"], case["status"]) == ("00091", "general", "open")


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_only_the_missing_ward_is_asked(small_city: City, channel: str) -> None:
    """A matter without a ward gets one question; the bare name of the ward is answer enough."""
    lan = await small_city.resident(channel)
    await lan.says("Rác chất đống ở đầu ngõ mấy hôm không ai dọn")
    await lan.hears("phường")
    await lan.says("Phú Thượng")
    await lan.hears("Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    [case] = await small_city.exports()
    assert (case["code"], case["ward"]) == (code, "00091")
    assert "Rác chất đống" in case["text"]


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_a_photo_comes_first_and_its_place_is_not_shown(small_city: City, channel: str, tmp_path: Path) -> None:
    """A photo starts the draft, words follow; staff see the picture without what the phone wrote into it."""
    lan, minh = await small_city.resident(channel), await small_city.staff("minh")
    photo = small_photo(tmp_path)
    await lan.sends_photo(photo)
    await lan.says("Nắp cống vỡ trước cổng trường, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    [case] = await small_city.exports()
    assert [file["type"] for message in case["messages"] for file in message["files"]] == ["image/jpeg"]

    html = await minh.opens_case(code)
    path = html.split(f'"/staff/cases/{code}/files/')[1].split('"')[0]
    async with minh.session.get(minh.root.join(minh.root / "staff" / "cases" / code / "files" / path)) as response:
        shown = await response.read()
    assert response.status == 200
    assert shown[:3] == b"\xff\xd8\xff"
    assert b"21.0868" in photo
    assert b"21.0868" not in shown


async def test_words_after_filing_join_the_open_case(small_city: City) -> None:
    """Lan remembers something later; it is in the same case, and Minh sees it."""
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    await lan.says("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await lan.says("Hôm nay thêm hai bóng nữa cũng tắt")
    [case] = await small_city.exports()
    assert case["code"] == code
    assert "Hôm nay thêm hai bóng nữa cũng tắt" in [message["text"] for message in case["messages"]]
    assert "thêm hai bóng nữa" in await minh.opens_case(code)


async def test_a_report_about_an_official_is_not_on_the_general_desk(city: City) -> None:
    """The officer at the counter does not see, list or open a report about the counter; the restricted officer does."""
    lan = city.telegram()
    minh, hoa = await city.staff("minh"), await city.staff("hoa", role=Role.RESTRICTED_OFFICER)
    await lan.says("Chị cán bộ ở quầy tiếp nhận quát tôi trước mặt mọi người, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert await minh.sees_waiting() == []
    await minh.opens_case(code)
    assert minh.status == 404
    hidden = minh.html
    await minh.opens_case("0000-0000")
    assert minh.status == 404
    assert _without_nonce(hidden) == _without_nonce(minh.html)
    assert await hoa.sees_waiting() == [code]


async def test_a_case_of_another_ward_does_not_exist(city: City) -> None:
    """An officer of another ward gets the same page as for a code that never was."""
    lan, far = city.telegram(), await city.staff("far", ward="00004")
    await lan.says("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await far.opens_case(code)
    assert far.status == 404


async def test_a_moved_case_changes_desks_and_its_resident_is_told(small_city: City) -> None:
    """Minh sends a case on to the ward it belongs to; it leaves his queue and waits in the other."""
    lan = small_city.telegram()
    minh, far = await small_city.staff("minh"), await small_city.staff("far", ward="00004")
    await lan.says("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await minh.opens_case(code)
    await minh.fills("move-form", ward="00004")
    assert "Ba Đình" in await lan.hears("Ba Đình")
    assert await minh.sees_waiting() == []
    assert await far.sees_waiting() == [code]


async def test_two_officers_cannot_overwrite_each_other(small_city: City) -> None:
    """Hoa closes while Minh still writes: Minh's answer changes nothing, and he keeps every word of it."""
    lan = small_city.telegram()
    minh, hoa = await small_city.staff("minh"), await small_city.staff("hoa")
    await lan.says("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await minh.opens_case(code)
    await hoa.answers(code, "Tôi đã báo tổ điện.")
    await minh.fills("reply-form", text="Câu trả lời của Minh")
    assert minh.status == 409
    assert "Câu trả lời của Minh" in minh.html
    assert "Tôi đã báo tổ điện." in minh.html
    [case] = await small_city.exports()
    assert [m["text"] for m in case["messages"] if m["author"] == "staff"] == ["Tôi đã báo tổ điện."]


def _without_nonce(html: str) -> str:
    import re

    return re.sub(r'(nonce|value)="[A-Za-z0-9_=-]{16,}"', "", html)
