"""An officer links a chat from the desk's page: by hand without JavaScript on a phone, and in every state for axe."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, Town
from tests.browser.test_accessibility import Rounds

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGE = "/staff/settings/notices"


async def test_every_state_of_the_page(town: Town) -> None:
    """No chat yet, a code, a linked chat, a choice saved, too many codes; nothing for axe to mend."""
    rounds, minh = Rounds(), await town.officer()
    minh.watch.expected.add(429)
    await minh.arrives("minh", await town.account("minh"))
    await minh.opens(PAGE)
    await rounds.looks(minh, "no chat")
    await minh.part("notices-link-form").locator("button").click()
    typed = await minh.reads("notices-code")
    await rounds.looks(minh, "a code")
    phone = town.city.telegram()
    await phone.says(typed)
    await phone.hears("Đã nối")
    await minh.opens(PAGE)
    await expect(minh.part("notices-chat")).to_have_count(1)
    await rounds.looks(minh, "a linked chat")
    await minh.part("notices-form").locator("[name=arrived]").uncheck()
    await minh.part("notices-form").locator("button").click()
    await rounds.looks(minh, "saved")
    for _ in range(5):
        await minh.part("notices-link-form").locator("button").click()
    await expect(minh.part("trouble")).to_be_visible()
    await rounds.looks(minh, "too many codes")
    assert rounds.found == []


async def test_it_is_linked_and_unlinked_by_keyboard_without_javascript(town: Town) -> None:
    minh = await town.officer(size=PHONE, has_script=False)
    await minh.arrives("minh", await town.account("minh"))
    await minh.opens("/staff/settings")
    link = minh.page.get_by_role("link", name="Nhận báo qua Telegram")
    await link.focus()
    await minh.goes_on()
    await minh.part("notices-link-form").locator("button").focus()
    await minh.goes_on()
    typed = await minh.reads("notices-code")
    await minh.sees_it_whole()
    phone = town.city.telegram()
    await phone.says(typed)
    await phone.hears("Đã nối")
    await minh.opens(PAGE)
    await minh.part("notices-unlink-form").locator("button").focus()
    await minh.goes_on()
    await expect(minh.part("done")).to_be_visible()
    await minh.sees_it_whole()
    await expect(minh.part("notices-chat")).to_have_count(0)
