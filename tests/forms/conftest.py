"""The desk of `tests.admin`, in a city that has Telegram: some forms are there only then."""

from collections.abc import AsyncIterator

import pytest

from bot.bell import Bell
from storage import Database
from tests.admin.desk import StaffDesk, open_desk


@pytest.fixture
async def whole_desk(sqlite_database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(sqlite_database, bell, telegram_token="12345:nobody-is-asked") as opened:
        yield opened
