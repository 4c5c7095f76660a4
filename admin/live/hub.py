"""One look of the process for all its open pages: reads what is new, hands it to everybody whom it may concern.

Nothing is asked while nobody watches. On SQLite the bell tells when to look; on PostgreSQL, where others write too, a look
every other second is one statement by the primary key. Who may really know is asked by each stream for itself
(`admin.live.events`); here a page of another ward is only spared that question.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from admin.live.places import Places
from bot.bell import Bell, heard
from bot.domain.people import WARD_ROLES
from bot.errors import StorageBusy
from bot.ports import CaseNews, Storage, Viewer

log = structlog.get_logger(__name__)

GATHER = 0.25  # seconds after a ring: a burst of commits is one look
LOOK_ALONE = 30.0  # seconds between looks that nobody rang for, where one process writes
LOOK_AMONG_OTHERS = 2.0  # seconds, where others write as well
MOST = 1_000  # facts of one look
MOST_PENDING = 500  # facts that wait for one slow page; beyond that it is told to load anew


@dataclass(slots=True, eq=False)
class Watcher:
    """An open page. `viewer` is whose eyes, as it was known last."""

    viewer: Viewer
    pending: list[CaseNews] = field(default_factory=list)
    is_behind: bool = False  # more came than is kept: only a new page helps
    ring: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, news: CaseNews) -> None:
        if len(self.pending) >= MOST_PENDING:
            self.is_behind = True
            self.pending.clear()
        if not self.is_behind:
            self.pending.append(news)
        self.ring.set()


def may_concern(viewer: Viewer, news: CaseNews) -> bool:
    """Whether it is worth asking. Never false for a case that the viewer may see."""
    return any(standing.role not in WARD_ROLES or standing.ward_code == news.ward_code for standing in viewer.standings())


class Hub:
    """The process's open pages and the place up to which they were told."""

    def __init__(self, storage: Storage, bell: Bell, *, is_alone: bool) -> None:
        self._storage, self._bell = storage, bell
        self._look_every = LOOK_ALONE if is_alone else LOOK_AMONG_OTHERS
        self._watchers: set[Watcher] = set()
        self._places: Places | None = None  # None while nobody watches
        self._watched = asyncio.Event()
        self._starting = asyncio.Lock()
        self.is_closing = False

    async def start(self) -> None:
        """Know where the stream stands now; before the first page catches up, so that nothing falls between.

        Raises:
            StorageBusy: The database is out of reach.
        """
        async with self._starting:
            if self._places is None:
                async with self._storage.reading() as uow:
                    self._places = Places(await uow.news.newest())

    @contextmanager
    def watching(self, watcher: Watcher) -> Iterator[None]:
        """Hand this page what comes, until the block ends."""
        self._watchers.add(watcher)
        self._watched.set()
        try:
            yield
        finally:
            self._watchers.discard(watcher)
            if not self._watchers:
                self._watched.clear()
                self._places = None

    async def run(self) -> None:
        """Look and tell, for as long as the process lives."""
        with self._bell.listen_desk() as ring:
            while not self.is_closing:
                await self._watched.wait()
                if await heard(ring, self._look_every):
                    await asyncio.sleep(GATHER)
                    ring.clear()
                while await self._look():
                    pass

    def close(self) -> None:
        """End every stream; the browsers come back by themselves, to whoever answers then."""
        self.is_closing = True
        self._watched.set()
        for watcher in self._watchers:
            watcher.ring.set()

    async def _look(self) -> bool:
        """One statement. True when there is more than one look takes."""
        places = self._places
        if places is None:
            return False
        try:
            async with self._storage.reading() as uow:
                found = await uow.news.after(places.floor, most=MOST)
        except StorageBusy:
            return False  # the next look may find it
        new = places.take(found, asyncio.get_running_loop().time())
        if len(found) == MOST and not new:
            places.give_up_gap()
        for news in new:
            for watcher in self._watchers:
                if may_concern(watcher.viewer, news):
                    watcher.offer(news)
        return len(found) == MOST
