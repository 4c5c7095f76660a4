"""Who walks: a resident with the chat open, an officer at the desk; each with a browser of their own.

Both do only what a person can: read what is shown, press, type. At every step the page must fit its window's width.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, CookieJar
from playwright.async_api import Locator, Page, Route, expect
from yarl import URL

from tests.browser.chromium import PATIENCE, Watch
from tests.browser.rest import at_rest, eventually
from tests.closing import PROOF_BYTES
from tests.closing import fields as closing_fields
from tests.codes import code_at, secret_in
from tests.stories.cast import Officer as Clerk

NO_LINE = "#lines > :first-child"  # the resident's own, before anything of ours
MOST_STOPS = 60  # presses of Tab; no page of ours has more
# A whole row of the queue shows the focus of the link in it.
HAS_OUTLINE = """element => [element, element.closest('.case-row')].some(
    (shown) => shown && getComputedStyle(shown).outlineStyle !== 'none')"""
NEW_PASSWORD = "một-câu-thật-dài-dễ-nhớ"


class Person:
    """Somebody with one page open."""

    def __init__(self, page: Page, root: str, watch: Watch, *, has_script: bool) -> None:
        self.page, self.root, self.watch, self.has_script = page, root, watch, has_script
        page.set_default_timeout(PATIENCE)

    async def opens(self, path: str) -> None:
        await self.page.goto(self.root + path)
        await self.sees_it_whole()

    @asynccontextmanager
    async def before_the_script_comes(self, path: str) -> AsyncIterator[None]:
        """A page on a slow line, to be written into while its script is still on the way; afterwards it is there."""
        comes, scripts = asyncio.Event(), "**/assets/**/*.js"

        async def late(route: Route) -> None:
            await comes.wait()
            await route.continue_()

        await self.page.route(scripts, late)
        await self.page.goto(self.root + path, wait_until="commit")
        try:
            yield
        finally:
            comes.set()
        await at_rest(self.page)
        await self.page.unroute(scripts)

    def part(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    async def reads(self, test_id: str) -> str:
        """What stands in this part of the page, once the whole page is there."""
        await expect(self.part(test_id)).to_be_visible()
        await at_rest(self.page)
        return await self.part(test_id).inner_text()

    async def goes_on(self, key: str = "Enter") -> None:
        """Press a key that leads to another page, and wait until one can work with that."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press(key)
        await at_rest(self.page)

    async def tabs_to(self, stop: Locator) -> None:
        """Press Tab until `stop` has the focus; it must be seen to have it."""
        await at_rest(self.page)
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("Tab")
            if await stop.evaluate("element => element === document.activeElement"):
                assert await stop.evaluate(HAS_OUTLINE), f"nothing shows that the keyboard is at {stop}"
                return
        raise AssertionError(f"{MOST_STOPS} stops of the Tab key, and {stop} was none of them")

    async def sees_it_whole(self) -> None:
        """The page has come to rest, and nothing is wider than the window: nobody has to move it sideways to read it."""
        await at_rest(self.page)
        wide, window = await self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, f"{self.page.url} is {wide} px wide in a window of {window} px"

    async def sees_it_whole_enlarged(self) -> None:
        """The same with everything four times as large: 320 px are left (WCAG 2.2, 1.4.10)."""
        before = self.page.viewport_size
        await self.page.set_viewport_size({"width": 320, "height": 640})
        await self.sees_it_whole()
        if before:
            await self.page.set_viewport_size(before)


