"""Killed at random moments of running conversations, on both engines: nothing acknowledged is lost, doubled or stuck."""

from pathlib import Path

import pytest

from tests.conftest import Place
from tests.faults.kills import killed

KILLS = 8  # on each engine; hundreds by `python -m tests.faults --kills 200`


@pytest.mark.slow
async def test_nothing_that_was_said_is_lost_or_doubled_by_kills(database_place: Place, tmp_path: Path) -> None:
    """SIGKILLs while eight residents write; afterwards each can go on, and each code they hold is one case."""
    outcome = await killed(database_place, tmp_path, kills=KILLS, seed=2026)
    assert outcome.broken == []
    assert outcome.cases > KILLS, "hardly anything was going on while it was killed"
