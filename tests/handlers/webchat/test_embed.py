"""The chat on a ward's own site, shown in a frame: which site may, what it can reach, and what a resident can do there.

Portal and chat are two sites to the browser: "localhost" and "127.0.0.1".
"""

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, FrameLocator, Page, ViewportSize, async_playwright, expect

from bot.bell import Bell
from bot.errors import SettingsError
from bot.settings import load_settings
from storage import Database
from tests.browser.axe import complaints
from tests.browser.chromium import PATIENCE, find_chromium
from tests.handlers.webchat.town import Town, open_town

PHONE = ViewportSize(width=360, height=740)
STRICT = "default-src 'none'; script-src 'nonce-portal' {chat}; frame-src {chat}; style-src 'none'"


@dataclass
class Portal:
    """A ward's own site, with the one line and a policy that allows nothing but our script and our frame."""

    server: TestServer
    chat: str = ""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server.port}"

    async def page(self, request: web.Request) -> web.Response:
        language = request.query.get("lang", "vi")
        html = (
            f'<!doctype html><html lang="{language}"><title>Phường Phú Thượng</title><main><h1>Phường</h1>'
            '<script nonce="portal">window.before = new Set(Object.getOwnPropertyNames(window))</script>'
            f'<script src="{self.chat}/embed.js" data-ward="00091" async></script>'
            f'<noscript><a href="{self.chat}/chat?ward=00091">Góp ý</a></noscript></main>'
        )
        policy = STRICT.format(chat=self.chat)
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def bare(self, request: web.Request) -> web.Response:
        """Frames whatever it is told to."""
        html = f'<!doctype html><html lang="vi"><title>x</title><iframe src="{self.chat}{request.query["path"]}"></iframe>'
        return web.Response(text=html, content_type="text/html")


@dataclass
class Scene:
    town: Town
    allowed: Portal
    foreign: Portal


@pytest.fixture
async def scene(sqlite_database: Database, bell: Bell, tmp_path: Path) -> AsyncIterator[Scene]:
    """A chat, the portal that may show it, and a site that may not."""
    async with AsyncExitStack() as stack:
        portals = []
        for _ in range(2):
            app = web.Application()
            portal = Portal(TestServer(app))
            app.router.add_get("/", portal.page)
            app.router.add_get("/frame", portal.bare)
            await stack.enter_async_context(portal.server)
            portals.append(portal)
        town = await stack.enter_async_context(open_town(sqlite_database, bell, tmp_path, embed_on=portals[0].origin))
        for portal in portals:
            portal.chat = str(town.root).rstrip("/")
        yield Scene(town, *portals)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser that takes no cookie in a foreign frame but one that is kept apart for each site."""
    found = find_chromium()
    if not found:
        pytest.skip("no Chromium; Debian and Ubuntu: apt-get install chromium")
    switches = ["--no-sandbox", "--disable-gpu", "--test-third-party-cookie-phaseout"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=switches)
        yield browser
        await browser.close()


async def test_without_the_setting_nothing_is_there(town: Town) -> None:
    """As it was before: no script, no frame, no post below its address."""
    browser = town.browser()
    for path in ("/embed.js", "/embed/chat", "/embed/chat?ward=00091", "/embed/chat/events", "/embed/chat/messages"):
        assert (await browser.opens(path)).status == 404, path


async def test_the_frame_has_cookies_of_its_own(scene: Scene) -> None:
    """One browser, two chats: neither cookie is read at the other address, and the framed one is partitioned."""
    root = scene.town.root
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        async with session.get(root / "embed/chat", allow_redirects=False) as answer:
            [framed] = answer.headers.getall("Set-Cookie")
        async with session.get(root / "chat") as answer:
            [own] = answer.headers.getall("Set-Cookie")
        assert framed.startswith("homthu_embed_chat=")
        flags = {part.strip() for part in framed.split(";")[1:]}
        assert {"Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"} <= flags
        assert "Partitioned" not in own
        assert "SameSite=Lax" in own
        for cookie, path in ((own, "embed/chat/events"), (framed, "chat/events")):
            async with session.get(root / path, headers={"Cookie": cookie.split(";")[0]}) as answer:
                assert answer.status == 204, path  # whose stream is unknown there


async def test_a_form_of_the_frame_needs_its_own_token(scene: Scene) -> None:
    """What is posted with the chat's token, another visitor's or none is refused; with the frame's own it is kept."""
    root = scene.town.root
    own, framed = scene.town.browser(), ""
    await own.opens("/chat")
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        async with session.get(root / "embed/chat", allow_redirects=False) as answer:
            cookie = {"Cookie": answer.headers["Set-Cookie"].split(";")[0], "Accept": "application/json"}
        async with session.get(root / "embed/chat", headers=cookie) as answer:
            found = re.search(r'name="form_token" value="([^"]+)"', await answer.text())
            assert found
            framed = found[1]
        for token, sent, status in (
            (own.page.field("form_token"), cookie, 403),
            ("", cookie, 403),
            (framed, {"Accept": "application/json"}, 403),
            (framed, {**cookie, "Origin": scene.allowed.origin}, 403),
            (framed, {**cookie, "Sec-Fetch-Site": "cross-site"}, 403),
            (framed, cookie, 200),
        ):
            data = {"form_token": token, "text": "Đèn hỏng"}
            async with session.post(root / "embed/chat/messages", data=data, headers=sent) as answer:
                assert answer.status == status, (token, sent)
    assert len(scene.town.kept) == 1


