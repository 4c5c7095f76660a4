"""Working without a mouse, and what becomes of typed words when something is in the way."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, Town
from tests.browser.people import NEW_PASSWORD, Officer

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DRAIN = "Nắp cống vỡ trước cổng trường, phường Phú Thượng"
ANSWER = "Tổ thoát nước sẽ thay nắp trong hôm nay."


async def at_the_case(town: Town, username: str, code: str) -> Officer:
    officer = await town.officer(has_script=False, size=PHONE)
    await officer.arrives(username, await town.account(username))
    await officer.opens_case(code)
    return officer


@pytest.mark.parametrize("has_script", [False, True])
async def test_by_keyboard_alone(town: Town, has_script: bool) -> None:
    """Minh signs in, opens the first case, answers and closes it; every stop on the way shows where the keyboard is."""
    _, code = await town.files(DRAIN)
    password = await town.account("minh")
    minh = await town.officer(has_script=has_script)
    keys = minh.page.keyboard
    await minh.opens("/staff/")
    await keys.type("minh")
    await minh.tabs_to(minh.part("login-form").locator("[name=password]"))
    await keys.type(password)
    await minh.goes_on()
    await expect(minh.part("forced")).to_be_visible()
    await keys.type(password)
    for name in ("new", "again"):
        await minh.tabs_to(minh.part("password-form").locator(f"[name={name}]"))
        await keys.insert_text(NEW_PASSWORD)
    await minh.goes_on()

    await minh.tabs_to(minh.part("case-number").first)
    await minh.goes_on()
    await expect(minh.part("case-code")).to_have_text(code)
    await minh.tabs_to(minh.part("reply-form").locator("textarea"))
    await keys.insert_text(ANSWER)
    await minh.tabs_to(minh.part("reply-form").locator("button").first)
    await minh.goes_on()
    await expect(minh.part("done")).to_be_visible()
    await expect(minh.part("thread-line").last).to_contain_text(ANSWER)

    await minh.tabs_to(minh.page.locator("details").filter(has=minh.part("close-form")).locator("summary"))
    await keys.press("Enter")
    await minh.tabs_to(minh.part("close-form").locator("[name=outcome]").first)
    await keys.press("Space")
    await keys.press("ArrowUp")  # around to the last one: nothing to be done
    await minh.tabs_to(minh.part("close-form").locator("textarea"))
    await keys.insert_text("Nắp cống này đã được thay từ tuần trước.")
    await minh.tabs_to(minh.part("close-form").locator("button").first)
    await minh.goes_on()
    await expect(minh.part("queue-empty")).to_be_visible()


@pytest.mark.parametrize("has_script", [False, True])
async def test_a_case_is_found_and_given_to_a_colleague_by_keyboard_alone(town: Town, has_script: bool) -> None:
    """Minh looks for the drain, ticks it, gives it to Hoa and takes that back; no mouse, and no script if there is none."""
    _, code = await town.files(DRAIN)
    await town.files("Đèn đường ngõ 12 hỏng, phường Phú Thượng")
    await town.account("hoa")
    minh = await town.officer(has_script=has_script)
    await minh.arrives("minh", await town.account("minh"))
    keys = minh.page.keyboard
    await minh.tabs_to(minh.page.locator("#q"))
    await keys.type("nap cong")
    await minh.goes_on()
    await expect(minh.part("case-number")).to_have_text([code])
    await minh.tabs_to(minh.part("tick").first)
    await keys.press("Space")
    await minh.tabs_to(minh.part("bulk-assign"))
    await minh.goes_on()
    await minh.tabs_to(minh.page.locator("#username"))
    await keys.type("Ng")  # as every colleague here is called
    await keys.press("ArrowDown")
    await minh.tabs_to(minh.part("preview"))
    await minh.goes_on()
    await expect(minh.part("will")).to_contain_text("1 hồ sơ")
    await minh.tabs_to(minh.part("do"))
    await minh.goes_on()
    await expect(minh.part("bulk-done")).to_contain_text("Đã giao 1 hồ sơ")
    await minh.tabs_to(minh.part("undo-form").locator("button"))
    await minh.goes_on()
    await expect(minh.part("bulk-done")).to_contain_text("Đã hoàn tác 1 hồ sơ")


async def test_the_first_stop_leads_past_the_bar(town: Town) -> None:
    """One Tab and Enter, and whoever cannot see the page is at its content."""
    minh = await town.officer()
    await minh.opens("/")
    await minh.page.keyboard.press("Tab")
    await expect(minh.page.locator(".skip")).to_be_focused()
    await minh.page.keyboard.press("Enter")
    await expect(minh.page.locator("main")).to_be_focused()


async def test_an_answer_that_came_second_is_not_lost(town: Town) -> None:
    """Hoa answers while Minh still writes: he sees hers, keeps his words, and may send them after all."""
    _, code = await town.files(DRAIN)
    minh = await at_the_case(town, "minh", code)
    hoa = await at_the_case(town, "hoa", code)
    await hoa.answers("Tôi đã báo tổ thoát nước.")
    minh.watch.expected.add(409)
    await minh.writes_answer(ANSWER)
    await expect(minh.part("stale-theirs")).to_contain_text("Tôi đã báo tổ thoát nước.")
    await expect(minh.part("stale-yours")).to_have_text(ANSWER)
    await expect(minh.part("reply-form").locator("textarea")).to_have_value(ANSWER)
    await minh.part("reply-form").locator("button").first.click()
    await expect(minh.part("done")).to_be_visible()
    await expect(minh.part("thread-line").last).to_contain_text(ANSWER)


async def test_an_empty_answer_is_not_sent(town: Town) -> None:
    """The page says what is missing, beside the form, and the form can be used at once."""
    _, code = await town.files(DRAIN)
    minh = await at_the_case(town, "minh", code)
    minh.watch.expected.add(400)
    await minh.writes_answer("   ")
    await expect(minh.part("reply-form").get_by_test_id("trouble")).to_have_text("Bạn chưa viết gì.")
    await expect(minh.part("thread-line")).to_have_count(1)
    await minh.answers(ANSWER)


async def test_words_outlive_a_session_that_ended(town: Town) -> None:
    """Minh signed out in another tab: the long answer in this one comes back to him whole."""
    _, code = await town.files(DRAIN)
    minh = await at_the_case(town, "minh", code)
    other = await minh.page.context.new_page()
    await other.goto(minh.root + "/staff/")
    await other.get_by_test_id("who").click()
    await other.get_by_test_id("logout-form").locator("button").click()
    await expect(other.get_by_test_id("login-form")).to_be_visible()
    minh.watch.expected |= {401, 403}
    await minh.writes_answer(ANSWER)
    await expect(minh.part("typed")).to_have_value(ANSWER)


async def test_words_outlive_a_forgotten_cookie(town: Town) -> None:
    """Lan's browser without script lost its cookie: her words are in the form again, and go out at the second press."""
    lan = await town.resident(has_script=False)
    await lan.comes_in()
    await lan.page.context.clear_cookies()
    lan.watch.expected.add(403)
    await lan.part("chat-text").fill(DRAIN)
    await lan.part("chat-send").click()
    await expect(lan.part("chat-notice")).to_be_visible()
    await expect(lan.part("chat-text")).to_have_value(DRAIN)
    await lan.sees_it_whole()
    await lan.part("chat-send").click()
    await lan.hears("Phú Thượng")


