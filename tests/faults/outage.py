"""A day without us: so many messages wait at the Bot API, and everybody is answered within Telegram's limits, in order."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bot_api import Resident
from tests.conftest import Place
from tests.faults.oracle import broken
from tests.faults.scene import FIRST_RESIDENT, scene

EACH = 4  # messages that everybody sent
PATIENCE_PER_MESSAGE = 0.2  # seconds; Telegram lets 30 a second through
FEW, LOOK_EVERY = 1000, 5.0  # messages; seconds
CARD = re.compile(r"lời (\d)")


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    messages: int
    residents: int
    replies: int
    seconds: float
    refusals: int  # 429s
    early: int  # of those, tries that came before the time that was told
    broken: list[str]

    def __str__(self) -> str:
        return (
            f"{self.messages} messages of {self.residents} residents, {self.replies} replies in {self.seconds:.0f} s "
            f"({self.replies / self.seconds:.1f}/s), {self.refusals} refused with 429, {self.early} tried too early; "
            f"{len(self.broken)} promises broken"
        )


async def drained(
    place: Place, folder: Path, *, messages: int, tell: Callable[[int, int], None] = lambda _waiting, _replies: None
) -> Outcome:
    """So many messages wait when it starts; nobody writes any more. `tell` hears what waits and what was answered."""
    people = messages // EACH
    async with scene(place, folder, residents=people, keeps_pace=True, more={}) as it:
        for number in range(EACH):
            for resident in it.residents:
                resident.sends(said_by(resident, number))
        began = time.monotonic()
        await it.starts()
        async with asyncio.timeout(60 + messages * PATIENCE_PER_MESSAGE):
            while not await asyncio.to_thread(it.nothing_waits):
                tell(len(it.api.updates.waiting), it.replies_heard)
                await asyncio.sleep(LOOK_EVERY if messages > FEW else 0.5)
        seconds = time.monotonic() - began
        await it.stops()
        wrong = [*broken(await it.evidence()), *out_of_order(it.residents)]
        pace = it.api.pace
        return Outcome(messages, people, it.replies_heard, seconds, pace.refusals, pace.early_retries, wrong)


def said_by(resident: Resident, number: int) -> str:
    lane = resident.id - FIRST_RESIDENT + 11
    where = f"Đèn đường hỏng ở ngõ {lane} phường Phú Thượng" if not number else "Tối lắm"
    return f"{where} lời {number + 1}"


def out_of_order(residents: list[Resident]) -> list[str]:
    """Who was not answered to the last word they sent, or was shown a later one before an earlier."""
    found = []
    for resident in residents:
        said = [numbers for text in resident.hears if (numbers := [int(one) for one in CARD.findall(text)])]
        if not said or said[-1] != list(range(1, EACH + 1)):
            found.append(f"chat {resident.id} was last shown {said[-1:] or 'nothing'}")
        elif [len(numbers) for numbers in said] != sorted(len(numbers) for numbers in said):
            found.append(f"chat {resident.id} was shown {said}")
    return found
