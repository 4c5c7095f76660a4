"""Killed at random moments while residents report, as often as one likes."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Place
from tests.faults.oracle import broken
from tests.faults.scene import QUICK, scene

LONGEST_LIFE = 1.2  # seconds between a start that answers, or just a start, and the next kill


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    kills: int
    cases: int
    replies: int
    repeats: int
    seconds: float
    broken: list[str]

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.seconds:.0f} s: {self.cases} cases acknowledged, {self.replies} replies, "
            f"{self.repeats} of them sent twice; {len(self.broken)} promises broken"
        )


async def killed(
    place: Place,
    folder: Path,
    *,
    kills: int,
    seed: int,
    residents: int = 8,
    plant: str = "",
    patience: float = 180.0,
    tell: Callable[[int, int], None] = lambda _kills, _cases: None,
) -> Outcome:
    """Report and kill, so many times; then everybody is answered, and everything is held against everything.

    Args:
        seed: Of the moments of the kills.
        plant: A fault to be found, see `tests.kills.quick_start`.
        tell: Told after each kill how many there were, and how many cases were acknowledged.
    """
    chance, began = random.Random(seed), time.monotonic()
    async with scene(place, folder, residents=residents, plant=plant, more=QUICK) as it:
        await it.starts()
        async with it.reporting(patience=patience):
            for number in range(1, kills + 1):
                if number % 3:  # every third is killed before it could say much
                    await it.hears_more()
                await asyncio.sleep(chance.uniform(0.02, LONGEST_LIFE))
                await it.is_killed()
                tell(number, len(it.told.codes))
                await it.starts()
        evidence = await it.ends()
        wrong = broken(evidence)
        return Outcome(kills, len(it.told.codes), it.replies_heard, evidence.repeats, time.monotonic() - began, wrong)
