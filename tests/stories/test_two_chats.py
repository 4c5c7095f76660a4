"""One person in two chats: what Telegram does not take is read on the web page, and answered there.

The whole program: a Bot API, a browser without script, the desk.
"""

import re

from tests.stories.cast import City, OnTelegram, OnTheWebChat
from tests.stories.things import eventually, files_a_case


async def ties(lan: OnTelegram, page: OnTheWebChat) -> None:
    await lan.says("liên kết")
    code = re.search(r"Mã của Bạn: (\S+)", await lan.hears("Mã của Bạn"))
    assert code
    await page.says(f"liên kết {code[1]}")
    await page.hears("vừa được xin trên Telegram")
    await page.presses("Đúng, liên kết")
    await page.hears("Đã liên kết với Telegram")
    await lan.hears("vừa được liên kết với trang web")


async def test_what_one_chat_does_not_take_comes_to_the_other(city: City) -> None:
    """Lan has stopped the bot. The closing comes to her browser with its buttons; she says there that it is not so."""
    lan, page, minh = city.telegram(), await city.webchat(), await city.staff("minh")
    await city.staff("hoang")
    code = await files_a_case(lan)
    await ties(lan, page)
    await page.says("hồ sơ của tôi")
    assert "(Telegram)" in await page.hears(code)
    lan.chat.blocks()
    await minh.closes(code, "no_action", "Đèn này của nhà riêng.")
    assert "Telegram không nhận được tin này" in await page.hears("Đèn này của nhà riêng.")

    async def is_told() -> bool:
        return "chuyển sang nơi nhắn tin khác" in await minh.opens_case(code)

    await eventually(is_told)
    assert 'data-testid="reach"' not in minh.html, "nobody has to phone"
    await page.presses("Chưa xong")
    await page.hears("điều gì chưa đúng")
    await page.says("Đèn ở ngõ chung.")
    assert code in await page.hears("Người khác, không phải người đã khép hồ sơ")


async def test_undone_each_chat_is_on_its_own_again(city: City) -> None:
    lan, page, minh = city.telegram(), await city.webchat(), await city.staff("minh")
    code = await files_a_case(lan)
    await ties(lan, page)
    await page.says("bỏ liên kết")
    await lan.hears("đã được bỏ từ nơi đó")
    lan.chat.blocks()
    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")

    async def has_the_task() -> bool:
        return 'data-testid="reach"' in await minh.opens_case(code)

    await eventually(has_the_task)
    await page.says(code)
    await page.hears("12 số")
