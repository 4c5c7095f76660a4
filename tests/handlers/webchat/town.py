"""A town with a web chat, and browsers with verbs: opens, says, presses, follows.

The dialogue here is a parrot that says what it was told, offers two chips, and counts the files; the true one has stories
of its own. Everything else is the real thing.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.bell import Bell
from bot.clock import SystemClock
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.people import Address, Channel
from bot.domain.reply import Choice, NewReply, Reply
from bot.errors import StorageBusy
from bot.file_keeper import SafeFileKeeper
from bot.ports import RawUpdate, UnitOfWork
from bot.routing.wards import load_wards
from bot.settings import load_settings
from bot.web import keys, make_web_app
from bot.web.siege import GATES, Gate
from handlers.channels.webchat import WebChat
from handlers.channels.webchat_routes import add_routes
from handlers.delivery import Delivery
from handlers.intake import Intake
from storage import Database
from storage.files import open_file_store

SECRET = "the-tests-own-secret-key-of-32-letters"
CHIPS = ((Choice("Gửi", "s:1"), Choice("Hủy", "x:1")),)


async def parrot(uow: UnitOfWork, incoming: Incoming, now: datetime) -> None:
    """Say what was understood. A message that holds "im lặng" is not answered, one that holds "vỡ" breaks the turn."""
    if "im lặng" in incoming.text:
        return
    if "vỡ" in incoming.text:
        raise RuntimeError("the parrot fell off")
    heard = incoming.text or incoming.choice or incoming.kind.value
    if incoming.kind is IncomingKind.COMMAND:
        heard = f"{incoming.command} {incoming.argument}".strip()
    if incoming.point:
        heard = f"{incoming.point.lat} {incoming.point.lon} {incoming.point.accuracy}"
    troubles = "".join(f" {file.trouble}" for file in incoming.files if file.trouble)
    reply = Reply(text=f"Đã nghe: {heard} · {len(incoming.files)} tệp{troubles}", choices=CHIPS)
    await uow.conversations.put(await uow.conversations.get(incoming.address), now)
    await uow.outbox.add([NewReply(address=incoming.address, reply=reply)], now)


async def apologise(uow: UnitOfWork, address: Address, now: datetime) -> None:
    await uow.outbox.add([NewReply(address=address, reply=Reply(text="Xin lỗi"))], now)


class _Elements(HTMLParser):
    """Every element with its attributes and, for lines of the chat, the words inside."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.lines: list[str] = []
        self._open = 0  # list items open within a line, itself included

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.elements.append((tag, named))
        if named.get("data-testid") == "chat-line" and not self._open:
            self.lines.append("")
            self._open = 1
        elif tag == "li" and self._open:
            self._open += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "li" and self._open:
            self._open -= 1

    def handle_data(self, data: str) -> None:
        if self._open:
            self.lines[-1] += data


@dataclass
class Page:
    """A page as a browser without script has it."""

    status: int
    html: str
    path: str

    def __post_init__(self) -> None:
        parsed = _Elements()
        # What stands in a template is shown by the script alone.
        parsed.feed(re.sub(r"<template.*?</template>", "", self.html, flags=re.DOTALL))
        self.elements = parsed.elements
        self.lines = [" ".join(line.split()) for line in parsed.lines]

    def with_test_id(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.elements if attributes.get("data-testid") == name]

    def field(self, name: str) -> str:
        """The value of the last field of this name: the form's own, below the chips."""
        return [a["value"] for tag, a in self.elements if tag == "input" and a.get("name") == name][-1]

    @property
    def typed(self) -> str:
        """What stands in the box to write in."""
        found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", self.html, re.DOTALL)
        assert found
        return found[1]

    @property
    def notice(self) -> str:
        found = re.search(r'data-testid="chat-notice"[^>]*>(.*?)</p>', self.html, re.DOTALL)
        assert found
        return found[1]


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    id: str
    name: str
    data: str

    @property
    def line(self) -> str:
        return Page(200, self.data, "").lines[0]