async def test_what_was_typed_and_picked_before_the_script_came_is_kept(town: Town, photo: Path) -> None:
    """On a slow line Lan picks her photo, and Minh writes a note and leaves, before the page's script has come."""
    lan, minh = await town.resident(), await town.officer()
    async with lan.before_the_script_comes("/chat"):
        await lan.part("chat-text").fill(DRAIN)
        await lan.part("chat-files").set_input_files(str(photo))
    await lan.part("chat-send").click()
    await lan.hears("1 ảnh")
    await lan.presses("Gửi")
    code = await lan.reads_code()
    await minh.arrives("minh", await town.account("minh"))
    words = minh.part("reply-form").locator("textarea")
    async with minh.before_the_script_comes(f"/staff/cases/{code}"):
        await words.fill(ANSWER)
    await minh.signs_out()
    await minh.signs_in("minh", NEW_PASSWORD, is_first_time=False)
    await minh.opens_case(code)
    await expect(words).to_have_value(ANSWER)


@pytest.mark.parametrize("language", ["vi-VN", "en-US"])
async def test_nothing_is_wider_than_the_smallest_phone(town: Town, language: str, tmp_path: Path) -> None:
    """Words without an end, file names without a space, every fold open, in either language."""
    endless = "W" * 300
    lan = await town.resident(language=language)
    await lan.comes_in()
    scan = tmp_path / f"{'M' * 120}.pdf"
    scan.write_bytes(b"%PDF-1.4\n%%EOF\n")
    await lan.says(f"{DRAIN} {endless}", [scan])
    await lan.presses("Send" if language == "en-US" else "Gửi")
    await lan.hears("Case code" if language == "en-US" else "Mã hồ sơ")
    await lan.page.locator("details summary").first.click()
    await lan.sees_it_whole()

    minh = await town.officer(size=PHONE, language=language)
    await minh.signs_in("minh", await town.account("minh"))
    await minh.part("case-number").click()
    for form in ("note-form", "attach-form", "close-form", "move-form"):
        await minh.unfolds(form)
    await minh.answers(endless)
    minh.watch.expected.add(404)
    for path in ("/staff/?status=closed", "/staff/password", "/staff/cases/0000-0000", "/nothing"):
        await minh.opens(path)
