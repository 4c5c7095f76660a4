"""The server: one bot, its queue of updates, its residents. `async with BotApiServer() as api:` listens on loopback.

It is real HTTP on a real socket, so the bot under test may run in another process: give it `base` and `token`.
"""

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.bot_api import oracle
from tests.bot_api.faults import Fault, Faults
from tests.bot_api.methods import METHODS
from tests.bot_api.pushing import Pusher, Webhook
from tests.bot_api.residents import Resident
from tests.bot_api.rules import Pace, Refused
from tests.bot_api.updates import Updates

TOKEN = "4242:AAFake-token_of_the_Bot_API_under_tests"


@dataclass(frozen=True)
class Call:
    """One call as it came: files are `(name, bytes)`. `at` is the loop's time in seconds."""

    method: str
    parameters: dict[str, Any]
    at: float
    status: int = field(default=200, compare=False)


class BotApiServer:
    """A Bot API for one bot.

    Args:
        keeps_pace: Answer 429 beyond Telegram's limits.
        hurry: Divides the waits between two tries of a webhook delivery.
        port: 0 takes a free one; another lets a server come back where one stopped.
    """

    def __init__(self, *, token: str = TOKEN, keeps_pace: bool = False, hurry: float = 50.0, port: int = 0) -> None:
        self.token = token
        self.keeps_pace = keeps_pace
        self.me = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Hòm Thư", "username": "homthu_bot"}
        self.updates = Updates()
        self.faults = Faults()
        self.pace = Pace()
        self.webhook = Webhook("")
        self.residents: dict[str, Resident] = {}
        self.calls: list[Call] = []
        self.lost: list[tuple[float, float, str]] = []  # answers to calls that acted: from when to when, and whose chat
        self.violations: list[str] = []
        self.menus: dict[str, dict[str, str]] = {}
        self.open_queries: set[str] = set()
        self.answered_queries: list[str] = []
        self.file_bytes: dict[str, bytes] = {}
        self.file_sizes: dict[str, int] = {}
        self.base = ""
        self._port = port
        self._hurry = hurry
        self._numbers = itertools.count(1)
        self._message_ids = itertools.count(10)
        self._pusher: Pusher | None = None
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        violations = await self.stop()
        if kind is None and violations:
            raise AssertionError("python-telegram-bot disagrees:\n" + "\n".join(violations))

    async def start(self) -> None:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> list[str]:
        """Close everything; returns what python-telegram-bot did not agree with."""
        await self.use_webhook("", "", 40)
        if self._runner is not None:
            await self._runner.cleanup()
        return self.violations

    def resident(self, number: int, language: str = "vi") -> Resident:
        """The resident with this id; known from then on."""
        return self.residents.setdefault(str(number), Resident(self, number, language))

    def feed(self, update: dict[str, Any], *, update_id: int | None = None) -> int:
        """Queue an update of one kind, `{"message": {…}}`; returns its id. Not queued when the bot did not ask for it."""
        [kind] = update
        if not self.updates.allows(kind):
            return 0
        number = self.updates.next_id if update_id is None else update_id
        whole = {"update_id": number} | update
        self.violations += oracle.update_violations(whole)
        return self.feed_text(json.dumps(whole), chat=_chat_of(update[kind]), update_id=number)

    def feed_text(self, text: str, *, chat: str = "nobody", update_id: int | None = None) -> int:
        """Queue anything at all, also what no JSON parser takes; python-telegram-bot is not asked."""
        number = self.updates.add(text, chat, update_id)
        if self._pusher:
            self._pusher.look()
        return number

    def breaks(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next calls of this method fail."""
        self.faults.add(method, fault, times)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def next_message_id(self) -> int:
        return next(self._message_ids)

    def keep_file(self, data: bytes, *, size: int | None = None) -> str:
        """Returns a file id. `size` declares more than is there: nothing of 21 MB has to be made."""
        file_id = f"AgACAgUAAxk{next(self._numbers):06d}"
        self.file_bytes[file_id] = data
        self.file_sizes[file_id] = len(data) if size is None else size
        return file_id

    def open_query(self, *, too_old: bool = False) -> str:
        query_id = f"{9_000_000_000_000 + next(self._numbers)}"
        if not too_old:
            self.open_queries.add(query_id)
        return query_id

    async def use_webhook(self, url: str, secret: str, max_connections: int) -> None:
        """Switch delivery; an empty url goes back to polling. Nothing that waits is lost."""
        if self._pusher is not None:
            await self._pusher.stop()
            self._pusher = None
        self.webhook = Webhook(url, secret, max_connections)
        if url:
            self._pusher = Pusher(self.updates, self.webhook, hurry=self._hurry)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _answer(Refused(401, "Unauthorized"))
        parameters = await _parameters(request)
        known = METHODS.get(method.lower())
        self.violations += oracle.call_violations(method, parameters)
        came_at = asyncio.get_running_loop().time()
        self.calls.append(Call(method, parameters, came_at))
        if known is None:
            return _answer(Refused(404, "Not Found: method not found"))
        fault = self.faults.take(method)
        if fault is not None and fault.slow:
            await asyncio.sleep(fault.slow)
            fault = None
        if fault is not None and not fault.acts:
            return await _fail(request, fault)
        try:
            result = await known(self, parameters)
        except Refused as refused:
            return _answer(refused)
        self.violations += oracle.answer_violations(method, result)
        if fault is not None:
            try:
                return await _fail(request, fault)
            finally:
                self.lost.append((came_at, asyncio.get_running_loop().time(), str(parameters.get("chat_id", ""))))
        if method.lower() == "getupdates":  # spliced as text: an update may be what no JSON library would write
            text = '{"ok":true,"result":[' + ",".join(update.json for update in result) + "]}"
            return web.Response(body=text.encode("utf-8", "surrogatepass"), content_type="application/json")
        return web.json_response({"ok": True, "result": result})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("file")
        if fault is not None:
            return await _fail(request, fault)
        file_id = request.match_info["path"].removeprefix("files/").removesuffix(".bin")
        if request.match_info["token"] != self.token or file_id not in self.file_bytes:
            return _answer(Refused(404, "Not Found"))
        return web.Response(body=self.file_bytes[file_id])


def _answer(refused: Refused) -> web.Response:
    return web.Response(status=refused.code, text=refused.to_json(), content_type="application/json")


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.hang:
        await asyncio.sleep(fault.hang)
    if fault.cut or fault.hang:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.location:
        return web.Response(status=302, headers={"Location": fault.location})
    if fault.garbage or fault.is_empty:
        return web.Response(status=fault.status or 200, body=fault.garbage)
    return _answer(Refused(fault.status, fault.description, retry_after=fault.retry_after))


async def _parameters(request: web.Request) -> dict[str, Any]:
    """From JSON, a form or the address; uploads take the place of their `attach://` name."""
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return found | body
    form = await request.post()
    uploads: dict[str, tuple[str, bytes]] = {}
    for name, value in form.items():
        if isinstance(value, web.FileField):
            uploads[name] = (value.filename, value.file.read())
        elif isinstance(value, str):
            found[name] = _from_text(value)
    for name, value in found.items():
        if isinstance(value, str) and value.startswith("attach://"):
            found[name] = uploads[value.removeprefix("attach://")]
    return found


def _from_text(value: str) -> Any:
    if value[:1] in "[{" or value in ("true", "false"):
        return json.loads(value)
    return value


def _chat_of(content: Any) -> str:
    for holder in (content, content.get("message") or {}):
        if "chat" in holder:
            return str(holder["chat"]["id"])
    return str(content.get("from", {}).get("id", ""))
