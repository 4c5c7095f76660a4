"""The whole way in a real browser: a resident writes and sends a photo, staff answer and close, the resident reads it."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, Town
from tests.browser.people import Officer, Resident
from tests.files.pictures import NEEDLES

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LAMP = "Ngõ 12 tối ba đêm nay rồi, đèn đường hỏng"
ANSWER = "Tổ điện sẽ đến sáng mai."
CLOSING = "Đã thay bóng đèn lúc 9 giờ."


async def files_by_chat(lan: Resident, photo: Path) -> str:
    """One sentence, one photo, one question answered, one press; returns the case's code."""
    await lan.comes_in()
    await lan.says(LAMP)
    await lan.hears("phường, xã nào")
    await lan.says("Phú Thượng")
    await lan.hears("Phú Thượng")
    await lan.says("", [photo])
    await lan.hears("1 ảnh")
    await lan.presses("Gửi")
    return await lan.reads_code()


async def first_day(town: Town, minh: Officer) -> None:
    """A new account: the one-time password has to be changed."""
    await minh.signs_in("minh", await town.account("minh"))


async def is_worked_on(minh: Officer, code: str) -> None:
    """Minh finds the case in the queue, sees sentence and photo, and nothing of what the phone wrote into the photo."""
    await expect(minh.part("case-row")).to_have_count(1)
    await minh.opens_case(code)
    await expect(minh.part("thread-line").first).to_contain_text(LAMP)
    picture = await minh.sees_photo()
    assert picture[:3] == b"\xff\xd8\xff"
    assert [needle for needle in NEEDLES if needle in picture] == []


async def walk_with_script(town: Town, photo: Path) -> None:
    lan, minh = await town.resident(), await town.officer()
    code = await files_by_chat(lan, photo)
    await first_day(town, minh)
    await is_worked_on(minh, code)
    await lan.page.evaluate("window.openedOnce = true")
    await minh.answers(ANSWER)
    await lan.hears(ANSWER)
    await minh.closes("done", CLOSING)
    assert "đã giải quyết xong" in await lan.hears(CLOSING)
    assert await lan.page.evaluate("window.openedOnce"), "the answers came, but the page had been loaded again"
    await expect(minh.part("queue-empty")).to_be_visible()


async def test_a_dark_lane_with_script(town: Town, photo: Path) -> None:
    """On the smallest phone and at an office screen; the answers come into the open chat by themselves."""
    await walk_with_script(town, photo)


async def test_a_dark_lane_on_postgresql(town_on_postgres: Town, photo: Path) -> None:
    """The same walk, remembered by PostgreSQL."""
    await walk_with_script(town_on_postgres, photo)


async def test_a_dark_lane_without_script(town: Town, photo: Path) -> None:
    """Neither Lan nor Minh lets pages run scripts; both are on the smallest phone; nothing is missing."""
    lan, minh = await town.resident(has_script=False), await town.officer(has_script=False, size=PHONE)
    code = await files_by_chat(lan, photo)
    await first_day(town, minh)
    await is_worked_on(minh, code)
    await minh.answers(ANSWER)
    await lan.hears(ANSWER)
    await minh.closes("done", CLOSING)
    assert "đã giải quyết xong" in await lan.hears(CLOSING)
    await expect(minh.part("queue-empty")).to_be_visible()
    assert not any(url.endswith(".js") for url in lan.watch.requests)
