"""Short calls to one host over connections that stay open: HTTP/1.1, POST, JSON in, the whole answer out.

A bot's calls are all alike: a few hundred bytes to the same address, one small answer. aiohttp's client makes a request, a
response, a connector's key, two tasks' worth of timers and a stream of each (0.35 ms of processor time a call, measured);
this needs 0.06. HTTP itself is read by httptools; what is kept here is which connection is free. No redirects, no cookies,
no proxies, no compression. Downloads and uploads do not come here.
"""

import asyncio
import ssl
from collections import deque
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import httptools

CONNECT_WITHIN = 10.0  # seconds
IDLE_MOST = 15.0  # seconds; who knows what forgot an older connection on its way
LONGEST_HEAD = 64 * 1024  # bytes


class Answer(NamedTuple):
    """A status and the whole body."""

    status: int
    body: bytes


class NotReached(ConnectionError):
    """No connection could be made: nothing was sent."""


class CutOff(ConnectionResetError):
    """An answer broke off after its head; `body` is what had come of it."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__("the answer broke off")
        self.status = status
        self.body = body


class BadAnswer(ConnectionError):
    """What came is no answer in HTTP, or it is too long."""


class _Line(asyncio.Protocol):
    """One connection; carries one call at a time. What comes is read by httptools, which calls the `on_` methods."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._body = bytearray()
        self._head = 0  # bytes that came before the head was whole
        self._status = 0  # 0 until the head was read
        self._has_end = False  # the answer says itself where it ends; otherwise the connection's end is its own
        self.idle_since = 0.0
        self.is_open = False

    def ask(self, request: bytes, within: float) -> "asyncio.Future[Answer]":
        """The answer to come; the line is of no use any more if that ends in an error."""
        assert self._transport is not None, "it is connected"
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        self._timer = loop.call_later(within, self._be_late)
        self._transport.write(request)
        return waiter

    def end(self) -> None:
        self.is_open = False
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "a stream"
        self._transport, self.is_open = transport, True

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:  # nobody asked
            self.end()
            return
        self._head += 0 if self._status else len(data)
        try:
            self._parser.feed_data(data)
            if not self._status and self._head > LONGEST_HEAD:
                raise BadAnswer("no end of the head")
        except httptools.HttpParserCallbackError as told:
            self._fail(told.__context__ if isinstance(told.__context__, BadAnswer) else BadAnswer(str(told)[:80]))
        except (BadAnswer, httptools.HttpParserError, httptools.HttpParserUpgrade) as wrong:
            self._fail(wrong if isinstance(wrong, BadAnswer) else BadAnswer(str(wrong)[:80]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._status and not self._has_end and exc is None:
            self._finish(stays_open=False)
        else:
            self._fail(self._broken(ConnectionResetError("the connection was closed")))

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in (b"content-length", b"transfer-encoding"):
            self._has_end = True
        if name == b"content-length" and int(value) > self._largest:
            raise BadAnswer("the answer is too long")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self._status = status if status >= 200 else 0  # before it there may be "100 Continue"

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > self._largest:
            raise BadAnswer("the answer is too long")

    def on_message_complete(self) -> None:
        if self._status:
            self._finish(stays_open=self._parser.should_keep_alive())

    def _finish(self, *, stays_open: bool) -> None:
        waiter, answer = self._waiter, Answer(self._status, bytes(self._body))
        self._rest()
        if not stays_open:
            self.end()
        if waiter is not None and not waiter.done():
            waiter.set_result(answer)

    def _fail(self, error: Exception) -> None:
        waiter = self._waiter
        self._rest()
        self.end()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)

    def _be_late(self) -> None:
        self._fail(self._broken(TimeoutError("no answer in time")))

    def _broken(self, error: Exception) -> Exception:
        """The same error, or what had come of an answer."""
        return CutOff(self._status, bytes(self._body)) if self._status and self._body else error

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._waiter = self._timer = None
        self._body = bytearray()
        self._head, self._status, self._has_end = 0, 0, False


class Wire:
    """Calls to one host.

    Args:
        base: Where it is, without a trailing slash: "https://api.telegram.org".
        largest: Bytes of an answer; a longer one is refused.
        trusts: Whose certificates count for https; the system's by default.
    """

    def __init__(self, base: str, *, largest: int, trusts: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(base)
        self._is_safe = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_safe else 80)
        self._path = parts.path.rstrip("/")
        self._after_path = f" HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nContent-Type: application/json\r\n"
        self._largest = largest
        self._trusts = trusts
        self._idle: deque[_Line] = deque()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Calls on their way are not waited for; whoever made them ends them."""
        while self._idle:
            self._idle.pop().end()

    async def post(self, path: str, body: bytes, *, within: float) -> Answer:
        """Send it and wait for the whole answer, whatever its status.

        Args:
            path: Below the base, with a slash in front.
            within: Seconds for the answer, once there is a connection.

        Raises:
            NotReached: Nothing was sent.
            ConnectionError, TimeoutError: It may have been acted upon.
        """
        request = f"POST {self._path}{path}{self._after_path}Content-Length: {len(body)}\r\n\r\n".encode() + body
        line = self._take() or await self._connect()
        try:
            answer = await line.ask(request, within)
        except BaseException:
            line.end()
            raise
        if line.is_open:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.append(line)
        return answer

    def _take(self) -> _Line | None:
        """The line that rested shortest; those that rested too long are let go."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            line = self._idle.pop()
            if line.is_open and now - line.idle_since < IDLE_MOST:
                return line
            line.end()
        return None

    async def _connect(self) -> _Line:
        if self._is_safe and self._trusts is None:
            self._trusts = await asyncio.to_thread(ssl.create_default_context)
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                _, line = await asyncio.get_running_loop().create_connection(
                    lambda: _Line(self._largest),
                    self._host,
                    self._port,
                    ssl=self._trusts if self._is_safe else None,
                    happy_eyeballs_delay=0.25,  # seconds for IPv6 before IPv4 is tried beside it
                )
        except (OSError, TimeoutError, ValueError) as error:
            raise NotReached(f"{type(error).__name__}: {error}") from None
        return line
