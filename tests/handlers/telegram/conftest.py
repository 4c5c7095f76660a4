"""A Bot API server for each test, and what stands in for intake: it keeps updates as the inbox does, once each."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

import pytest

from bot.domain.incoming import Incoming
from bot.errors import StorageBusy
from bot.ports import RawUpdate
from handlers.channels.telegram_calls import RawCalls
from handlers.channels.telegram_reading import read_update
from tests.bot_api import BotApiServer
from tests.handlers.telegram.kept import kept


class Inbox:
    """Keeps each update once. `busy` refuses that many times first; `crash_after` loses the word that it was kept."""

    def __init__(self) -> None:
        self.rows: dict[str, RawUpdate] = {}
        self.batches: list[list[str]] = []
        self.busy = 0
        self.crash_after = 0
        self._news = asyncio.Event()

    async def keep(self, updates: Sequence[RawUpdate]) -> None:
        if self.busy:
            self.busy -= 1
            raise StorageBusy()
        self.batches.append([update.external_id for update in updates])
        for update in updates:
            self.rows.setdefault(update.external_id, update)
        self._news.set()
        if self.crash_after:
            self.crash_after -= 1
            raise asyncio.CancelledError

    async def has(self, number: int, timeout: float = 60.0) -> list[RawUpdate]:
        """Every row, once there are so many."""
        async with asyncio.timeout(timeout):
            while len(self.rows) < number:
                self._news.clear()
                await self._news.wait()
        return list(self.rows.values())

    async def reads(self, number: int) -> list[Incoming]:
        return [read_update(kept(update)) for update in await self.has(number)]


class FileShelf:
    """`bot.ports.FileStore` in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def put(self, data: bytes) -> str:
        key = sha256(data).hexdigest()
        self.objects[key] = data
        return key

    async def get(self, key: str) -> bytes:
        try:
            return self.objects[key]
        except KeyError:
            raise FileNotFoundError(key) from None

    async def remove(self, key: str) -> None:
        self.objects.pop(key, None)


@pytest.fixture
async def api() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest.fixture
async def calls(api: BotApiServer) -> AsyncIterator[RawCalls]:
    async with RawCalls(api.token, api.base) as calls:
        yield calls


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def shelf() -> FileShelf:
    return FileShelf()


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