class Resident(Person):
    """Writes in the chat and reads it."""

    _heard_before = NO_LINE

    async def comes_in(self) -> None:
        """By the front page, as somebody does who was told the address."""
        await self.opens("/")
        await self.part("to-chat").click()
        await expect(self.part("chat-form")).to_be_visible()
        await self.sees_it_whole()

    async def says(self, text: str, photos: Sequence[Path] = ()) -> None:
        await self._waits_for_the_answer()
        await self._marks()
        await self.part("chat-text").fill(text)
        if photos:
            await self.part("chat-files").set_input_files([str(photo) for photo in photos])
        await self.part("chat-send").click()
        if text:
            await expect(self.mine.last).to_contain_text(text)

    async def presses(self, label: str, *, is_exact: bool = False) -> None:
        """The newest chip with these words; `is_exact` where another's words begin with them."""
        chip = self.part("chip").get_by_text(label, exact=True) if is_exact else self.part("chip").filter(has_text=label)
        await self._waits_for(chip)
        await self._marks()
        await chip.last.click()

    async def types_digits(self, digits: str) -> None:
        """Into the form that asks whether the secret was written down."""
        await self._marks()
        await self.part("keep-digits").last.fill(digits)
        await self.part("keep-send").last.click()

    @property
    def mine(self) -> Locator:
        return self.page.locator('[data-testid="chat-line"][data-from="resident"]')

    @property
    def theirs(self) -> Locator:
        return self.page.locator('[data-testid="chat-line"][data-from="homthu"]')

    async def hears(self, words: str) -> str:
        """The newest line of ours with these words, said since the resident last said something.

        With script it must come by itself; without, by looking again.
        """
        line = self._heard_since.filter(has_text=words)
        await self._waits_for(line)
        await expect(line.last).to_be_visible()
        await self.sees_it_whole()
        return await line.last.inner_text()

    async def reads_code(self) -> str:
        """The case code of the receipt."""
        found = re.search(r"(?:Mã hồ sơ|Case code): ([0-9A-Z-]+)", await self.hears("Mã hồ sơ"))
        assert found
        return found[1]

    @property
    def _heard_since(self) -> Locator:
        """Our lines after those that stood there when the resident last said something."""
        return self.page.locator(f'{self._heard_before} ~ [data-testid="chat-line"][data-from="homthu"]')

    async def _marks(self) -> None:
        """Remember where the chat ends: what was said before does not answer what is said now."""
        newest = self.theirs.last
        self._heard_before = f"#{await newest.get_attribute('id')}" if await self.theirs.count() else NO_LINE

    async def _waits_for(self, wanted: Locator) -> None:
        """Without script nothing comes by itself: look again until it is there. With script whoever uses it waits."""

        async def is_there() -> bool:
            if not await wanted.count():
                await self._looks_again()
            return bool(await wanted.count())

        if not self.has_script:
            await eventually(is_there, f"{wanted} is in the chat")

    async def _waits_for_the_answer(self) -> None:
        """Without script nothing comes by itself: whoever waits for an answer asks for it."""

        async def is_answered() -> bool:
            if waits := await self.page.locator("[data-testid=chat-waits]").count():
                await self._looks_again()
            return not waits

        if not self.has_script:
            await eventually(is_answered, "the chat waits for nothing")

    async def _looks_again(self) -> None:
        await self.part("chat-refresh").click()
        await at_rest(self.page)