@dataclass
class Browser:
    """A resident's browser: its cookies, and the page it shows."""

    session: ClientSession
    root: URL
    page: Page = field(default_factory=lambda: Page(0, "", ""))

    async def opens(self, path: str = "/chat", **headers: str) -> Page:
        async with self.session.get(self.root.join(URL(path)), headers=headers) as response:
            self.page = Page(response.status, await response.text(), str(response.real_url.relative()))
        return self.page

    async def says(self, text: str, *, key: str = "", files: Sequence[tuple[str, bytes, str]] = (), **fields: str) -> Page:
        """Send the form of the page that is open, as a browser without script does, and follow to where it leads."""
        own = {name: self.page.field(name) for name in ("form_token", "key", "ward")} if self.page.html else {}
        return await self.posts({**own, **({"key": key} if key else {}), "text": text, **fields}, files)

    async def presses(self, data: str) -> Page:
        return await self.posts({"form_token": self.page.field("form_token"), "key": "pressed-" + data, "choice": data})

    async def posts(self, fields: dict[str, str], files: Sequence[tuple[str, bytes, str]] = ()) -> Page:
        form = FormData()
        for name, value in fields.items():
            form.add_field(name, value, content_type="text/plain; charset=utf-8" if files else None)
        for name, data, media_type in files:
            form.add_field("files", BytesIO(data), filename=name, content_type=media_type)
        async with self.session.post(self.root / "chat" / "messages", data=form) as response:
            self.page = Page(response.status, await response.text(), str(response.real_url.relative()))
        return self.page

    async def tells(self, **fields: str) -> tuple[int, dict[str, object]]:
        """Post as the script does; returns the status and the JSON."""
        token = self.page.field("form_token") if self.page.html else ""
        data = {"form_token": token, **fields}
        headers = {"Accept": "application/json"}
        async with self.session.post(self.root / "chat" / "messages", data=data, headers=headers) as response:
            return response.status, json.loads(await response.text())

    @asynccontextmanager
    async def follows(self, after: int | str = 0, *, last_id: str = "") -> AsyncIterator["Stream"]:
        headers = {"Last-Event-ID": last_id} if last_id else {}
        url = (self.root / "chat" / "events").with_query(after=str(after))
        async with self.session.get(url, headers=headers) as response:
            yield Stream(response)


@dataclass
class Stream:
    """An open event stream."""

    response: ClientResponse

    async def next(self, within: float = 60.0) -> Event:
        """The next event that shows something; comments are passed over."""
        found = {"id": "", "event": ""}
        data: list[str] = []
        async with asyncio.timeout(within):
            while True:
                row = (await self.response.content.readuntil(b"\n")).decode().rstrip("\n")
                if not row and data:
                    return Event(found["id"], found["event"], "\n".join(data))
                name, _, value = row.partition(": ")
                if name == "data" or row == "data:":
                    data.append(value)
                elif name in found:
                    found[name] = value

    async def is_quiet(self, seconds: float = 0.3) -> bool:
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


@dataclass
class Town:
    """The chat's server and what is behind it."""

    root: URL
    database: Database
    bell: Bell
    stop: asyncio.Event
    kept: list[RawUpdate]
    sessions: list[ClientSession] = field(default_factory=list)
    is_storage_away: bool = False
    gates: dict[str, Gate] = field(default_factory=dict)

    def browser(self) -> Browser:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.sessions.append(session)
        return Browser(session, self.root)

    async def visitor(self) -> Browser:
        """A browser that has the chat open."""
        browser = self.browser()
        await browser.opens()
        return browser

    async def staff_write(self, text: str, reply: Reply | None = None) -> None:
        """A reply out of the blue to who wrote last, as an officer's answer comes."""
        address = Address(Channel.WEBCHAT, self.kept[-1].address_id)
        async with self.database.begin() as uow:
            await uow.outbox.add([NewReply(address=address, reply=reply or Reply(text=text))], datetime.now(UTC))
            await uow.commit()


@asynccontextmanager
async def open_town(
    database: Database, bell: Bell, folder: Path, *, public_url: str = "", embed_on: str = ""
) -> AsyncIterator[Town]:
    files = open_file_store(str(folder / "files"))
    keeper, clock, stop = SafeFileKeeper(files), SystemClock(), asyncio.Event()
    chat = WebChat()
    intake = Intake(database, {Channel.WEBCHAT: chat}, parrot, apologise, keeper, clock)
    delivery = Delivery(database, {Channel.WEBCHAT: chat}, bell, clock, {Channel.WEBCHAT: None})
    app = make_web_app(
        settings=load_settings(data_dir=folder, public_url=public_url, embed_on=embed_on),
        secret_key=SECRET,
        storage=database,
        clock=clock,
        wards=load_wards(),
        bell=bell,
        files=files,
        file_keeper=keeper,
        stop=stop,
    )
    town = Town(URL(), database, bell, stop, [])

    async def keep(channel: Channel, updates: Sequence[RawUpdate]) -> None:
        if town.is_storage_away:
            raise StorageBusy
        town.kept += updates
        await intake.keep(channel, updates)

    add_routes(app, keep)
    assert app[keys.STOP] is stop
    town.gates = app[GATES]
    async with TestServer(app) as server:
        town.root = server.make_url("/")
        async with asyncio.TaskGroup() as group:
            group.create_task(intake.work(stop))
            group.create_task(delivery.run(stop))
            try:
                yield town
            finally:
                stop.set()
                for session in town.sessions:
                    await session.close()
