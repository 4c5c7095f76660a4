"""Residents who report in four messages at once, again and again, and remember what they were told.

Messages that are sent without waiting are what several processes could take the wrong way round: the case must hold
them in their order, once each.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.bot_api import Heard, Resident

CODE = re.compile(r"Mã hồ sơ: ([0-9A-Z-]+)")
MARKER = re.compile(r"dấu-\d+-\d+-hết")
PART = re.compile(r"phần (\d) của ")
PARTS = 3  # messages that make a report


@dataclass
class Told:
    """What the residents were promised: the marker in their words, and the code they were given for it."""

    codes: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)  # markers of those who waited for an answer in vain
    begun: "Counter[int]" = field(default_factory=Counter)  # reports, by resident
    asked: int = 0  # conversations that were to be had
    taps: int = 1  # how often a button is pressed that is pressed

    def begins(self, most: int) -> bool:
        """Whether there is another conversation to be had."""
        self.asked += self.asked < most + 1
        return self.asked <= most

    def is_new(self, heard: Heard) -> bool:
        """A code that nobody was told before: a reply sent twice is allowed after a kill, and is not an acceptance."""
        found = CODE.search(heard.text)
        return found is not None and found[1] not in self.codes.values()


async def keeps_reporting(resident: Resident, told: Told, goes_on: Callable[[], bool], patience: float) -> None:
    """Report, send, hear the code, and again, as long as it `goes_on`; what was begun is brought to its end.

    Whoever hears nothing for `patience` seconds stops and is written down as silent.
    """
    while goes_on():
        told.begun[resident.id] += 1
        marker = f"dấu-{resident.id}-{told.begun[resident.id]}-hết"
        lane = resident.id % 1000 + 11  # each another, or they would be offered each other's cases to join
        resident.sends("/new")
        resident.sends(f"Đèn đường hỏng ở ngõ {lane} phường Phú Thượng phần 1 của {marker}")
        resident.sends(f"Tối lắm phần 2 của {marker}")
        resident.sends(f"Mong sửa sớm phần 3 của {marker}")
        try:
            await hears(resident, shows(f"phần 3 của {marker}"), patience)
            for _ in range(told.taps):
                resident.presses("Gửi")
            code = CODE.search((await hears(resident, told.is_new, patience)).text)
        except TimeoutError:
            told.silent.append(marker)
            return
        assert code
        told.codes[marker] = code[1]


def shows(words: str) -> Callable[[Heard], bool]:
    """A card with these words, ready to be sent."""
    return lambda heard: words in heard.text and "Gửi" in " ".join(heard.buttons)


async def hears(resident: Resident, wanted: Callable[[Heard], bool], patience: float) -> Heard:
    """The next message that is wanted; others are repeats or in between."""
    async with asyncio.timeout(patience):
        while not wanted(heard := await resident.next(patience)):
            continue
    return heard


async def somebody_is_answered(residents: Sequence[Resident], patience: float) -> None:
    """It works again: on a busy machine that is seconds after it says so."""
    before = sum(len(resident.heard) for resident in residents)
    async with asyncio.timeout(patience):
        while sum(len(resident.heard) for resident in residents) == before:
            await asyncio.sleep(0.02)
