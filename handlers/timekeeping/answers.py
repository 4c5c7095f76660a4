"""Answers that wait in vain, because their channel does not come back, go to another chat of their resident."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import Channel
from bot.ports import Storage
from bot.services.move_answers import move_stuck

MOST_LOOKS = 50  # of a handful each: the rest is looked at the next time


@dataclass(frozen=True, slots=True)
class StuckAnswers:
    """See `bot.services.move_answers`.

    Args:
        channels: Those that are set up; an answer may wait for one that is no longer.
    """

    storage: Storage
    channels: Collection[Channel]
    name: str = "stuck_answers"

    async def do(self, now: datetime) -> int:
        after = done = 0
        for _ in range(MOST_LOOKS):
            async with self.storage.begin() as uow:
                moved, after = await move_stuck(uow, channels=self.channels, now=now, after=after)
                if moved:
                    await uow.commit()
            done += moved
            if not after:
                break
        return done
