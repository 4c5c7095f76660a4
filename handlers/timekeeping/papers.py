"""Papers that were made for somebody at the desk and that nobody may fetch any more."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.long_work import KEPT_FOR
from bot.ports import Storage
from handlers.timekeeping.timekeeper import MOST_AT_ONCE


@dataclass(frozen=True, slots=True)
class OldPapers:
    """Their rows go. Their pieces were doomed before they were stored (`bot.long_work`), and go as doomed files do."""

    storage: Storage
    name: str = "old_papers"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            gone = await uow.long_works.forget(now - KEPT_FOR, most=MOST_AT_ONCE)
            for work in gone:
                await uow.retention.doom(work.keys, now)
            if gone:
                await uow.commit()
        return len(gone)
