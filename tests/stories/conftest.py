"""A running city for each story, on either engine."""

from collections.abc import AsyncIterator

import pytest

from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.stories.cast import City, running_city
from tests.stories.webhook import city_with_a_webhook


@pytest.fixture
async def city(database_place: Place) -> AsyncIterator[City]:
    """The whole program on a fresh database, once on SQLite and once on PostgreSQL."""
    async with BotApiServer() as api, running_city(database_place, api) as running:
        yield running


@pytest.fixture
async def small_city(sqlite_place: Place) -> AsyncIterator[City]:
    """The same on SQLite only."""
    async with BotApiServer() as api, running_city(sqlite_place, api) as running:
        yield running


@pytest.fixture
async def hooked_city(database_place: Place) -> AsyncIterator[City]:
    """The same with Telegram bringing its updates, on either engine."""
    async with city_with_a_webhook(database_place) as running:
        yield running
