"""Short calls to one host over connections that stay open: HTTP/1.1, POST, JSON in, the whole answer out.

A bot's calls are all alike: a few hundred bytes to the same address, one small answer. aiohttp's client makes a request, a
response, a connector's key, two tasks' worth of timers and a stream of each (0.35 ms of processor time a call, measured);
this needs 0.06. It knows what such a server may answer (a length, chunks, an end of the connection) and nothing else: no
redirects, no cookies, no proxies, no compression. Downloads and uploads do not come here.
"""

import asyncio
import ssl
from collections import deque
from typing import NamedTuple, Self
from urllib.parse import urlsplit

CONNECT_WITHIN = 10.0  # seconds
IDLE_MOST = 15.0  # seconds; who knows what forgot an older connection on its way
LONGEST_HEAD = 64 * 1024  # bytes


class Answer(NamedTuple):
    """A status and the whole body."""

    status: int
    body: bytes


class NotReached(ConnectionError):
    """No connection could be made: nothing was sent."""


class BadAnswer(ConnectionError):
    """What came is no answer in HTTP, or it is too long."""


class _Line(asyncio.Protocol):
    """One connection; carries one call at a time."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._got = bytearray()
        self._body = bytearray()  # of an answer in chunks
        self._status = 0  # 0 until the head was read
        self._left: int | None = None  # bytes of the body (or of this chunk) still to come; None: until the end
        self._in_chunks = self._stays_open = False
        self.idle_since = 0.0
        self.is_open = False

    def ask(self, request: bytes, within: float) -> "asyncio.Future[Answer]":
        """The answer to come; the line is of no use any more if that ends in an error."""
        assert self._transport is not None, "it is connected"
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        self._timer = loop.call_later(within, self._fail, TimeoutError("no answer in time"))
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
        self._got += data
        try:
            if self._status or self._read_head():
                self._read_body()
        except ValueError as wrong:  # BadAnswer is raised below as what it is; a number that is none ends here
            self._fail(BadAnswer(str(wrong)[:80]))
        except BadAnswer as bad:
            self._fail(bad)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._status and self._left is None and not self._in_chunks and exc is None:
            self._finish(bytes(self._got))
        else:
            self._fail(ConnectionResetError("the connection was closed"))

    def _read_head(self) -> bool:
        """True once the head is complete, and its body (if any) is what comes next."""
        while True:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                if len(self._got) > LONGEST_HEAD:
                    raise BadAnswer("no end of the head")
                return False
            first, *lines = bytes(self._got[:end]).split(b"\r\n")
            if not first.startswith(b"HTTP/1."):
                raise BadAnswer("not HTTP")
            status = int(first[9:12])
            del self._got[: end + 4]
            if status >= 200:
                break  # before it there may be "100 Continue"
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        self._status = status
        self._in_chunks = b"chunked" in headers.get(b"transfer-encoding", b"").lower()
        length = headers.get(b"content-length")
        self._left = 0 if status in (204, 304) else int(length) if length is not None and not self._in_chunks else None
        closes = b"close" in headers.get(b"connection", b"").lower() or first.startswith(b"HTTP/1.0")
        self._stays_open = not closes and (self._left is not None or self._in_chunks)
        if self._left is not None and not 0 <= self._left <= self._largest:
            raise BadAnswer("the answer is too long")
        return True

    def _read_body(self) -> None:
        if self._in_chunks:
            self._read_chunks()
        elif self._left is None:
            if len(self._got) > self._largest:
                raise BadAnswer("the answer is too long")
        elif len(self._got) >= self._left:
            self._stays_open &= len(self._got) == self._left
            self._finish(bytes(self._got[: self._left]))

    def _read_chunks(self) -> None:
        got = self._got
        while True:
            if self._left is None:
                end = got.find(b"\r\n")
                if end < 0:
                    if len(got) > LONGEST_HEAD:
                        raise BadAnswer("no length of a chunk")
                    return
                self._left = int(got[:end].split(b";")[0], 16)
                if not 0 <= self._left <= self._largest - len(self._body):
                    raise BadAnswer("the answer is too long")
                del got[: end + 2]
            if len(got) < self._left + 2:
                return
            if not self._left:  # trailers may follow: nobody here reads them, so the connection is not used again
                self._stays_open &= got == b"\r\n"
                self._finish(bytes(self._body))
                return
            self._body += got[: self._left]
            del got[: self._left + 2]
            self._left = None

    def _finish(self, body: bytes) -> None:
        waiter, answer, stays = self._waiter, Answer(self._status, body), self._stays_open
        self._rest()
        if not stays:
            self.end()
        if waiter is not None and not waiter.done():
            waiter.set_result(answer)

    def _fail(self, error: Exception) -> None:
        waiter = self._waiter
        self._rest()
        self.end()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._waiter = self._timer = None
        self._got, self._body = bytearray(), bytearray()
        self._status, self._left, self._in_chunks = 0, None, False


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
