"""A web chat on a real server with a real database, real intake and real delivery; the dialogue is the test's own."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.bell import Bell
from storage import Database
from tests.conftest import Place
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


@pytest.fixture
def photo() -> bytes:
    """A small JPEG that says in a comment where it was taken."""
    made = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "JPEG", comment=b"secret place")
    return made.getvalue()


@pytest.fixture
async def database_beside(sqlite_database: Database, sqlite_place: Place) -> AsyncIterator[Database]:
    """The same database, opened a second time without our bell, as another process has it."""
    opened = Database("", data_dir=sqlite_place.data_dir, guest=True)
    await opened.open()
    yield opened
    await opened.close()
