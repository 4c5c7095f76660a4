"""Telegram by webhook: the same conversation, brought to our door, and who else knocks there."""

import asyncio
import re

import aiohttp

from tests.stories.cast import City, code_in
from tests.stories.things import LAMP, eventually, failed_updates, files_a_case, files_of, picture
from tests.stories.webhook import SECRET, knocks


async def refusals(city: City) -> float:
    """How many were turned away, as `/metrics` counts them."""
    async with aiohttp.ClientSession() as session, session.get(f"{city.url}/metrics") as answer:
        found = re.search(r'^homthu_webhook_refused_total\{channel="telegram"\} (\S+)$', await answer.text(), re.MULTILINE)
    return float(found[1]) if found else 0.0


async def test_the_whole_way_by_webhook(hooked_city: City) -> None:
    """An album, a button, an edit, an answer: every update is brought once and confirmed at once."""
    lan, minh = hooked_city.telegram(), await hooked_city.staff("minh")
    for number, caption in enumerate((LAMP, "", "")):
        lan.chat.sends_photo(picture(number * 50), caption, group="99")
    await lan.hears("Nơi nhận: phường Phú Thượng")

    async def all_were_brought() -> bool:
        return not hooked_city.api.updates.waiting

    await eventually(all_were_brought)
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")
    await lan.hears("Tổ điện sẽ đến sáng mai.")
    await lan.says("Cảm ơn")
    [case] = await hooked_city.exports()
    assert files_of(case) == ["image/jpeg"] * 3
    assert set(hooked_city.api.webhook.statuses) == {200}
    assert await refusals(hooked_city) == 0
    assert hooked_city.api.calls_of("getUpdates") == []


async def test_nobody_but_telegram_gets_in(hooked_city: City) -> None:
    """Wrong, missing, doubled or not even ASCII: 403, counted, and nothing is kept."""
    lan = hooked_city.telegram()
    forged = (
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5002,"type":"private"},'
        b'"text":"rac chat dong dau ngo khong ai don"}}'
    )
    tries = [(), ("",), ("wrong",), (SECRET + "x",), ("mật khẩu",), ("\udcff\udcfe",), (SECRET, SECRET)]
    assert [await knocks(hooked_city, forged, *secrets) for secrets in tries] == [403] * len(tries)
    assert await refusals(hooked_city) == len(tries)
    assert lan.chat.heard == []
    assert await failed_updates(hooked_city) == []
    assert await knocks(hooked_city, forged, SECRET) == 200
    await lan.hears("phường, xã nào")


async def test_an_update_that_is_brought_again_is_one_message(hooked_city: City) -> None:
    """Telegram did not hear our 200 and comes back, a second process beside it: one case, one answer."""
    lan = hooked_city.telegram()
    code = await files_a_case(lan)
    body = (
        b'{"update_id":77,"message":{"message_id":901,"date":1789349000,"chat":{"id":%d,"type":"private"},'
        b'"from":{"id":%d,"is_bot":false,"first_name":"Lan"},"text":"th\xc3\xaam m\xe1\xbb\x99t c\xc3\xa2u"}}'
    ) % (lan.chat.id, lan.chat.id)
    assert await asyncio.gather(*(knocks(hooked_city, body, SECRET) for _ in range(5))) == [200] * 5
    await lan.hears(f"Đã thêm vào hồ sơ {code}")
    assert await knocks(hooked_city, body, SECRET) == 200
    await lan.says("/where")
    assert sum("Đã thêm" in heard for heard in lan.chat.hears) == 1
    [case] = await hooked_city.exports()
    assert [message["text"] for message in case["messages"]] == [LAMP, "thêm một câu"]
