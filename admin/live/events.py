"""`/staff/events`: one stream of server-sent events for each open page of the desk, resumed from the last place it saw.

An event holds a case's code and what sort of news it is, nothing else; and only of cases that this member may see at the
very moment it is sent. Session, account and standing are asked again each time: a stream never outlives a right. A place
is a count over the whole city, so it goes out sealed, and what is not for these eyes moves it with the next heartbeat only:
nobody hears that something happened where they may not look.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from admin.guard import Visit, find_visit
from admin.live.hub import Hub, Watcher
from bot.bell import heard
from bot.domain.case import CaseCode
from bot.domain.rights import Right
from bot.domain.thread import EventKind
from bot.errors import NotOurSeal, StorageBusy
from bot.ports import CaseNews, UnitOfWork
from bot.web import keys

HEARTBEAT = 15.0  # seconds between signs of life; each also finds out whether the session still lives
RETRY = 3_000  # milliseconds after which a browser connects again
CATCH_UP = 500  # facts that a page is told of after a cut; beyond that it is told to load anew
STREAMS_OF_SESSION = 6
STREAMS = 2_000
# Where several processes write, a fact that was committed late has a place below one that was told before the cut: look a
# little way back. The page may know such a fact already; the event says so ("late").
LOOK_BACK, LATE = 200, timedelta(seconds=15)

_LARGEST_PLACE = 2**63 - 1
_LONGEST_PLACE = 200  # characters, sealed
_SORTS = {
    **dict.fromkeys((EventKind.FILED, EventKind.MOVED), "case"),
    **dict.fromkeys((EventKind.ADDED, EventKind.EDITED, EventKind.DISPUTED), "message"),
}


class Over(Exception):
    """The session ended, or what its owner may do has."""


class TooMany(Exception):
    """This session, or the process, has as many streams as it may have."""


@dataclass(slots=True)
class Stream:
    """An open page and the place up to which it was told."""

    visit: Visit
    watcher: Watcher
    place: int


class LiveEvents:
    """The handler, and the counts of what is open."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._open: Counter[str] = Counter()

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """`GET /staff/events`: the news after `Last-Event-ID` (or `?after=`), then each as it comes."""
        visit = await find_visit(request, counts_as_use=False)
        if visit is None or not is_served(visit) or self._hub.is_closing:
            return web.Response(status=204)  # tells the browser not to come again
        try:
            with self._one_more(visit.session.id_hash):
                return await self._follow(visit)
        except TooMany:
            return web.Response(status=429, headers={"Retry-After": "30"})

    @contextmanager
    def _one_more(self, session: str) -> Iterator[None]:
        if self._open[session] >= STREAMS_OF_SESSION or self._open.total() >= STREAMS:
            raise TooMany
        self._open[session] += 1
        try:
            yield
        finally:
            self._open[session] -= 1
            if not self._open[session]:
                del self._open[session]

    async def _follow(self, visit: Visit) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        stream = Stream(visit, Watcher(visit.viewer), place_in(visit.request))
        try:
            with self._hub.watching(stream.watcher):
                await self._hub.start()
                await response.prepare(visit.request)
                await response.write(f"retry: {RETRY}\n\n".encode() + await catch_up(stream))
                await self._stream(stream, response)
            await response.write_eof()
        except (ConnectionError, Over, StorageBusy):
            pass  # the page was closed or is to come again
        return response

    async def _stream(self, stream: Stream, response: web.StreamResponse) -> None:
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + HEARTBEAT
        while not self._hub.is_closing and stream.visit.request.transport is not None:
            is_due = loop.time() >= beat_at
            text = await told(stream) if stream.watcher.pending or stream.watcher.is_behind or is_due else b""
            if text or is_due:
                await response.write(text or _moved(stream))
                beat_at = loop.time() + HEARTBEAT
            else:
                await heard(stream.watcher.ring, beat_at - loop.time())


def is_served(visit: Visit) -> bool:
    return not visit.owed and visit.viewer.may(Right.READ_CASE)


def place_in(request: web.Request) -> int:
    """The place to resume from; the largest (nothing to catch up with) when what was sent is none of ours."""
    given = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    try:
        return int(request.app[keys.SEALER].open(given[:_LONGEST_PLACE]))
    except (NotOurSeal, ValueError):
        return _LARGEST_PLACE


