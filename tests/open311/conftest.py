"""A program that speaks with the endpoint: `program` on both engines, `sqlite_program` where the engine does not matter."""

from collections.abc import AsyncIterator

import pytest

from storage import Database
from tests.open311.cast import Program, speaking


@pytest.fixture
async def program(database: Database) -> AsyncIterator[Program]:
    async with speaking(database) as found:
        yield found


@pytest.fixture
async def sqlite_program(sqlite_database: Database) -> AsyncIterator[Program]:
    async with speaking(sqlite_database) as found:
        yield found
