"""Asked to stop while everybody is talking: gone within seconds, nothing lost, nothing said twice; the next one goes on."""

import asyncio
import random
from pathlib import Path

from tests.conftest import Place
from tests.faults.scene import scene

STOPS = 3


async def test_a_stop_under_load_loses_and_repeats_nothing(database_place: Place, tmp_path: Path) -> None:
    chance = random.Random(2026)
    async with scene(database_place, tmp_path) as it:
        await it.starts()
        async with it.reporting():
            for _ in range(STOPS):
                await it.hears_more(4)
                await asyncio.sleep(chance.uniform(0.0, 0.3))
                await it.stops()
                await it.starts()
            await it.hears_more()
        evidence = await it.keeps_its_promises()
    assert evidence.repeats == 0
