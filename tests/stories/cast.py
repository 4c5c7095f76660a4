"""The cast of the stories: a city that really runs, residents who write to it, staff who sign in at its desk.

Everything between is the program itself, started as `run` starts it, on a real database; Telegram is the Bot API server of
`tests.bot_api`, the web chat and the desk are driven as browsers without script drive them.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from gc import set_threshold
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol
from unittest.mock import patch

from aiohttp import ClientSession, CookieJar, FormData
from yarl import URL

from bot import app
from bot.commands import add_account, export_rows
from bot.domain.people import Role
from bot.domain.ward import WardCode
from bot.routing import Router, load_router
from bot.routing.wards import DATA, Wards, load_wards
from bot.settings import Settings, load_settings
from tests.bot_api import BotApiServer
from tests.bot_api import Resident as Chat
from tests.closing import PROOF_BYTES
from tests.closing import fields as closing_fields
from tests.codes import code_at, secret_in
from tests.conftest import Place
from tests.handlers.webchat.town import Browser
from tests.stories.forms import forms

CODE = re.compile(r"(?:Mã hồ sơ|Case code): ([0-9A-Z-]+)")
PROOF = ("bien-ban.pdf", PROOF_BYTES, "application/pdf")
PATIENCE = 60.0  # seconds; a story is not a timed test


@cache
def _hanoi() -> Router:
    return load_router(load_wards())


def _router_of(wards: Wards, folder: Path) -> Router:
    """Reading the gazetteer once is enough for all cities of a run, but for those that brought their own."""
    return _hanoi() if folder == DATA else load_router(wards, folder)


# A program that starts looks once through all there is and bids the collector leave that alone for good. Here hundreds start
# in one process: each would look through what all tests before it left, and nothing of it could ever be collected.
_COLLECTOR = SimpleNamespace(collect=lambda: 0, freeze=lambda: None, set_threshold=set_threshold)
patch.object(app, "gc", _COLLECTOR).start()
patch("bot.services.city.load_router", _router_of).start()


class Resident(Protocol):
    """Somebody who writes, whatever the channel."""

    async def says(self, *texts: str) -> None:
        """Write these, one after the other, each after the answer to the one before."""
        ...

    async def presses(self, label: str) -> None:
        """Press the newest button that holds these words."""
        ...

    async def sends_photo(self, data: bytes, caption: str = "") -> None: ...

    async def hears(self, words: str) -> str:
        """The first text, not read before, in which these words stand; waits for it."""
        ...


@dataclass
class OnTelegram:
    """A resident in a private chat with the bot."""

    chat: Chat

    async def says(self, *texts: str) -> None:
        for text in texts:
            before = len(self.chat.heard)
            self.chat.sends(text)
            await _until(lambda before=before: len(self.chat.heard) > before)

    async def presses(self, label: str) -> None:
        before = len(self.chat.heard)
        self.chat.presses(label)
        await _until(lambda: len(self.chat.heard) > before)

    async def sends_photo(self, data: bytes, caption: str = "") -> None:
        before = len(self.chat.heard)
        self.chat.sends_photo(data, caption)
        await _until(lambda: len(self.chat.heard) > before)

    async def hears(self, words: str) -> str:
        return (await self.chat.next_like(re.escape(words), PATIENCE)).text


@dataclass
class OnTheWebChat:
    """A resident with the chat page open, in a browser without script."""

    browser: Browser
    read: int = 0

    async def says(self, *texts: str) -> None:
        for text in texts:
            assert (await self.browser.says(text)).status == 200

    async def presses(self, label: str) -> None:
        chips = re.findall(r'<button class="chip" name="choice" value="([^"]*)"[^>]*>([^<]*)<', self.browser.page.html)
        data = [data for data, text in chips if label in unescape(text)]
        assert data, f"no chip {label!r} in {[text for _, text in chips]}"
        assert (await self.browser.presses(unescape(data[-1]))).status == 200

    async def sends_photo(self, data: bytes, caption: str = "") -> None:
        assert (await self.browser.says(caption, files=[("đèn.jpg", data, "image/jpeg")])).status == 200

    async def hears(self, words: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                lines = (await self.browser.opens()).lines
                if len(lines) < self.read:  # what was said before is forgotten
                    self.read = 0
                for number, line in enumerate(lines[self.read :], self.read):
                    if words in line:
                        self.read = number + 1
                        return line
                await asyncio.sleep(0.1)


@dataclass
class Officer:
    """A staff member with a browser."""

    session: ClientSession
    root: URL
    password: str
    username: str
    secret: str = ""  # of the app
    html: str = ""
    status: int = 0

    async def opens(self, path: str) -> str:
        async with self.session.get(self.root.join(URL(path))) as response:
            self.html, self.status = await response.text(), response.status
        return self.html

    async def fills(self, form: str, *, file: tuple[str, bytes, str] | None = None, **fields: str) -> None:
        """Send the form of the open page with this test id; what it already holds goes along."""
        found = forms(self.html)[form]
        data = FormData()
        for name, value in {**found.fields, **fields}.items():
            data.add_field(name, value, content_type="text/plain; charset=utf-8" if file else None)
        if file:
            data.add_field("files", file[1], filename=file[0], content_type=file[2])
        async with self.session.post(self.root.join(URL(found.action or "/staff/login")), data=data) as response:
            self.html, self.status = await response.text(), response.status

    async def signs_in(self, new: str = "một-mật-khẩu-dài-để-thử") -> None:
        await self.opens("/staff/login")
        await self.fills("login-form", username=self.username, password=self.password)
        if "password-form" in forms(self.html):  # a one-time password must be replaced
            await self.fills("password-form", current=self.password, new=new, again=new)
            self.password = new
        if "enrol-form" in forms(self.html):  # where the role needs a second factor, it is set up next
            self.secret = secret_in(self.html)
            await self.fills("enrol-form", code=code_at(datetime.now(UTC), secret=self.secret))
            assert "recovery-code" in self.html
            await self.opens("/staff/")

    async def sees_waiting(self) -> list[str]:
        """The codes in the queue, in its order."""
        html = await self.opens("/staff/")
        return re.findall(r'data-testid="case-number">([0-9A-Z-]+)<', html)

    async def opens_case(self, code: str) -> str:
        return await self.opens(f"/staff/cases/{code}")

    async def answers(self, code: str, text: str, *, file: tuple[str, bytes, str] | None = None) -> None:
        await self.opens_case(code)
        await self.fills("reply-form", file=file, text=text)

    async def closes(
        self, code: str, outcome: str, text: str, *, proof: tuple[str, bytes, str] = PROOF, **more: str
    ) -> None:
        """With all that the outcome owes; `more` are further fields, or others than usual."""
        await self.opens_case(code)
        owed = closing_fields(outcome, text, today=datetime.now(UTC).date())
        await self.fills("close-form", file=proof if outcome == "done" else None, **(owed | more))


@dataclass
class City:
    """The running program and everybody around it."""

    api: BotApiServer
    settings: Settings
    url: str
    sessions: list[ClientSession] = field(default_factory=list)
    _next_chat: int = 5001

    def telegram(self, language: str = "vi") -> OnTelegram:
        self._next_chat += 1
        return OnTelegram(self.api.resident(self._next_chat, language))

    async def webchat(self, path: str = "/chat", language: str = "vi") -> OnTheWebChat:
        browser = Browser(self._session(language), URL(self.url))
        await browser.opens(path)
        return OnTheWebChat(browser)

    async def resident(self, channel: str, language: str = "vi") -> Resident:
        return self.telegram(language) if channel == "telegram" else await self.webchat(language=language)

    async def staff(self, username: str, *, ward: str | None = "00091", role: Role = Role.WARD_OFFICER) -> Officer:
        """A new account, signed in."""
        async with app.open_database(self.settings, beside_others=True) as database:
            password = await add_account(
                database,
                load_wards(),
                username=username,
                full_name=f"Cán bộ {username}",
                role=role,
                ward=WardCode(ward) if ward else None,
                now=datetime.now(UTC),
            )
        officer = Officer(self._session("vi"), URL(self.url), password, username)
        await officer.signs_in()
        return officer

    async def exports(self) -> list[dict[str, Any]]:
        """Every case, as `homthu export` prints them."""
        async with app.open_database(self.settings, beside_others=True) as database:
            return [row async for row in export_rows(database, load_wards())]

    def _session(self, language: str) -> ClientSession:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": language})
        self.sessions.append(session)
        return session


@asynccontextmanager
async def running_city(place: Place, api: BotApiServer, **more: object) -> AsyncIterator[City]:
    """The program, started on this database and bound to this Bot API; stopped in order at the end."""
    usual = {
        "data_dir": place.data_dir,
        "database_url": place.url,
        "port": 0,
        "telegram_token": api.token,
        "telegram_api_base": api.base,
    }
    settings = load_settings(**(usual | more))
    stop, starting = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(app.serve(settings, asked_to_stop=stop, started=starting.set_result))
    await asyncio.wait((running, starting), return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    city = City(api, settings, starting.result().url)
    try:
        yield city
    finally:
        for session in city.sessions:
            await session.close()
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await running


def code_in(text: str) -> str:
    """The case code that a resident was told."""
    found = CODE.search(text)
    assert found, text
    return found[1]


async def _until(holds: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


def small_photo(folder: Path) -> bytes:
    """A real JPEG with a place in its metadata, as a phone makes it."""
    from PIL import Image

    path = folder / "photo.jpg"
    image = Image.new("RGB", (640, 480), (200, 180, 90))
    exif = image.getexif()
    exif[0x010E] = "GPS 21.0868 105.8190"
    image.save(path, exif=exif)
    return path.read_bytes()
