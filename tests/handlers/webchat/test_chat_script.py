"""The script in a real browser: it shortens the trips, loses nothing when the network does, and obeys the strict policy."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from bot.domain.incoming import LARGEST_FILE
from bot.domain.people import Address, Channel
from bot.web.assets import FOLDER
from tests.browser.chromium import PATIENCE
from tests.handlers.webchat.town import Town
from tests.security.flood import besiege

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SMALLEST_PHONE = {"width": 360, "height": 740}


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium; Debian and Ubuntu: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()


class Complaints(list[str]):
    """What the browser itself complained about: script errors and violations of the page's policy."""

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda line: self.append(line.text) if "Content Security" in line.text else None)


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
async def phone(chromium: Browser, town: Town, complaints: Complaints) -> AsyncIterator[Page]:
    """Lan's phone with the chat open."""
    context = await chromium.new_context(
        viewport={"width": 360, "height": 740},
        locale="vi-VN",
        permissions=["geolocation"],
        geolocation={"latitude": 21.0285, "longitude": 105.8542, "accuracy": 15},
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints.listen(page)
    await page.goto(str(town.root / "chat"))
    yield page
    await context.close()
    assert complaints == []


async def says(page: Page, text: str) -> None:
    await page.get_by_test_id("chat-text").fill(text)
    await page.get_by_test_id("chat-send").click()


async def kept_lines(town: Town) -> int:
    async with town.database.reading() as uow:
        lines = await uow.chat_lines.recent(Address(Channel.WEBCHAT, town.kept[0].address_id))
    return sum(not line.is_ours for line in lines)


async def test_a_conversation_without_loading_the_page(phone: Page, town: Town) -> None:
    """Words, chips and the place go out in place; answers come in live; a reload shows the same lines, each once."""
    lines = phone.get_by_test_id("chat-line")
    await says(phone, "Đèn hỏng")
    await expect(lines.nth(1)).to_contain_text("Đã nghe: Đèn hỏng")
    await phone.get_by_test_id("chip").first.click()
    await expect(lines.nth(2)).to_contain_text("Gửi")
    await expect(lines.nth(3)).to_contain_text("Đã nghe: s:1")
    await phone.locator("footer [data-locate]").click()
    await expect(lines.nth(5)).to_contain_text("Đã nghe: 21.0285 105.8542 15.0")
    await town.staff_write("Tổ điện sẽ đến sáng mai.")
    await expect(lines.nth(6)).to_contain_text("Tổ điện sẽ đến sáng mai.")
    assert await phone.evaluate("document.documentElement.scrollWidth") <= SMALLEST_PHONE["width"]
    async with phone.expect_response("**/chat/events?*"):
        await phone.reload()
    await expect(lines).to_have_count(7)


async def test_words_written_without_network_are_sent_later(phone: Page, town: Town) -> None:
    """The bubble says that it was not sent; the words outlive a reload as a draft; one press sends them."""
    await phone.context.set_offline(True)
    await says(phone, "khi mất mạng")
    again = phone.locator(".again")
    await expect(again).to_be_visible()
    assert await phone.evaluate("localStorage.homthu") == "khi mất mạng"
    await phone.context.set_offline(False)
    await again.click()
    await expect(phone.get_by_test_id("chat-line").nth(1)).to_contain_text("Đã nghe: khi mất mạng")
    await expect(again).to_have_count(0)
    assert await phone.evaluate("localStorage.homthu") == ""


async def test_trying_again_after_a_lost_answer_keeps_one(phone: Page, town: Town) -> None:
    """The post was kept but its answer got lost: the second try carries the same key."""
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        if lost:
            return await route.continue_()
        lost += 1
        await route.fetch()
        return await route.abort()

    await phone.route("**/chat/messages", lose)
    await says(phone, "một lần thôi")
    async with phone.expect_response("**/chat/messages"):
        await phone.locator(".again").click()
    await expect(phone.get_by_test_id("chat-line")).to_have_count(2)
    assert (lost, len(town.kept), await kept_lines(town)) == (1, 2, 1)


async def test_an_old_pages_token_is_renewed_on_the_way(phone: Page, town: Town) -> None:
    await phone.evaluate("document.querySelectorAll('[name=form_token]').forEach((field) => { field.value = 'old' })")
    await says(phone, "vẫn gửi được")
    await expect(phone.get_by_test_id("chat-line").nth(1)).to_contain_text("Đã nghe: vẫn gửi được")


async def test_photos_are_seen_before_they_go_and_too_large_ones_stay(
    phone: Page, town: Town, photo: bytes, tmp_path: Path
) -> None:
    (tmp_path / "to.jpg").write_bytes(photo + b"\0" * LARGEST_FILE)
    (tmp_path / "đẹp.jpg").write_bytes(photo)
    (tmp_path / "<img src=x onerror=alert(1)>.pdf").write_bytes(b"%PDF-1.4 x")
    await phone.get_by_test_id("chat-files").set_input_files([str(path) for path in sorted(tmp_path.glob("*.*"))])
    await expect(phone.get_by_test_id("chat-notice")).to_contain_text("to.jpg")
    await expect(phone.locator(".picked li")).to_have_count(2)
    await expect(phone.locator(".picked img")).to_have_count(1)
    await phone.locator(".picked button").first.click()
    await expect(phone.locator(".picked li")).to_have_count(1)
    await says(phone, "")
    await expect(phone.get_by_test_id("chat-line").nth(1)).to_contain_text("1 tệp")


async def test_words_alone_go_as_a_plain_form(phone: Page, town: Town, photo: bytes, tmp_path: Path) -> None:
    """Which costs the server a fraction of what reading a form of parts does; that one is for files."""
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.headers.get("content-type", "").partition(";")[0]))
    await says(phone, "Đèn hỏng & tối = nguy hiểm + sợ")
    await expect(phone.get_by_test_id("chat-line").nth(1)).to_contain_text("Đã nghe: Đèn hỏng & tối = nguy hiểm + sợ")
    (tmp_path / "đẹp.jpg").write_bytes(photo)
    await phone.get_by_test_id("chat-files").set_input_files(str(tmp_path / "đẹp.jpg"))
    await says(phone, "đây")
    await expect(phone.get_by_test_id("chat-line").nth(3)).to_contain_text("1 tệp")
    assert [kind for kind in sent if kind] == ["application/x-www-form-urlencoded", "multipart/form-data"]


