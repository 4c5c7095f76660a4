"""The queue in a real browser: news as they come, keys, several cases at once without a script."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, Town
from tests.browser.line import a_line_to
from tests.browser.people import Officer

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LAMP = "Đèn đường ngõ 12 hỏng, phường Phú Thượng"
DRAIN = "Nắp cống vỡ trước cổng trường, phường Phú Thượng"
RUBBISH = "Rác chất đống đầu ngõ 63, phường Phú Thượng"


async def at_the_queue(town: Town, *, has_script: bool = True, size: tuple[int, int] = (1440, 900)) -> Officer:
    minh = await town.officer(has_script=has_script, size=size)
    await minh.arrives("minh", await town.account("minh"))
    return minh


async def test_new_cases_announce_themselves(town: Town) -> None:
    """No row jumps: the page says how many are new, the tab too, and shows them when asked."""
    _, first = await town.files(LAMP)
    minh = await at_the_queue(town)
    await expect(minh.part("case-row")).to_have_count(1)
    await expect(minh.part("news")).to_be_hidden()
    await town.files(DRAIN)
    await expect(minh.part("news")).to_contain_text("1 hồ sơ mới")
    await expect(minh.page).to_have_title(re.compile(r"^\(1\) "))
    lan, _ = await town.files(RUBBISH)
    await expect(minh.part("news")).to_contain_text("2 hồ sơ mới")
    await expect(minh.part("case-row")).to_have_count(1)
    await minh.sees_it_whole()
    await minh.part("news").click()
    await expect(minh.part("case-row")).to_have_count(3)
    await expect(minh.part("news")).to_be_hidden()
    row = minh.part("case-row").filter(has_text="Rác chất đống")
    await expect(row.get_by_text("Tin mới")).to_be_hidden()
    await lan.says("Hôm nay lại thêm một đống.")
    await expect(row.get_by_text("Tin mới")).to_be_visible()
    assert first


async def test_after_a_cut_the_page_catches_up(town: Town) -> None:
    """The line goes dead while two residents write; when it is back the page says so, without being loaded again."""
    await town.files(LAMP)
    async with a_line_to(town.city.url) as line:
        minh = await town.officer()
        minh.root = line.url
        await minh.arrives("minh", await town.account("minh"))
        await expect(minh.part("case-row")).to_have_count(1)
        await town.files(DRAIN)
        await expect(minh.part("news")).to_contain_text("1 hồ sơ mới")  # the stream is open
        await minh.page.evaluate("window.openedOnce = true")
        minh.watch.may_be_cut_off = True
        await line.cut()
        await town.files(RUBBISH)
        await town.files("Cây đổ chắn lối đi ngõ 5, phường Phú Thượng")
        await expect(minh.part("news")).to_contain_text("1 hồ sơ mới")
        await line.mend()
        await expect(minh.part("news")).to_contain_text("3 hồ sơ mới")
        assert await minh.page.evaluate("window.openedOnce")


async def test_a_second_tab_hears_it_too(town: Town) -> None:
    """One tab listens for both; when it is closed the other goes on by itself."""
    await town.files(LAMP)
    minh = await at_the_queue(town)
    other = await minh.page.context.new_page()
    await other.goto(minh.root + "/staff/")
    await expect(other.get_by_test_id("case-row")).to_have_count(1)
    await town.files(DRAIN)
    await expect(minh.part("news")).to_contain_text("1 hồ sơ mới")
    await expect(other.get_by_test_id("news")).to_contain_text("1 hồ sơ mới")
    await minh.page.close()
    await town.files(RUBBISH)
    await expect(other.get_by_test_id("news")).to_contain_text("2 hồ sơ mới")


async def test_an_open_case_says_that_it_changed(town: Town) -> None:
    """The resident writes while Minh writes the answer: the page says so, and what he has typed stays."""
    lan, code = await town.files(LAMP)
    minh = await at_the_queue(town)
    await minh.opens_case(code)
    await minh.part("reply-form").locator("textarea").first.fill("Đang viết dở")
    await expect(minh.part("case-news")).to_be_hidden()
    await lan.says("Thêm nữa: cả ngõ 14 cũng tối.")
    await expect(minh.part("case-news")).to_be_visible()
    await expect(minh.part("reply-form").locator("textarea").first).to_have_value("Đang viết dở")


async def test_keys_shorten_the_way(town: Town) -> None:
    """j and k walk the rows, r opens the answer, and letters typed into a field are letters."""
    codes = [(await town.files(text))[1] for text in (LAMP, DRAIN)]
    minh = await at_the_queue(town)
    keys, rows = minh.page.keyboard, minh.part("case-number")
    await keys.press("j")
    await expect(rows.nth(0)).to_be_focused()
    await keys.press("j")
    await keys.press("j")
    await expect(rows.nth(1)).to_be_focused()
    await keys.press("k")
    await expect(rows.nth(0)).to_be_focused()
    await keys.press("/")
    await expect(minh.page.locator("#q")).to_be_focused()
    await keys.type("jkre?")
    await expect(minh.page.locator("#q")).to_have_value("jkre?")
    await expect(minh.part("keys")).to_be_hidden()
    await minh.page.locator("#q").fill("nap cong")
    await minh.goes_on()
    await expect(minh.part("case-row")).to_have_count(1)
    await expect(minh.page.locator("mark")).to_have_text(["Nắp", "cống", "cổng"])  # without marks they are the same word
    await keys.press("?")
    await expect(minh.part("keys")).to_be_visible()
    await keys.press("Escape")
    await expect(minh.part("keys")).to_be_hidden()
    await keys.press("j")
    await minh.goes_on("r")
    await expect(minh.part("case-code")).to_have_text(codes[1])
    await expect(minh.part("reply-form").locator("textarea").first).to_be_focused()
    await minh.page.locator("h1").first.click()
    await keys.press("e")
    await expect(minh.part("close-form").locator("[name=outcome]").first).to_be_visible()


async def test_keys_can_be_switched_off(town: Town) -> None:
    """Whoever speaks to the computer, or rests a hand on the keys, is not taken anywhere."""
    await town.files(LAMP)
    minh = await at_the_queue(town)
    await minh.part("who").click()
    await minh.page.locator("[data-keys-open]").click()
    await minh.part("keys").locator("[data-keys-on]").uncheck()
    await minh.page.keyboard.press("Escape")
    await minh.page.keyboard.press("j")
    await expect(minh.part("case-number").first).not_to_be_focused()
    await minh.opens("/staff/")
    await minh.page.keyboard.press("/")
    await expect(minh.page.locator("#q")).not_to_be_focused()


@pytest.mark.parametrize("has_script", [False, True])
async def test_several_cases_are_given_away_and_taken_back(town: Town, has_script: bool) -> None:
    """On a phone, with and without script: filter, keep the list, tick the page, give it to Hoa, undo."""
    for text in (LAMP, DRAIN):
        await town.files(text)
    await town.account("hoa")
    minh = await at_the_queue(town, has_script=has_script, size=PHONE)
    await minh.part("filters").locator("summary").click()
    await minh.sees_it_whole()
    await minh.page.locator("#by-owner").select_option("none")
    await minh.part("filter").click()
    await expect(minh.part("case-row")).to_have_count(2)
    await minh.part("filters").locator("summary").click()
    await minh.page.locator("#view-name").fill("Sáng thứ hai")
    await minh.part("view-form").locator("button").click()
    await expect(minh.part("done")).to_be_visible()
    await minh.part("tick-all").click()
    await minh.sees_it_whole()
    await minh.part("bulk-assign").click()
    await minh.page.locator("#username").select_option("hoa")
    await minh.sees_it_whole()
    await minh.part("preview").click()
    await expect(minh.part("will")).to_contain_text("2 hồ sơ")
    await minh.part("do").click()
    await expect(minh.part("bulk-done")).to_contain_text("Đã giao 2 hồ sơ")
    await minh.part("undo-form").locator("button").click()
    await expect(minh.part("bulk-done")).to_contain_text("Đã hoàn tác 2 hồ sơ")
    await minh.opens("/staff/?owner=none")
    await expect(minh.part("case-row")).to_have_count(2)
