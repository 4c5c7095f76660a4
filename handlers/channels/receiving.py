"""What every messenger's way in shares: a webhook that keeps before it confirms, waits that grow, and that end.

Whether it is the messenger is told by a secret in a header, compared in constant time before the body is read.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiohttp import web

from bot.errors import ChannelError, StorageBusy, TryLater
from bot.ports import RawUpdate
from handlers.faults import told

log = structlog.get_logger()

Keep = Callable[[Sequence[RawUpdate]], Awaitable[None]]

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between tries that failed, doubled each time
BODY_WITHIN = 30.0  # seconds
RETRY_AFTER = "5"  # seconds; Telegram obeys it up to an hour


class MessengerWebhook:
    """The messenger brings updates, we keep them, then say 200.

    Args:
        path: Where.
        header, secret: What must hold what.
        read: A body as updates, whatever is in it.
        keep: Returns once they are committed.
        count_refused: Told of every call without the right secret.
        largest: Bytes of a body.
    """

    def __init__(
        self,
        path: str,
        header: str,
        secret: str,
        read: Callable[[bytes], list[RawUpdate]],
        keep: Keep,
        count_refused: Callable[[], None],
        *,
        largest: int,
    ) -> None:
        self._path = path
        self._header = header
        self._secret = secret.encode()
        self._read = read
        self._keep = keep
        self._count_refused = count_refused
        self._largest = largest

    def routes(self) -> list[web.RouteDef]:
        return [web.post(self._path, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """200 once kept, also for what nobody can read: anything else would be brought again, or never.

        403 for anybody but the messenger, before the body is read; 413 over the limit; 503 while nothing can be stored.
        """
        if not has_secret(request, self._header, self._secret):
            self._count_refused()
            return web.Response(status=403)
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await body_of(request, self._largest)
        except TimeoutError:
            return web.Response(status=408)
        if body is None:
            log.warning("webhook_body_too_large", path=self._path, most=self._largest)
            return web.Response(status=413)
        try:
            await self._keep(self._read(body))
        except StorageBusy:
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        return web.Response()


def has_secret(request: web.Request, header: str, secret: bytes) -> bool:
    """Bytes, because comparing text raises for anything but ASCII, which would be a 500 for anybody who likes."""
    given = request.headers.getall(header, [])
    return len(given) == 1 and hmac.compare_digest(given[0].encode("utf-8", "surrogateescape"), secret)


async def body_of(request: web.Request, most: int) -> bytes | None:
    """The whole body, or None past so many bytes. Read here, because the application's own limit is for its forms."""
    parts = bytearray()
    async for chunk in request.content.iter_any():
        parts += chunk
        if len(parts) > most:
            return None
    return bytes(parts)


def wait_after(failures: int) -> float:
    """Seconds until the next try."""
    return float(min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT))


async def call_until_done(call: Callable[[], Awaitable[Any]], stop: asyncio.Event, *, what: str) -> None:
    """Try until the messenger agrees or `stop` is set. `what` names the trouble in the log."""
    failures = 0
    while not stop.is_set():
        try:
            await unless_stopped(call(), stop)
        except ChannelError as error:
            failures += 1
            asked = error.after.total_seconds() if isinstance(error, TryLater) and error.after else None
            wait = asked if asked is not None else wait_after(failures)
            log.error(what, reason=told(error), failures=failures, wait=wait)
            await sleep(wait, stop)
        else:
            return


async def unless_stopped(work: Any, stop: asyncio.Event) -> Any:
    """The result, or None when `stop` was set first; the work is then cancelled and over."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not working.done():
            working.cancel()
    await asyncio.gather(working, stopping, return_exceptions=True)
    return None if working.cancelled() else working.result()


async def sleep(seconds: float, stop: asyncio.Event) -> None:
    """So long, or until `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
