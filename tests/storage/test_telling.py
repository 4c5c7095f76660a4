"""Which answers wait to be told at the counter: found through an index of those that wait, and known again after a walk."""

import pytest

from storage import Database
from storage.telling import waiting_for
from tests.storage.test_plans import plan
from tests.storage.test_queue_plans import VIEWERS


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_only_what_waits_is_looked_at(sqlite_database: Database, viewer: str) -> None:
    """A ward's history of years is not walked for a handful of people to call."""
    told = "\n".join(await plan(sqlite_database, waiting_for(VIEWERS[viewer])))
    assert "ix_cases_tell" in told, told
    assert "SCAN cases\n" not in f"{told}\n", told
    assert "ix_case_events_case" in told, told
    assert "ix_messages_case" in told, told
