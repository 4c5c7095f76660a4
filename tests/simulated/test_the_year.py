"""A year of ten thousand cases through the real services: every invariant holds, and each is known to be able to fail."""

import time
from datetime import timedelta
from random import Random

import pytest

from storage import Database
from tests.simulated.clockwork import lives_a_year
from tests.simulated.invariants import broken
from tests.simulated.planted import FAULTS, Fault
from tests.simulated.record import Record, read_record
from tests.simulated.residents import plan_year
from tests.simulated.town import Town

CASES = 10_000
FAULTY = 1  # a seed that has a little of everything in few cases
WITHIN = 120.0  # seconds of this process; by the clock it is as much on a machine that does nothing else

pytestmark = pytest.mark.slow


async def a_year(database: Database, *, cases: int, seed: int, look_every: timedelta = timedelta(hours=4)) -> Record:
    town = Town(database, Random(seed), look_every=look_every)
    await town.hires()
    plan_year(town, cases)
    await lives_a_year(town)
    return await read_record(town)


async def test_a_year_of_ten_thousand_cases(sqlite_database: Database) -> None:
    """In under two minutes, and nothing that must be true is not."""
    began = time.process_time()
    record = await a_year(sqlite_database, cases=CASES, seed=6)
    assert broken(record) == {}
    assert time.process_time() - began < WITHIN
    assert len(record.cases) == CASES
    happened = {event.kind for events in record.events.values() for event in events}
    assert {"answered", "closed", "disputed", "moved", "joined", "returned", "undelivered", "excluded"} <= happened


async def test_a_year_of_few_cases_on_either_engine(database: Database) -> None:
    record = await a_year(database, cases=150, seed=1, look_every=timedelta(days=2))
    assert broken(record) == {}
    assert len(record.cases) == 150


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
async def test_a_planted_fault_is_found(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    fault.plant(monkeypatch)
    record = await a_year(sqlite_database, cases=80, seed=FAULTY, look_every=timedelta(days=4))
    assert fault.found_by.__name__ in broken(record)
