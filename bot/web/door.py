"""Who may hold a connection, for how long, and what a request's head may be; what a request holds, `bot.web.forms` says.

A connection is cut off that brings no whole head within `IDLE`, hardly anything of a body for as long, or takes nothing of
its answer for `STALLED`. When all places are taken, the newcomer gets the place of whoever waits longest without ever having
asked anything: a flood of slow callers costs the flood. Addresses are counted in memory while they are connected; none is
kept or logged.
"""

import asyncio
import ipaddress
import logging
from collections import Counter
from typing import Any

import structlog
from aiohttp import web

from bot.web.security import Handler, bare_headers

log = structlog.get_logger(__name__)

LARGEST_HEAD = 16 * 1024  # bytes of a request's line and headers
MOST_HEADERS = 64
IDLE = 30.0  # seconds a connection may go without a whole request: the slow ones, and those kept alive between two
LEAST = 1024  # bytes of a body within `IDLE`, while we are ready to take them; a slow mobile line brings fifty times that
STALLED = 120.0  # seconds an answer may wait for its reader to take something
MOST = 4000  # connections; half of them may be open event streams
MOST_OF_ONE = 200  # of one address of the open net: a whole office, or many phones behind one mast
SPARE = 200  # open files left for the database, uploads and pictures
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_SILENT = logging.getLogger(f"{__name__}.aiohttp")  # what aiohttp would log quotes addresses and requests
_SILENT.disabled = True


class Door:
    """Makes a `Caller` for each connection; what a server is started with.

    Args:
        server: Of a runner that is set up.
        most: Connections at once.
        most_of_one: Of them from one address. Machines of one's own net (a proxy) are not counted so.
    """

    def __init__(self, server: web.Server, *, most: int = MOST, most_of_one: int = MOST_OF_ONE, idle: float = IDLE) -> None:
        self._server = server
        self._most = min(most, _files_allowed() - SPARE)
        self._most_of_one = most_of_one
        self._idle = idle
        self._inside = 0
        self._silent: dict[Caller, None] = {}  # who has not asked anything yet; the longest waiting first
        self._of_one: Counter[str] = Counter()

    def __call__(self) -> "Caller":
        return Caller(self, self._server, idle=self._idle)

    def lets_in(self, caller: "Caller", net: str) -> bool:
        """Count them in, if need be in place of another."""
        if net and self._of_one[net] >= self._most_of_one:
            return False
        if self._inside >= self._most:
            if not self._silent:
                return False
            next(iter(self._silent)).is_sent_away()
        self._inside += 1
        self._silent[caller] = None
        if net:
            self._of_one[net] += 1
        return True

    def hears(self, caller: "Caller") -> None:
        """They have asked something: from now on nobody gets their place."""
        self._silent.pop(caller, None)

    def lets_out(self, caller: "Caller", net: str) -> None:
        self._inside -= 1
        self._silent.pop(caller, None)
        if net:
            self._of_one[net] -= 1
            if not self._of_one[net]:
                del self._of_one[net]


class Caller(web.RequestHandler):
    """One connection."""

    __slots__ = ("_asked", "_came", "_door", "_idle", "_is_inside", "_looks", "_net", "_stalls")

    def __init__(self, door: Door, server: web.Server, *, idle: float) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=idle,
            max_headers=MOST_HEADERS,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]  # as aiohttp's own runner takes it: no log
            logger=_SILENT,
        )
        self._door = door
        self._net = ""
        self._is_inside = False
        self._idle = idle
        self._asked: web.BaseRequest | None = None
        self._came = 0  # bytes since the last look
        self._looks: asyncio.TimerHandle | None = None
        self._stalls: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._net = _net_of(transport.get_extra_info("peername"))
        if not self._door.lets_in(self, self._net):
            assert isinstance(transport, asyncio.Transport)
            transport.write(_FULL)
            transport.close()
            self.close()  # what they send meanwhile is not looked at
            return
        self._is_inside = True
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._no_longer_stalls()
        self._no_longer_looks()
        if self._is_inside:
            self._leaves()
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        super().data_received(data)

    def hears(self, request: web.BaseRequest) -> None:
        """A whole head has come; if a body follows, it is looked at now and then whether it does."""
        self._door.hears(self)
        self._no_longer_looks()
        if not request.content.is_eof():
            self._asked, self._came = request, 0
            self._looks = asyncio.get_running_loop().call_later(self._idle, self._look)

    def _look(self) -> None:
        if self._asked is None or self.transport is None or self._asked.content.is_eof():
            return self._no_longer_looks()
        if self._came < LEAST and self.transport.is_reading():
            return self.transport.abort()
        self._came = 0
        self._looks = asyncio.get_running_loop().call_later(self._idle, self._look)
        return None

    def _no_longer_looks(self) -> None:
        self._asked = None
        if self._looks is not None:
            self._looks.cancel()
            self._looks = None

    def is_sent_away(self) -> None:
        """The place is somebody else's now."""
        self._leaves()
        if self.transport is not None:
            self.transport.abort()

    def _leaves(self) -> None:
        if self._is_inside:
            self._is_inside = False
            self._door.lets_out(self, self._net)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalls = asyncio.get_running_loop().call_later(STALLED, self._gives_up)

    def resume_writing(self) -> None:
        self._no_longer_stalls()
        super().resume_writing()

    def _gives_up(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def _no_longer_stalls(self) -> None:
        if self._stalls is not None:
            self._stalls.cancel()
            self._stalls = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no request at all: answered without a word of it, and logged without who sent it."""
        del message
        if status >= 500:
            log.error("request_failed", error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        response = web.Response(status=status, text="", headers=bare_headers())
        response.force_close()
        return response


@web.middleware
async def within_bounds(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a head that is too large and a body that is packed: nobody here unpacks what a stranger sends."""
    if isinstance(request.protocol, Caller):
        request.protocol.hears(request)
    if len(request.raw_path) + sum(len(name) + len(value) + 4 for name, value in request.raw_headers) > LARGEST_HEAD:
        raise HeadTooLarge
    if any(coding.strip().lower() not in ("", "identity") for coding in _codings(request)):
        raise web.HTTPUnsupportedMediaType
    return await handler(request)


class HeadTooLarge(web.HTTPClientError):
    """The request's line and headers are more than any browser of ours sends."""

    status_code = 431


def _codings(request: web.Request) -> list[str]:
    return [coding for header in request.headers.getall("Content-Encoding", []) for coding in header.split(",")]


def _net_of(peer: Any) -> str:
    """Whose connection it is: the address, of IPv6 the network of one household. Empty for machines of one's own net."""
    try:
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    except (TypeError, IndexError, ValueError):
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if address.is_private:
        return ""
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def _files_allowed() -> int:
    """How many files this process may open, raised as far as it may be."""
    try:
        import resource
    except ImportError:  # Windows
        return MOST + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE if hard == resource.RLIM_INFINITY else min(MOST + SPARE, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MOST + SPARE if soft == resource.RLIM_INFINITY else soft
