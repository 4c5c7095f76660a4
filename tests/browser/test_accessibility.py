"""axe finds nothing to mend: every page and every state of it, at three widths, by day and by night.

New pages and states belong here as they are built; `Rounds.looks` takes whatever page is open.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot import app
from bot.demo import STAFF
from tests.browser.axe import EVERY_LOOK, WORST_LOOKS, Look, complaints
from tests.browser.chromium import Watch
from tests.browser.conftest import DESK, PHONE, Town
from tests.browser.people import Officer, Person
from tests.browser.pictures import running_demo

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LAMP = "Ngõ 12 tối ba đêm nay rồi, đèn đường hỏng"


@dataclass
class Rounds:
    """Collects what is wrong on the way, so that one walk tells everything."""

    seen: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    async def looks(self, person: Person, what: str, looks: Sequence[Look] = EVERY_LOOK) -> None:
        await person.sees_it_whole()
        await person.sees_it_whole_enlarged()
        self.seen.append(what)
        self.found += [f"{what}, {complaint}" for complaint in await complaints(person.page, looks)]


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[app.Started]:
    async with running_demo(tmp_path / "data") as started:
        yield started


async def at_the_demo(chromium: Browser, demo: app.Started, who: int = 0) -> Officer:
    """One of the demo's staff, signed in."""
    context = await chromium.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="vi-VN")
    officer = Officer(await context.new_page(), demo.url, Watch(context), has_script=True)
    username = STAFF[who][0]
    [password] = [password for name, password, _ in demo.accounts if name == username]
    await officer.arrives(username, password)
    return officer


async def test_axe_sees_what_is_wrong(chromium: Browser) -> None:
    """A picture without words, pale letters and a small button do not pass: silence elsewhere means something."""
    page = await chromium.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await page.set_content(
        '<html lang="vi"><title>x</title><main><h1>x</h1><img src="/x"><p style="color:#bbb;background:#fff">mờ</p>'
        '<button style="width:9px;height:9px;padding:0">a</button><button style="width:9px;height:9px;padding:0">b</button>'
    )
    found = await complaints(page)
    assert {line.split(": ")[1] for line in found} >= {"image-alt", "color-contrast", "target-size"}
    assert {line.split(": ")[0] for line in found} == {
        f"{mode} {width}" for mode in ("light", "dark") for width in (360, 768, 1440)
    }
    await page.close()


async def test_what_residents_see(town: Town) -> None:
    """From the front page to the receipt, and what is shown when something is not there."""
    rounds, lan = Rounds(), await town.resident()
    lan.watch.expected.add(404)
    await lan.opens("/")
    await rounds.looks(lan, "front")
    await lan.opens("/?lang=en")
    await rounds.looks(lan, "front in English")
    await lan.opens("/?lang=vi")
    await lan.comes_in()
    await rounds.looks(lan, "chat, empty")
    await lan.says(LAMP)
    await lan.hears("phường, xã nào")
    await rounds.looks(lan, "chat, a question")
    await lan.says("Phú Thượng")
    await lan.hears("Phú Thượng")
    await rounds.looks(lan, "chat, the card")
    await lan.presses("Gửi")
    await lan.reads_code()
    await lan.page.locator("details summary").first.click()
    await rounds.looks(lan, "chat, the receipt")
    await lan.opens("/nothing")
    await rounds.looks(lan, "not found")
    assert rounds.found == []


async def test_the_way_to_the_desk(town: Town) -> None:
    """Signing in, failing to, the password that is due, an empty queue."""
    rounds, minh = Rounds(), await town.officer()
    minh.watch.expected |= {400, 401, 404}
    password = await town.account("minh")
    await minh.opens("/staff/")
    await rounds.looks(minh, "sign-in")
    form = minh.part("login-form")
    await form.locator("[name=username]").fill("minh")
    await form.locator("[name=password]").fill("sai")
    await form.locator("button").click()
    await rounds.looks(minh, "sign-in, refused")
    await minh.signs_in_once("minh", password)
    await rounds.looks(minh, "password, due")
    form = minh.part("password-form")
    for name in ("current", "new", "again"):
        await form.locator(f"[name={name}]").fill("không phải mật khẩu này")
    await form.locator("button").click()
    await rounds.looks(minh, "password, refused")
    await minh.renews(password)
    await rounds.looks(minh, "queue, empty")
    await minh.opens("/staff/?status=closed")
    await rounds.looks(minh, "queue, nothing closed")
    await minh.opens("/staff/cases/0000-0000")
    await rounds.looks(minh, "no such case")
    assert rounds.found == []


