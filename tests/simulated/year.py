"""One simulated year, from an empty town to the record of what happened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from storage import Database
from tests.simulated.clockwork import lives_a_year
from tests.simulated.record import Record, read_record
from tests.simulated.residents import plan_year
from tests.simulated.town import Town


async def a_year(
    database: Database,
    *,
    cases: int,
    seed: int,
    look_every: timedelta = timedelta(hours=4),
    tell: Callable[[datetime], None] = lambda _: None,
) -> Record:
    """So many cases through the real services.

    Args:
        look_every: How often the timekeeper looks; it works as often as the clock moves on by that much.
        tell: Hears how far the year is.
    """
    town = Town(database, Random(seed), look_every=look_every)
    await town.hires()
    plan_year(town, cases)
    await lives_a_year(town, tell)
    return await read_record(town)
