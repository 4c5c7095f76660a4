"""A resident has stopped the bot: staff learn that their answer did not arrive, and the resident comes to know it after all.

On Telegram; the other way to read it is the receipt, typed into the web chat.
"""

import re
from datetime import UTC, datetime, timedelta

from tests.stories.cast import City, Officer
from tests.stories.things import eventually, files_a_case

TASK = 'data-testid="reach"'


async def has_the_task(officer: Officer, code: str, *, is_so: bool = True) -> None:
    async def looks() -> bool:
        return (TASK in await officer.opens_case(code)) is is_so

    await eventually(looks)


async def test_staff_reach_who_has_stopped_the_bot(city: City) -> None:
    """The case is in their list of what did not arrive, until Minh has phoned; tomorrow he cannot have phoned yet."""
    lan, minh = city.telegram(), await city.staff("minh")
    code = await files_a_case(lan)
    lan.chat.blocks()
    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")
    await has_the_task(minh, code)
    assert "chặn" in re.search(r'data-testid="reach-why">(.*?)</p>', minh.html, re.DOTALL)[1]  # type: ignore[index]  # it is there
    assert code in await minh.opens("/staff/?undelivered=1&status=all")

    await minh.opens_case(code)
    await minh.fills("reach-form", way="phone", day=(datetime.now(UTC) + timedelta(days=3)).date().isoformat())
    assert minh.status == 400
    assert 'value="phone" required checked' in minh.html, "what was chosen is gone"
    await minh.fills("reach-form", day=re.search(r'max="([0-9-]+)"', minh.html)[1], way="phone")  # type: ignore[index]  # it is there
    await has_the_task(minh, code, is_so=False)
    assert "Người dân đã biết câu trả lời" in minh.html
    assert code not in await minh.opens("/staff/?undelivered=1&status=all")


async def test_who_comes_back_gets_what_was_missed_by_itself(city: City) -> None:
    """Lan lets the bot in again and says nothing: the closing arrives with its buttons, the task ends, and she disputes."""
    lan, minh, tu = city.telegram(), await city.staff("minh"), await city.staff("hoang")
    code = await files_a_case(lan)
    lan.chat.blocks()
    await minh.closes(code, "no_action", "Đèn này của nhà riêng.")
    await has_the_task(minh, code)
    lan.chat.unblocks()
    await lan.hears("Đèn này của nhà riêng.")
    await has_the_task(minh, code, is_so=False)
    await lan.presses("Chưa xong")
    await lan.hears("điều gì chưa đúng")
    await lan.says("Đèn ở ngõ chung.")
    await lan.hears("Người khác, không phải người đã khép hồ sơ")
    assert code in await tu.sees_waiting()


async def test_what_was_missed_is_read_with_the_receipt(city: City) -> None:
    """Lan's account is gone. On the web chat, code and secret show both answers; there she may say that it is not so."""
    lan, elsewhere, minh = city.telegram(), await city.webchat(), await city.staff("minh")
    await city.staff("hoang")
    code = await files_a_case(lan)
    await lan.presses("Biên nhận")
    secret = re.search(r"Mã bí mật: (\d{4} \d{4} \d{4})", await lan.hears("Biên nhận"))
    assert secret
    lan.chat.blocks()
    await minh.answers(code, "Tổ điện sẽ đến sáng mai.")
    await minh.closes(code, "no_action", "Đèn này của nhà riêng.")
    await has_the_task(minh, code)

    async def both_failed() -> bool:
        return (await minh.opens_case(code)).count("Không gửi được đến người dân") >= 2

    await eventually(both_failed)
    await elsewhere.says(code)
    await elsewhere.hears("12 số")
    await elsewhere.says(secret[1])
    assert "Đèn này của nhà riêng." in await elsewhere.hears("Tổ điện sẽ đến sáng mai.")
    await has_the_task(minh, code, is_so=False)
    assert "tự tra bằng biên nhận" in minh.html.lower()
    await elsewhere.presses("Chưa xong")
    await elsewhere.hears("điều gì chưa đúng")
    await elsewhere.says("Đèn ở ngõ chung.")
    assert code in await elsewhere.hears("Người khác, không phải người đã khép hồ sơ")
