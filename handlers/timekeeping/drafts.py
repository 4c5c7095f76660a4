"""Unfinished drafts. What is said about them is the dialogue's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.draft import Conversation
from bot.ports import Storage, UnitOfWork
from handlers.timekeeping.timekeeper import MOST_AT_ONCE

Remind = Callable[[UnitOfWork, Conversation, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DueDrafts:
    """Unfinished drafts: a reminder after a day, the end after a week. What is said is the dialogue's."""

    storage: Storage
    remind: Remind
    name: str = "drafts"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            due = await uow.retention.due_drafts(now=now, most=MOST_AT_ONCE)
            for conversation in due:
                await self.remind(uow, conversation, now)
            if due:
                await uow.commit()
        return len(due)
