"""Replies as they come: one stream of server-sent events for each open page, resumed from the last line it saw.

A line's place in the outbox is its event id. The bell wakes a stream at once, mostly with the very lines; because a bell is
only a hint (another process may have queued the reply), every stream also looks by itself now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bot.bell import Ear
from bot.domain.people import Address
from bot.domain.reply import QueuedReply
from bot.errors import StorageBusy
from bot.ports import ChatLine, ChatPlace
from bot.web import FORM_TOKEN, keys
from bot.web.framing import is_framed
from bot.web.pages import Fragment
from handlers.channels.webchat_limits import Limits, TooMany
from handlers.channels.webchat_lines import LinePage, LineView, show_queued, show_reply
from handlers.channels.webchat_looks import Looks
from handlers.channels.webchat_visitor import base_of, visitor_of

HEARTBEAT = 15.0  # seconds between signs of life: proxies drop a silent connection, and a gone browser is found out
LOOK_EVERY = 4.0  # seconds between looks that nobody rang for
TRUST = 15.0  # seconds that a stream lives on what the bell told it, without a look
MOST_LINES = 50  # new ones of one look
RETRY = 2_000  # milliseconds after which a browser connects again

_LARGEST_KEY = 2**63 - 1


@dataclass(slots=True)
class _Stream:
    """An open page: which lines it has, and what wakes it."""

    address: Address
    after: int
    ring: Ear = field(default_factory=Ear)
    told: set[int] | None = None  # of the last moments; None before the first look, which knows what the page has shown
    has_more: bool = False  # than one look takes
    look_by: float = 0.0  # until then, by the loop's clock, the page has all that nobody rang for

    def heard(self) -> list[QueuedReply]:
        """What the bell told, if that is all there is to know; else the database must be asked."""
        lines = self.ring.take()
        if self.told is None or asyncio.get_running_loop().time() >= self.look_by:
            return []
        found = [line for line in lines if line.id not in self.told]
        self.told.update(line.id for line in found)
        return sorted(found, key=lambda line: line.id)

    async def wait(self) -> None:
        """For a ring, at most until the next look is due. The timer rings as well: a timeout costs three times as much."""
        timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self.ring.set)
        try:
            await self.ring.wait()
        finally:
            timer.cancel()
        self.ring.clear()

    def new(self, lines: Sequence[ChatLine]) -> list[ChatLine]:
        """Those that the page does not have; from now on it has them."""
        if self.told is None:
            self.told = {line.key for line in lines if line.key <= self.after}
        found = [line for line in lines if line.key not in self.told]
        self.told = {line.key for line in lines}  # what is no longer found is too old to be found again
        return found


class ChatEvents:
    """The handler of `/chat/events`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._looks = Looks()
        self._rings: set[Ear] = set()
        self._is_closing = False

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """`GET /chat/events`: the lines after `Last-Event-ID` (or `?after=`), then every new one."""
        visitor = visitor_of(request)
        if visitor.is_new or self._is_closing:
            return web.Response(status=204)  # tells the browser not to come again
        request[FORM_TOKEN] = visitor.form_token
        try:
            with self._limits.stream(visitor.address):
                return await self._follow(request, visitor.address)
        except TooMany as limit:
            return web.Response(status=429, headers={"Retry-After": str(limit.after)})

    async def end_with(self, app: web.Application) -> AsyncIterator[None]:
        """A clean-up context: ends every stream once the process is told to stop."""

        async def wait() -> None:
            await app[keys.STOP].wait()
            self.close()

        watcher = asyncio.create_task(wait())
        yield
        watcher.cancel()

    def close(self) -> None:
        """End every stream; the browsers come back by themselves, to whoever answers then."""
        self._is_closing = True
        for ring in self._rings:
            ring.set()

    async def _follow(self, request: web.Request, address: Address) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        with request.app[keys.BELL].follow(address) as ring:
            self._rings.add(ring)
            try:
                await response.prepare(request)
                await response.write(f"retry: {RETRY}\n\n".encode())
                await self._stream(_Page(request), response, _Stream(address, _start(request), ring))
                await response.write_eof()
            except ConnectionError:
                pass  # the page was closed
            finally:
                self._rings.discard(ring)
        return response

    async def _stream(self, page: "_Page", response: web.StreamResponse, stream: _Stream) -> None:
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + HEARTBEAT
        while not self._is_closing and page.request.transport is not None:
            text = await self._news(page, stream)
            if not text and loop.time() >= beat_at:
                text = b": still here\n\n"
            if text:
                await response.write(text)
                beat_at = loop.time() + HEARTBEAT
            if not stream.has_more:  # else the next look is due now; a ring during this one is still heard
                await stream.wait()

    async def _news(self, page: "_Page", stream: _Stream) -> bytes:
        """The events after the stream's place, as bytes of the stream; moves the place. Empty when there are none."""
        if lines := stream.heard():
            return b"".join([page.event(stream, line.id, show_queued(line, page.receipts)) for line in lines])
        most = MOST_LINES + len(stream.told or ())
        place = ChatPlace(address=stream.address, after=stream.after, most=most)
        stream.look_by = 0.0  # until this look has come to its end
        now = asyncio.get_running_loop().time()
        try:
            found = await self._looks.replies_after(page.request.app, place)
        except StorageBusy:
            stream.has_more = False
            return b""  # the next look may find it
        stream.has_more = len(found) >= most
        stream.look_by = 0.0 if stream.has_more else now + TRUST
        return b"".join([page.event(stream, line.key, show_reply(line, page.receipts)) for line in stream.new(found)])


class _Page:
    """Writes lines as events for one open page."""

    __slots__ = ("_base", "_fragment", "_is_framed", "receipts", "request")

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.receipts = request.app[keys.RECEIPTS]
        self._fragment = Fragment(request, "webchat/_line.html")
        self._base, self._is_framed = base_of(request), is_framed(request)

    def event(self, stream: _Stream, key: int, view: LineView | None) -> bytes:
        stream.after = max(stream.after, key)  # a line that came late does not move the browser's place back
        if view is None:
            return f"id: {stream.after}\n\n".encode()  # moves the browser's place, shows nothing
        html = self._fragment.text(LinePage(line=view, base=self._base, is_framed=self._is_framed))
        data = html.replace("\r", "").replace("\n", "\ndata: ")
        return f"id: {stream.after}\nevent: line\ndata: {data}\n\n".encode()


def _start(request: web.Request) -> int:
    """The place to resume from; the beginning when what was sent is no place at all."""
    given = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return min(int(given), _LARGEST_KEY) if given.isascii() and given.isdigit() and len(given) < 20 else 0
