"""The server: one bot, what waits for it, its residents, and the host of their pictures.

It is real HTTP on a real socket, so the bot under test may run in another process: give it `base` and `token`.
"""

import asyncio
import itertools
import json
import secrets
from collections import deque
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.bot_api.faults import Fault, Faults
from tests.zalo_api.methods import METHODS
from tests.zalo_api.pushing import Pusher
from tests.zalo_api.residents import Resident
from tests.zalo_api.rules import Refused

TOKEN = "12345689:zaloFake-token_under_tests"


@dataclass(frozen=True)
class Call:
    """One call as it came. `at` is the loop's time in seconds."""

    method: str
    parameters: dict[str, Any]
    at: float


class ZaloServer:
    """A Bot API for one bot. The arguments are told of in the package's docstring; `port` 0 takes a free one."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        is_flat: bool = False,
        photo_key: str = "photo_url",
        tells_by_status: bool = False,
        seconds: bool = False,
        brings_twice: bool = False,
        redelivers: int = 3,
        port: int = 0,
    ) -> None:
        self.token = token
        self.name = "bot.VDKyGxQvc"
        self.is_flat = is_flat
        self.photo_key = photo_key
        self.tells_by_status = tells_by_status
        self.seconds = seconds
        self.brings_twice = brings_twice
        self.redelivers = redelivers
        self.base = ""
        self.webhook_url = ""
        self.webhook_statuses: list[int] = []  # what each delivery was answered with, 0 for not at all
        self.residents: dict[str, Resident] = {}
        self.calls: list[Call] = []
        self.taken: list[str] = []  # what getUpdates gave, and is nowhere else any more
        self.waiting: deque[str] = deque()
        self.files: dict[str, bytes] = {}
        self.file_asks: list[str] = []
        self.faults = Faults()
        self._ids = itertools.count(1)
        self._salt = secrets.token_hex(6)
        self._news = asyncio.Event()
        self._port = port
        self._pusher: Pusher | None = None
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application(client_max_size=8 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get("/photos/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        await self.use_webhook("", "")
        if self._runner is not None:
            await self._runner.cleanup()

    def resident(self, name: str) -> Resident:
        """The resident of this name; known from then on, by an id that the name gives."""
        found = Resident(self, name)
        return self.residents.setdefault(found.id, found)

    def feed(self, event: dict[str, Any]) -> None:
        """Hand out an event, in the envelope that this server is set to."""
        self.feed_text(json.dumps(event if self.is_flat else {"ok": True, "result": event}))

    def feed_text(self, text: str) -> None:
        """Hand out anything at all, as the whole body of an answer or a delivery."""
        self.waiting.append(text)
        self._news.set()

    async def take(self) -> str:
        """The oldest that waits, forgotten from now on."""
        while not self.waiting:
            self._news.clear()
            await self._news.wait()
        self.taken.append(self.waiting.popleft())
        return self.taken[-1]

    def breaks(self, method: str, fault: Fault, times: int = 1) -> None:
        """The next calls of this method fail; "photos" are those of the photo host."""
        self.faults.add(method, fault, times)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def next_message_id(self) -> str:
        """Twenty hex digits, another one in every server."""
        return f"{self._salt}{next(self._ids):08x}"

    def keep_file(self, data: bytes, ending: str = ".jpg") -> str:
        """An address of the photo host, below this server's own."""
        name = secrets.token_hex(16) + ending
        self.files[name] = data
        return f"{self.base}/photos/{name}"

    async def use_webhook(self, url: str, secret: str) -> None:
        """Switch delivery; an empty url goes back to polling. Nothing that waits is lost."""
        if self._pusher is not None:
            await self._pusher.stop()
            self._pusher = None
        self.webhook_url = url
        if url:
            self._pusher = Pusher(
                self.waiting,
                self._news,
                self.webhook_statuses,
                url=url,
                secret=secret,
                redelivers=self.redelivers,
                twice=self.brings_twice,
            )

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method, parameters = request.match_info["method"], await _parameters(request)
        self.calls.append(Call(method, parameters, asyncio.get_running_loop().time()))
        if request.match_info["token"] != self.token:
            return self._refuse(Refused(401, "Unauthorized"))
        known = METHODS.get(method)
        if known is None:
            return self._refuse(Refused(404, "Not Found"))
        fault = self.faults.take(method)
        if fault is not None and fault.slow:
            await asyncio.sleep(fault.slow)
            fault = None
        if fault is not None and not fault.acts:
            return await self._fail(request, fault)
        try:
            result = await known(self, parameters)
        except Refused as refused:
            return self._refuse(refused)
        text = (
            result if method == "getUpdates" else json.dumps({"ok": True} | ({} if result is None else {"result": result}))
        )
        if fault is not None:
            return await self._fail(request, fault, text.encode("utf-8", "surrogatepass"))
        return web.Response(body=text.encode("utf-8", "surrogatepass"), content_type="application/json")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.file_asks.append(name)
        data, fault = self.files.get(name, b""), self.faults.take("photos")
        if fault is not None and fault.slow:
            await asyncio.sleep(fault.slow)
        elif fault is not None:
            return await self._fail(request, fault, data)
        return web.Response(body=data, content_type="image/jpeg") if data else web.Response(status=404)

    def _refuse(self, refused: Refused) -> web.Response:
        status = refused.code if self.tells_by_status else 200
        return web.Response(status=status, text=refused.to_json(), content_type="application/json")

    async def _fail(self, request: web.Request, fault: Fault, answer: bytes = b"") -> web.StreamResponse:
        if fault.hang:
            await asyncio.sleep(fault.hang)
        if fault.keeps:
            response = web.StreamResponse(headers={"Content-Length": str(len(answer)), "Content-Type": "application/json"})
            await response.prepare(request)
            await response.write(answer[: fault.keeps])
            if request.transport is not None:
                request.transport.close()
            return response
        if fault.cut or fault.hang:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.location:
            return web.Response(status=302, headers={"Location": fault.location})
        if fault.garbage or fault.is_empty:
            return web.Response(status=fault.status or 200, body=fault.garbage)
        return self._refuse(Refused(fault.status, fault.description))


async def _parameters(request: web.Request) -> dict[str, Any]:
    """From the address, JSON, a form or its parts."""
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            given = json.loads(body) if body else {}
        except ValueError:
            given = None
        return found | (given if isinstance(given, dict) else {})
    return found | {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