async def catch_up(stream: Stream) -> bytes:
    """The news between the page's place and now."""
    place = stream.place
    async with stream.visit.request.app[keys.STORAGE].reading() as uow:
        newest = await uow.news.newest()
        if place > newest:
            stream.place = newest
            return _moved(stream)
        back = 0 if stream.visit.request.app[keys.SETTINGS].is_sqlite else LOOK_BACK
        found = await uow.news.after(max(0, place - back), most=CATCH_UP + back + 1)
        missed = [news for news in found if news.id > place or news.at > stream.visit.now - LATE]
        if len(missed) > CATCH_UP:
            stream.place = newest
            return _reset(stream)
        known = {news.id for news in missed}
        stream.watcher.pending = [news for news in stream.watcher.pending if news.id not in known]
        return await _tell(stream, uow, missed, known_up_to=place) or _moved(stream)


async def told(stream: Stream) -> bytes:
    """What waits for this page, as bytes of the stream. Empty when nothing of it is for these eyes.

    Raises:
        Over: The page has no right to a stream any more.
    """
    watcher, app = stream.watcher, stream.visit.request.app
    visit = await find_visit(stream.visit.request, counts_as_use=False)
    if visit is None or not is_served(visit):
        raise Over
    stream.visit, watcher.viewer = visit, visit.viewer
    if watcher.is_behind:
        watcher.is_behind = False
        async with app[keys.STORAGE].reading() as uow:
            stream.place = await uow.news.newest()
        return _reset(stream)
    pending, watcher.pending = watcher.pending, []
    if not pending:
        return b""
    try:
        async with app[keys.STORAGE].reading() as uow:
            return await _tell(stream, uow, pending)
    except StorageBusy:
        watcher.pending = pending + watcher.pending
        return b""  # the next turn may do it


async def _tell(stream: Stream, uow: UnitOfWork, facts: Iterable[CaseNews], *, known_up_to: int = 0) -> bytes:
    facts = list(facts)
    codes = await uow.news.visible_codes(stream.watcher.viewer, {news.case_id for news in facts})
    lines = []
    for news in facts:
        stream.place = max(stream.place, news.id)
        if code := codes.get(news.case_id):
            lines.append(_event(stream, news, code, is_late=news.id <= known_up_to))
    return "".join(lines).encode()


def _event(stream: Stream, news: CaseNews, code: CaseCode, *, is_late: bool) -> str:
    is_mine = news.staff_id == stream.visit.staff.id
    told = {"code": code, "sort": _SORTS.get(news.kind, "change"), "mine": is_mine}
    data = json.dumps(told | {"late": True} if is_late else told)
    return f"id: {_place(stream)}\nevent: case\ndata: {data}\n\n"


def _moved(stream: Stream) -> bytes:
    """Moves the browser's place, shows nothing."""
    return f"id: {_place(stream)}\n\n".encode()


def _reset(stream: Stream) -> bytes:
    return f"id: {_place(stream)}\nevent: reset\ndata: {{}}\n\n".encode()


def _place(stream: Stream) -> str:
    return sealed_place(stream.visit.request, stream.place)


def sealed_place(request: web.Request, place: int) -> str:
    """The place as a browser may have it: of one length, and never twice the same."""
    return request.app[keys.SEALER].seal(f"{place:019}")


def add_live(app: web.Application) -> None:
    """Add the stream to the desk's application; it ends with it."""
    hub = Hub(app[keys.STORAGE], app[keys.BELL], is_alone=app[keys.SETTINGS].is_sqlite)

    async def live(app: web.Application) -> AsyncIterator[None]:
        async def wait() -> None:
            await app[keys.STOP].wait()
            hub.close()

        tasks = [asyncio.create_task(hub.run()), asyncio.create_task(wait())]
        yield
        hub.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(_: web.Application) -> None:
        hub.close()

    app.cleanup_ctx.append(live)
    app.on_shutdown.append(close)
    app.router.add_get("/staff/events", LiveEvents(hub).follow, allow_head=False)  # an answer to HEAD has no body
