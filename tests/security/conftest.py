"""The whole program on a fresh SQLite database, with Telegram bringing its updates: what attackers find. And the desk."""

from collections.abc import AsyncIterator

import pytest

from tests.admin.conftest import desk, sqlite_desk
from tests.browser.conftest import chromium, town
from tests.conftest import Place
from tests.stories.cast import City
from tests.stories.webhook import city_with_a_webhook

__all__ = ["chromium", "desk", "sqlite_desk", "target", "town"]


@pytest.fixture
async def target(sqlite_place: Place) -> AsyncIterator[City]:
    """Telegram's secret is `tests.stories.webhook.SECRET`."""
    async with city_with_a_webhook(sqlite_place) as running:
        yield running
