"""A year of a thousand cases through the real services: every invariant holds, and each is known to be able to fail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from storage import Database
from tests.databases import fresh_sqlite
from tests.simulated import planted, planted_after
from tests.simulated.fault import Fault
from tests.simulated.invariants import broken
from tests.simulated.year import a_year

CASES = 1_000  # as many as an afternoon of tests has room for; `python -m benchmarks.simulated` lives ten thousand
FEW = range(1, 7)  # seeds of small years; what a fault spoils does not happen in every one of them

pytestmark = pytest.mark.slow


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[Database]:
    database = Database("", data_dir=data_dir)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def test_a_year_of_a_thousand_cases(sqlite_database: Database) -> None:
    """Nothing that must be true is not."""
    record = await a_year(sqlite_database, cases=CASES, seed=3, look_every=timedelta(hours=12))
    assert broken(record) == {}
    assert len(record.cases) == CASES
    happened = {event.kind for events in record.events.values() for event in events}
    assert happened >= {
        *("answered", "asked", "closed", "disputed", "moved", "joined", "returned", "undelivered", "reached", "excluded"),
        *("proposed", "unproposed", "postponed", "came_back", "questioned", "deadline_moved", "escalated", "goes_on"),
    }
    assert any(case.erased_at for case in record.cases)
    assert any(one.duplicate_of for kept in record.closings.values() for one in kept)


async def test_a_year_of_few_cases_on_either_engine(database: Database) -> None:
    record = await a_year(database, cases=150, seed=1, look_every=timedelta(days=2))
    assert broken(record) == {}
    assert len(record.cases) == 150


@pytest.mark.parametrize("fault", [*planted.FAULTS, *planted_after.FAULTS], ids=lambda fault: fault.what)
async def test_a_planted_fault_is_found(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """In one of a few small years, by the rule that it breaks."""
    fault.plant(monkeypatch)
    for seed in sorted(FEW, key=lambda seed: seed != fault.seed):
        async with opened(fresh_sqlite(migrated_file, tmp_path / str(seed))) as database:
            record = await a_year(database, cases=80, seed=seed, look_every=timedelta(days=4))
        if fault.found_by.__name__ in broken(record):
            return
    pytest.fail(f"{len(FEW)} years with this fault, and no rule was broken")