class Officer(Person):
    """Works at the desk. `secret` is what their app holds, `recovery` the codes on their paper."""

    secret = ""
    recovery: Sequence[str] = ()
    looks: Callable[[Person, str], Awaitable[None]] | None = None  # at a page that is shown only once

    async def arrives(self, username: str, password: str) -> None:
        """Signed in already: by requests, as `signs_in` would, for walks that begin at the queue."""
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            clerk = Clerk(session, URL(self.root), password, username)
            await clerk.signs_in(NEW_PASSWORD)
            await self.goes_on_as(clerk)

    async def goes_on_as(self, clerk: Clerk) -> None:
        """The same person, who signed in without a browser and goes on with this one."""
        self.secret = clerk.secret
        cookies = clerk.session.cookie_jar
        await self.page.context.add_cookies([{"name": one.key, "value": one.value, "url": self.root} for one in cookies])
        await self.opens("/staff/")
        await expect(self.part("who")).to_be_visible()

    async def signs_in(self, username: str, password: str, *, is_first_time: bool = True) -> None:
        """By hand. `password` is the one-time password of `homthu staff add`, which has to be replaced at once."""
        await self.opens("/staff/")
        await self.signs_in_once(username, password)
        if is_first_time:
            await expect(self.part("forced")).to_be_visible()
            await self.sees_it_whole()
            await self.renews(password)
        elif await self.part("code-form").count():
            # The next half minute's: this one's may be used up, by the same person at another machine.
            await self.gives_code("code-form", "code", code_at(datetime.now(UTC), 1, self.secret))
        await expect(self.part("who")).to_be_visible()
        if await self.part("enrol-form").count():
            await self.sets_up_the_app()
        await self.sees_it_whole()

    async def signs_in_once(self, username: str, password: str) -> None:
        """By the form that is open; whatever page comes after it."""
        form = self.part("login-form")
        await form.locator("[name=username]").fill(username)
        await form.locator("[name=password]").fill(password)
        await form.locator("button").click()
        await at_rest(self.page)

    async def sets_up_the_app(self) -> None:
        """By the page that is open: the secret is typed into the app, its code into the page, the codes shown are kept."""
        await self.sees_it_whole()
        self.secret = secret_in(await self.page.content())
        await self.gives_code("enrol-form", "enrol-code")
        await expect(self.part("recovery-code")).to_have_count(10)
        self.recovery = [text.replace(" ", "") for text in await self.part("recovery-code").all_inner_texts()]
        if self.looks is not None:
            await self.looks(self, "recovery codes")
        await self.sees_it_whole()
        await self.part("go-on").click()
        await at_rest(self.page)

    async def gives_code(self, form: str, field: str, code: str = "") -> None:
        """What the app shows now, unless another is given; typed as people do, in two groups, and sent by the Enter key."""
        shown = code or code_at(datetime.now(UTC), secret=self.secret)
        box = self.part(form).locator(f"#{field}")
        await box.fill(f"{shown[:3]} {shown[3:]}")
        await box.press("Enter")
        await at_rest(self.page)

    async def signs_out(self) -> None:
        """By the menu behind one's name."""
        await self.part("who").click()
        await self.part("logout-form").locator("button").click()
        await expect(self.part("login-form")).to_be_visible()
        await at_rest(self.page)

    async def renews(self, password: str) -> None:
        """By the form that is open: a new password for the given one."""
        form = self.part("password-form")
        await form.locator("[name=current]").fill(password)
        await form.locator("[name=new]").fill(NEW_PASSWORD)
        await form.locator("[name=again]").fill(NEW_PASSWORD)
        await form.locator("button").click()
        await at_rest(self.page)

    async def opens_case(self, code: str) -> None:
        """By its row in the queue."""
        await self.opens("/staff/")
        await self.part("case-number").filter(has_text=code).click()
        await expect(self.part("case-code")).to_have_text(code)
        await self.sees_it_whole()

    async def sees_photo(self) -> bytes:
        """The first photo of the thread is drawn; returns what the browser got."""
        photo = self.part("photo").locator("img").first
        await photo.scroll_into_view_if_needed()
        await expect(photo).to_have_js_property("complete", True)
        assert await photo.evaluate("image => image.naturalWidth") > 0
        source = await photo.get_attribute("src")
        answer = await self.page.request.get(f"{self.root}{source}")
        assert answer.ok
        return await answer.body()

    async def writes_answer(self, text: str) -> None:
        """Type and send; what comes of it is the walk's to look at."""
        form = self.part("reply-form")
        await form.locator("textarea").fill(text)
        await form.locator("button").first.click()
        await self.sees_it_whole()

    async def answers(self, text: str) -> None:
        await self.writes_answer(text)
        await expect(self.part("done")).to_be_visible()
        await expect(self.part("thread-line").filter(has_text=text).last).to_be_visible()
        await at_rest(self.page)

    async def closes(self, outcome: str, text: str) -> None:
        form = await self.unfolds("close-form")
        await form.locator(f"[name=outcome][value={outcome}]").check()
        for name, value in closing_fields(outcome, text, today=datetime.now(UTC).date()).items():
            if name not in ("outcome", "text"):
                await form.locator(f"[name={name}]").fill(value)
        if outcome == "done":
            await form.locator("[name=files]").set_input_files(
                {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": PROOF_BYTES}
            )
        await form.locator("textarea").fill(text)
        await form.locator("button").first.click()
        await expect(self.part("done")).to_be_visible()
        await self.sees_it_whole()

    async def unfolds(self, form: str) -> Locator:
        """The form behind its fold, opened."""
        fold = self.page.locator("details").filter(has=self.part(form))
        await fold.locator("summary").click()
        await expect(self.part(form)).to_be_visible()
        await self.sees_it_whole()
        return self.part(form)
