"""The desk of `tests.admin`, in a city that has Telegram: some forms are there only then."""

from collections.abc import AsyncIterator

import pytest

from bot.bell import Bell
from bot.services import giving_code
from storage import Database
from tests.admin.desk import StaffDesk, open_desk


@pytest.fixture
async def whole_desk(sqlite_database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StaffDesk]:
    monkeypatch.setattr(giving_code, "HALF_TRIES", 1_000_000)  # as throttles are lifted: a form stays while it is tried
    async with open_desk(sqlite_database, bell, telegram_token="12345:nobody-is-asked") as opened:
        yield opened
