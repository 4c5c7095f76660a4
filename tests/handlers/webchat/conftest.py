"""A web chat on a real server with a real database, real intake and real delivery; the dialogue is the test's own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bell import Bell
from storage import Database
from tests.handlers.webchat.town import Town, open_town


@pytest.fixture
async def town(sqlite_database: Database, bell: Bell, tmp_path: Path) -> AsyncIterator[Town]:
    """The web chat over SQLite: for what does not depend on the engine."""
    async with open_town(sqlite_database, bell, tmp_path) as opened:
        yield opened
    await asyncio.sleep(0)  # the limiter's last clean-up finishes


@pytest.fixture
async def town_on_each(database: Database, bell: Bell, tmp_path: Path) -> AsyncIterator[Town]:
    """The web chat over either engine."""
    async with open_town(database, bell, tmp_path) as opened:
        yield opened
    await asyncio.sleep(0)
