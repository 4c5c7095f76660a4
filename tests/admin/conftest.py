"""The desk, on either engine where storage matters, on SQLite alone where it does not."""

from collections.abc import AsyncIterator

import pytest

from bot.bell import Bell
from storage import Database
from tests.admin.desk import StaffDesk, open_desk


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


@pytest.fixture
async def sqlite_desk(sqlite_database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(sqlite_database, bell) as opened:
        yield opened