async def test_the_desk(chromium: Browser, demo: app.Started) -> None:
    """The demo's queue and cases: late ones, closed ones, every fold open, refused forms."""
    rounds, minh = Rounds(), await at_the_demo(chromium, demo)
    minh.watch.expected |= {400, 409}
    await rounds.looks(minh, "queue")
    await minh.opens("/staff/?lang=en")
    await rounds.looks(minh, "queue in English")
    await minh.opens("/staff/?lang=vi")
    await minh.part("case-number").first.click()
    await rounds.looks(minh, "case")
    await minh.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    await rounds.looks(minh, "case, every fold open")
    await minh.writes_answer("   ")
    await rounds.looks(minh, "case, an answer refused")
    await minh.answers("Tổ điện sẽ đến sáng mai.")
    await rounds.looks(minh, "case, answered")
    await minh.opens("/staff/?status=closed")
    await rounds.looks(minh, "queue, closed ones")
    await minh.part("case-number").first.click()
    await rounds.looks(minh, "case, closed")
    await minh.opens("/staff/password")
    await rounds.looks(minh, "password")
    await minh.page.context.close()
    for who in range(1, len(STAFF)):
        other = await at_the_demo(chromium, demo, who)
        await rounds.looks(other, f"queue of {STAFF[who][0]}", WORST_LOOKS)
        await other.page.context.close()
    assert rounds.found == []


async def test_the_queue_in_every_state(chromium: Browser, demo: app.Started) -> None:
    """Filters open, a search with and without a find, a kept list, a refused name, the keys, news, several cases at once."""
    rounds, minh = Rounds(), await at_the_demo(chromium, demo)
    minh.watch.expected.add(400)
    await minh.part("filters").locator("summary").click()
    await rounds.looks(minh, "queue, filters open", WORST_LOOKS)
    await minh.opens("/staff/?q=den&owner=none")
    await rounds.looks(minh, "queue, a search", WORST_LOOKS)
    await minh.opens("/staff/?q=khongcogi")
    await rounds.looks(minh, "queue, nothing found", WORST_LOOKS)
    await minh.opens("/staff/?due=late")
    await minh.part("filters").locator("summary").click()
    await minh.page.locator("#view-name").evaluate("field => { field.required = false; field.value = ' ' }")
    await minh.part("view-form").locator("button").click()
    await rounds.looks(minh, "queue, a name refused", WORST_LOOKS)
    await minh.page.locator("#view-name").fill("Trễ")
    await minh.part("view-form").locator("button").click()
    await rounds.looks(minh, "queue, a list kept", WORST_LOOKS)
    await minh.opens("/staff/")
    await minh.part("who").click()
    await rounds.looks(minh, "the menu of one's own", WORST_LOOKS)
    await minh.opens("/staff/")
    await minh.page.keyboard.press("?")
    await rounds.looks(minh, "the keys", WORST_LOOKS)
    await minh.page.keyboard.press("Escape")
    await minh.part("news").evaluate("link => { link.hidden = false; link.textContent = '2 hồ sơ mới. Bấm để xem.' }")
    await minh.part("tick").first.check()
    await rounds.looks(minh, "queue, news and one ticked", WORST_LOOKS)
    for act in ("move", "answer", "assign"):
        await minh.opens("/staff/?tick=page")
        await minh.part(f"bulk-{act}").click()
        await rounds.looks(minh, f"several cases, {act}")
    await minh.opens("/staff/?tick=page")
    await minh.part("bulk-answer").click()
    await minh.page.locator("#text").evaluate("field => { field.required = false }")
    await minh.part("preview").click()
    await rounds.looks(minh, "several cases, no words")
    await minh.page.locator("#text").fill("Tổ công tác sẽ đến.")
    await minh.part("preview").click()
    await rounds.looks(minh, "several cases, beforehand")
    await minh.part("do").click()
    await rounds.looks(minh, "several cases, done")
    await minh.part("undo-form").locator("button").click()
    await rounds.looks(minh, "several cases, undone")
    await minh.page.context.close()
    assert rounds.found == []
