"""When something is in the way on Telegram: old buttons, blocked chats, files that do not come, a server that says wait."""

import asyncio

import pytest

from tests.bot_api import Fault
from tests.stories.cast import City, code_in
from tests.stories.things import LAMP, eventually, files_a_case, files_of, picture


async def is_answered(city: City, pressed: str) -> None:
    """Telegram was told that this press was seen: the button stops turning."""

    async def look() -> bool:
        return pressed in city.api.answered_queries

    await eventually(look)


async def test_two_taps_on_send_are_one_case(city: City) -> None:
    """Lan's finger trembles: both presses are answered, the second with the first one's code."""
    lan = city.telegram()
    await lan.says(LAMP)
    first, second, third = (lan.chat.presses("Gửi") for _ in range(3))
    code = code_in(await lan.hears("Mã hồ sơ"))
    for pressed in (first, second, third):
        await is_answered(city, pressed)
    assert code_in(await lan.hears("Mã hồ sơ")) == code
    assert code_in(await lan.hears("Mã hồ sơ")) == code
    assert [case["code"] for case in await city.exports()] == [code]


async def test_every_press_is_answered_also_of_buttons_that_never_were(small_city: City) -> None:
    """Stale, forged, empty and overlong data: the button stops turning, something is said, nothing is changed."""
    lan = small_city.telegram()
    await lan.says(LAMP)
    card = lan.chat.heard[-1]
    await lan.presses("Hủy")
    await lan.hears("Đã hủy")
    for data in (card.buttons["Gửi"], "w:AAAAAA:00091", "n:999999", "\u202e<b>", "x" * 64, ""):
        heard = len(lan.chat.heard)
        pressed = lan.chat.presses_data(data, card.message)
        await is_answered(small_city, pressed)
        assert "cũ" in await lan.hears("Nút này đã cũ")
        assert len(lan.chat.heard) == heard + 1
    gone = lan.chat.presses("Gửi", message_is_gone=True)
    await is_answered(small_city, gone)
    await lan.hears("Nút này đã cũ")
    assert await small_city.exports() == []


async def test_a_press_that_comes_too_late_to_be_answered_still_counts(small_city: City) -> None:
    """Telegram no longer takes the acknowledgement; the case is filed all the same."""
    lan = small_city.telegram()
    await lan.says(LAMP)
    lan.chat.presses("Gửi", too_late=True)
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert [case["code"] for case in await small_city.exports()] == [code]


async def test_staff_see_that_an_answer_could_not_be_delivered(city: City) -> None:
    """Lan stopped the bot: the case says that Minh's answer cannot reach her. Once she is back, it does, and new ones."""
    lan, minh = city.telegram(), await city.staff("minh")
    code = await files_a_case(lan)
    lan.chat.blocks()
    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")

    async def shows_it() -> bool:
        html = await minh.opens_case(code)
        return "Không gửi được đến người dân" in html and "Có tin không đến được người dân" in html

    await eventually(shows_it)
    assert not any("Tổ điện" in heard for heard in lan.chat.hears)

    lan.chat.unblocks()
    await lan.says("Tôi đây")
    await lan.hears("Tổ điện sẽ đến sáng mai.")

    async def is_told() -> bool:
        return 'data-testid="reach"' not in await minh.opens_case(code)

    await eventually(is_told)  # until then the case still changes, and an answer would be refused as stale
    await minh.answers(code, "Đã thay bóng.")
    await lan.hears("Đã thay bóng.")


async def test_a_file_that_is_too_large_costs_the_file_and_not_the_case(city: City) -> None:
    """Over 20 MB Telegram hands nothing out: Lan is told so plainly, and her words are filed."""
    lan, minh = city.telegram(), await city.staff("minh")
    lan.chat.sends_document(b"x", "quay.mp4", "video/mp4", LAMP, size=20 * 1024 * 1024 + 1)
    assert "Tệp quá lớn (trên 20 MB)" in await lan.hears("Nơi nhận: phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    [case] = await city.exports()
    assert (case["text"], files_of(case)) == (LAMP, ["too_large"])
    assert "quá lớn, không nhận được" in await minh.opens_case(code)
    assert city.api.calls_of("getFile") == []


@pytest.mark.parametrize("method", ["getFile", "file"])
async def test_a_file_that_fails_twice_is_there_in_the_end(small_city: City, method: str) -> None:
    """Telegram's file server has a bad moment; Lan notices nothing."""
    small_city.api.breaks(method, Fault(status=500), times=1)
    small_city.api.breaks(method, Fault(cut=True), times=1)
    lan = small_city.telegram()
    lan.chat.sends_photo(picture(), LAMP)
    assert "chưa tải về được" not in await lan.hears("Nơi nhận")
    assert small_city.api.faults.waiting(method) == 0
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    [case] = await small_city.exports()
    assert files_of(case) == ["image/jpeg"]


async def test_a_file_telegram_no_longer_has_is_named_and_the_case_stands(small_city: City) -> None:
    lan = small_city.telegram()
    small_city.api.breaks("getFile", Fault(status=400, description="Bad Request: wrong file_id"))
    lan.chat.sends_photo(picture(), LAMP)
    await lan.hears("Có tệp chưa tải về được")
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    [case] = await small_city.exports()
    assert (case["text"], files_of(case)) == (LAMP, ["gone"])


async def test_an_answer_that_must_wait_arrives_later_and_once(city: City) -> None:
    """Telegram says: retry after four seconds. The answer comes then, not before, and once."""
    lan, minh = city.telegram(), await city.staff("minh")
    code = await files_a_case(lan)
    city.api.breaks("sendMessage", Fault(status=429, retry_after=4, description="Too Many Requests: retry after 4"))
    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")
    await lan.hears("Tổ điện sẽ đến sáng mai.")
    tries = [call.at for call in city.api.calls_of("sendMessage") if "Tổ điện" in call.parameters["text"]]
    assert len(tries) == 2
    assert tries[1] - tries[0] >= 4.0  # left to ourselves we would have tried sooner
    await asyncio.sleep(1.5)  # would it come again, it would have by now: the loop looks every second
    assert sum("Tổ điện" in heard for heard in lan.chat.hears) == 1

    async def shows_it() -> bool:
        return "Đã gửi" in await minh.opens_case(code)

    await eventually(shows_it)


async def test_the_menu_is_set_in_both_languages(small_city: City) -> None:
    async def is_set() -> bool:
        return {"", "vi", "en"} <= set(small_city.api.menus)

    await eventually(is_set)
    assert small_city.api.menus["vi"]["help"] == "Hướng dẫn sử dụng"
    assert small_city.api.menus["en"]["help"] == "How this works"
    assert small_city.api.menus[""] == small_city.api.menus["vi"]


async def test_the_location_hint_speaks_the_residents_language(small_city: City) -> None:
    """A question full of Vietnamese names, put in English, gets the English line about sharing one's place."""
    anna = small_city.telegram("en")
    await anna.says("The street lamp is broken, Yên Phụ")
    assert "To share your location" in await anna.hears("share your location")
