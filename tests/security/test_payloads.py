"""S8, S14, 1.3: what residents send is text on every page where staff read it, in a real browser, and in every answer."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.async_api import Page

from bot.domain.people import Role
from tests.admin.test_hostile_input import ALLOWED_TAGS
from tests.browser.conftest import Town
from tests.browser.people import Officer
from tests.browser.rest import at_rest, eventually
from tests.security.payloads import acting, as_read, payloads
from tests.stories.cast import OnTelegram, code_in

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AT_ONCE = 16  # payloads in one message
CLOSED = 8  # cases whose resident objects, or says what they think
PLACE = "Ngõ 12 phường Phú Thượng tối ba đêm nay, đèn hỏng."
OURS = """table thead tbody tfoot tr th td caption rect text desc title g line figure figcaption small blockquote"""
FIGURES = frozenset(OURS.split())
TRAP = """() => {
    window.hits = [];
    window.hit = (...what) => window.hits.push('hit');
    for (const name of ['alert', 'confirm', 'prompt', 'print']) {
        window[name] = () => window.hits.push(name);
    }
    document.addEventListener('securitypolicyviolation', (event) => window.hits.push(event.violatedDirective));
}"""
LOOK = """() => ({
    hits: window.hits,
    tags: [...new Set([...document.body.querySelectorAll('*')].map((one) => one.localName))],
    inside: document.querySelectorAll('.line__text *:not(ins):not(del), bdi *:not(mark)').length,
    attributes: [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes])
        .filter((one) => /^on|^style$|^srcdoc$|^formaction$/.test(one.name) && !one.value.startsWith('/staff/'))
        .map((one) => one.name),
    links: [...document.querySelectorAll('[href], [src], [action]')]
        .flatMap((one) => ['href', 'src', 'action'].map((name) => one.getAttribute(name)))
        .filter((value) => value && !/^[/#?]/.test(value)),
    title: document.title,
    text: document.body.innerText,
    said: [...document.querySelectorAll('.line__text')].map((one) => one.textContent).join('\\n'),
})"""


def batches() -> Iterator[str]:
    found = payloads()
    assert len(found) >= 300
    for start in range(0, len(found), AT_ONCE):
        yield "\n".join((PLACE, *found[start : start + AT_ONCE]))


async def harmless(officer: Officer, path: str) -> str:
    """Open the page and press nothing; what was said in the case it shows, letter by letter."""
    page: Page = officer.page
    await page.goto(officer.root + path)
    await at_rest(page)
    found = await page.evaluate(LOOK)
    assert found["hits"] == [], path
    assert set(found["tags"]) <= ALLOWED_TAGS | FIGURES, path
    assert found["inside"] == 0, path
    assert found["attributes"] == [], path
    assert [link for link in found["links"] if not link.startswith("https://www.openstreetmap.org/")] == [], path
    assert acting(found["text"]) <= {"\r"}, path
    return str(found["said"])


async def answered(lan: OnTelegram, most: int) -> bool:
    return len(lan.chat.heard) >= most


async def files(town: Town, number: int, text: str) -> tuple[OnTelegram, str]:
    """A resident with a hostile name files this, and sends a file and a place with hostile names after it; their code."""
    known, lan = payloads(), town.city.telegram()
    lan.chat.me |= {"first_name": known[number], "username": "x", "last_name": known[-number - 1]}
    await lan.says(text)
    while not any("Gửi" in label for label in lan.chat.heard[-1].buttons):
        await lan.says("phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    before = len(lan.chat.heard)
    lan.chat.sends_document(b"%PDF-1.7 x", known[number * 3], "application/pdf", caption=known[number * 3 + 1])
    lan.chat.shares_venue(known[number * 2 + 100], known[number * 2 + 101], 21.0868, 105.819)
    await eventually(lambda: answered(lan, before + 2), "both are answered")
    return lan, code


async def test_three_hundred_payloads_are_text_wherever_staff_read_them(town: Town) -> None:
    """S8: messages, names, files' names, places, objections, opinions; nothing runs or becomes an element, all is read."""
    sent = [(*await files(town, number, text), text) for number, text in enumerate(batches())]
    password = await town.account("minh", role=Role.WARD_LEADER)  # somebody must be left to look at what is objected to
    hoa = await town.city.staff("hoa", role=Role.WARD_LEADER)
    closed = 0
    for lan, code, text in sent[:CLOSED]:
        await hoa.closes(code, "done", "Đã xong.")
        if "Đã khép lại" not in hoa.html:
            continue  # a second person has to look at this one
        closed += 1
        await lan.hears("Đã xong.")
        await lan.presses("Chưa xong" if closed % 2 else "Đã xong")
        if closed % 2 == 0:
            await lan.presses("1⭐")
        await lan.says(text)
    assert closed >= CLOSED / 2
    minh = await town.officer()
    minh.watch.expected.add(429)  # so many pages at once: the live lines take turns
    await minh.page.context.add_init_script(f"({TRAP})()")
    dialogs: list[str] = []
    minh.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await minh.signs_in("minh", password)
    for number, (_, code, text) in enumerate(sent):
        found = await harmless(minh, f"/staff/cases/{code}?lang={('vi', 'en')[number % 2]}")
        missing = [one for one in text.split("\n") if as_read(one) not in found]
        assert missing == [], code
        await harmless(minh, f"/staff/cases/{code}/closed")
    for page in ("", "?q=hit", "?status=closed", "audit", "mentions", "dashboard", "counter"):
        await harmless(minh, f"/staff/{page}")
    for one in payloads()[::24]:
        await harmless(minh, f"/staff/?q={quote(one)}")
    assert dialogs == []