async def test_while_many_write_at_once_the_script_does_the_work_by_itself(phone: Page, town: Town) -> None:
    """S17: Lan's first words meet a flood: her phone answers the question, and she sees nothing of it."""
    besiege(town.gates["chat"])
    await says(phone, "Đèn hỏng trước nhà")
    await expect(phone.get_by_test_id("chat-line").nth(1)).to_contain_text("Đã nghe: Đèn hỏng trước nhà")
    assert len(town.kept) == 1
    await expect(phone.get_by_test_id("chat-notice")).to_be_hidden()


async def test_what_is_refused_for_good_comes_back_into_the_form(phone: Page, town: Town) -> None:
    """A text that is too long is given back whole, with the reason."""
    longest = "a" * 20_001
    await phone.evaluate("document.querySelector('#text').removeAttribute('maxlength')")
    await says(phone, longest)
    await expect(phone.get_by_test_id("chat-notice")).to_contain_text("20000")
    assert await phone.get_by_test_id("chat-text").input_value() == longest
    await expect(phone.get_by_test_id("chat-line")).to_have_count(0)


def test_the_script_is_small() -> None:
    """At most 7 KB as it is written: nothing is minified, so that anybody can read what runs."""
    assert 0 < len((FOLDER / "homthu.js").read_bytes()) <= 7 * 1024