async def test_a_browser_that_keeps_no_cookie_is_told_before_it_writes(scene: Scene) -> None:
    """No form that would lose its words: a link to the same ward's chat in a window of its own."""
    asked = scene.town.root / "embed/chat" % {"ward": "00091", "lang": "en"}
    async with ClientSession(cookie_jar=DummyCookieJar()) as session, session.get(asked) as answer:
        html = await answer.text()
        assert answer.status == 200
    assert "<form" not in html
    assert re.search(r'href="/chat\?lang=en&amp;ward=00091" target="_blank" rel="noopener"', html)


async def test_the_script_is_small_and_kept_for_an_hour(scene: Scene) -> None:
    """At most 3 KB over the line, loadable from anywhere, and 304 when it is known."""
    async with ClientSession(auto_decompress=False) as session:
        async with session.get(scene.town.root / "embed.js", headers={"Accept-Encoding": "gzip"}) as answer:
            packed, tag = await answer.read(), answer.headers["ETag"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert "max-age" in answer.headers["Cache-Control"]
        assert len(packed) <= 3 * 1024
        assert b"currentScript" in gzip.decompress(packed)
        async with session.get(scene.town.root / "embed.js", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304


@pytest.mark.parametrize(
    ("origins", "is_good"),
    [
        ("https://phuthuong.example.vn", True),
        ("https://a.example.vn:8443 https://b.example.vn", True),
        ("http://localhost:8000", True),
        ("http://phuthuong.example.vn", False),
        ("https://*.example.vn", False),
        ("*", False),
        ("https:", False),
        ("https://a.example.vn/portal", False),
        ("https://a.example.vn; script-src *", False),
        ("https://a.example.vn,https://b.example.vn", False),
        ("'self'", False),
    ],
)
def test_only_whole_origins_may_be_named(origins: str, is_good: bool) -> None:
    """Nothing that would widen the policy, or end it and begin another."""
    if is_good:
        assert load_settings(embed_on=origins).embed_origins == tuple(origins.split())
    else:
        with pytest.raises(SettingsError, match="EMBED_ON"):
            load_settings(embed_on=origins)


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


async def has_focus(page: Page, name: str) -> None:
    """The element of our shadow gets the portal's focus."""
    script = "(name) => document.activeElement?.shadowRoot?.activeElement?.matches(name) ?? false"
    await page.wait_for_function(script, arg=name)


@pytest.mark.slow
@pytest.mark.browser
async def test_a_resident_writes_from_the_portal_by_keyboard(chromium: Browser, scene: Scene) -> None:
    """On a phone: Enter opens it over the whole screen, words go and the answer comes, Escape closes, the focus returns."""
    context = await chromium.new_context(viewport=PHONE, locale="vi-VN")
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    await page.goto(scene.allowed.origin)
    await page.get_by_role("button", name="Góp ý với phường, xã").wait_for()
    assert await page.evaluate("Object.getOwnPropertyNames(window).filter((name) => !before.has(name))") == ["before"]
    assert scene.town.kept == []
    assert len(context.pages[0].frames) == 1, "nothing is loaded before it is asked for"
    assert await complaints(page) == []
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    chat = framed(page)
    text = chat.get_by_test_id("chat-text")
    await text.wait_for()
    await expect(chat.get_by_test_id("chat-ward")).to_contain_text("Phú Thượng")
    await has_focus(page, "iframe")
    box = await page.locator("dialog").bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
    for _ in range(20):  # the way of a keyboard through the frame: links, calls, what the chat says of itself
        if await text.evaluate("(field) => field === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await expect(text).to_be_focused()
    await page.keyboard.type("Den hong")  # letters that have a key, so that each is a key press
    await page.keyboard.press("Enter")
    await expect(chat.get_by_test_id("chat-line").last).to_contain_text("Đã nghe: Den hong")
    await page.keyboard.press("Escape")
    await page.locator("dialog").wait_for(state="hidden")
    await has_focus(page, ".open")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_test_id("chat-line").last).to_contain_text("Đã nghe: Den hong")
    await page.get_by_role("button", name="Đóng").click()
    await page.locator("dialog").wait_for(state="hidden")
    await page.reload()
    await page.get_by_role("button", name="Góp ý với phường, xã").click()
    await expect(framed(page).get_by_test_id("chat-line").last).to_contain_text("Đã nghe: Den hong")
    own = await context.new_page()
    await own.goto(str(scene.town.root / "chat"))
    assert await own.get_by_test_id("chat-line").count() == 0, "at our own address it is another chat"
    assert said == []
    await context.close()


@pytest.mark.slow
@pytest.mark.browser
async def test_the_chat_in_a_frame_without_script_and_in_english(chromium: Browser, scene: Scene) -> None:
    """Plain forms within the frame; and without script the portal's own link leads to the ward's chat."""
    context = await chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{scene.allowed.origin}/frame?path=/embed/chat%3Fward=00091%26lang=en")
    chat = framed(page)
    await chat.get_by_test_id("chat-text").fill("Đèn hỏng")
    await chat.get_by_test_id("chat-send").click()
    await expect(chat.get_by_test_id("chat-line").last).to_contain_text("Đã nghe: Đèn hỏng")
    await expect(chat.get_by_test_id("chat-machine")).to_contain_text("automatic", ignore_case=True)
    await page.goto(scene.allowed.origin)
    await page.get_by_role("link", name="Góp ý").click()
    await expect(page.get_by_test_id("chat-ward")).to_contain_text("Phu Thuong")
    await context.close()


@pytest.mark.slow
@pytest.mark.browser
async def test_the_browser_refuses_every_other_frame(chromium: Browser, scene: Scene) -> None:
    """A site that is not named sees nothing of the chat; the one that is named, nothing but the framed chat."""
    context = await chromium.new_context()
    page = await context.new_page()
    heard: list[str] = []
    page.on("console", lambda line: heard.append(line.text))
    for portal, path in (
        (scene.foreign, "/embed/chat"),
        (scene.allowed, "/chat"),
        (scene.allowed, "/embed/nothing"),
        (scene.allowed, "/assets/homthu.css"),
    ):
        heard.clear()
        await page.goto(f"{portal.origin}/frame?path={path}")
        assert await framed(page).get_by_test_id("chat-form").count() == 0, path
        if path != "/embed/nothing":
            assert any("frame" in line.lower() for line in heard), (path, heard)
    await page.goto(f"{scene.allowed.origin}/frame?path=/embed/chat")
    await framed(page).get_by_test_id("chat-form").wait_for()
    await context.close()
