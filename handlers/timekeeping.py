"""What is due without anybody asking: one loop that looks at stored due times, so that nothing is forgotten by a restart.

Each kind of work is a `DueWork` of its own; what it decides is elsewhere. Any number of processes may run this loop: what
one has taken is passed over by the others, and moving a due time on is part of the same transaction as the work.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.draft import Conversation
from bot.ports import CalendarSource, Clock, FileStore, Storage, UnitOfWork
from bot.services.erase import erase_due
from bot.services.morning import send_digests
from bot.services.own_case import return_idle_cases
from bot.services.tell_staff import spread_facts, tell_due
from handlers.faults import described

log = structlog.get_logger()

LOOK_EVERY = 20.0  # seconds
MOST_AT_ONCE = 20  # of one kind in one transaction: nobody else waits long behind it
MOST_FACTS = 25  # that are spread in one transaction: each is held against everybody with a linked chat
MOST_DIGESTS = 5
LOOK_FOR_NOTICES_EVERY = 3.0  # seconds: an emergency is told at once
MOST_ROUNDS = 50  # of one kind before the others have their turn again
MAIL_IS_KEPT = timedelta(days=30)  # raw updates, from when they were handled; to find out what went wrong


class DueWork(Protocol):
    """One kind of work that is due by itself."""

    @property
    def name(self) -> str:
        """For the log."""
        ...

    async def do(self, now: datetime) -> int:
        """Do what is due, a handful at most; returns how much was done, 0 when nothing is due."""
        ...


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


@dataclass(frozen=True, slots=True)
class DueErasures:
    """Cases whose residents asked to be forgotten, once they were answered."""

    storage: Storage
    name: str = "erasures"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            done = await erase_due(uow, now=now, most=MOST_AT_ONCE)
            if done:
                await uow.commit()
        return done


@dataclass(frozen=True, slots=True)
class OldMail:
    """Raw updates that were handled long ago and that no page shows again."""

    storage: Storage
    name: str = "old_mail"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            done = await uow.retention.blank_old_mail(handled_before=now - MAIL_IS_KEPT, most=10 * MOST_AT_ONCE)
            if done:
                await uow.commit()
        return done


@dataclass(frozen=True, slots=True)
class DoomedFiles:
    """Files that nothing points to any more are removed from the store, with no transaction open.

    Two processes may both remove one: the second finds nothing.
    """

    storage: Storage
    files: FileStore
    name: str = "doomed_files"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            keys = await uow.retention.doomed(now=now, most=MOST_AT_ONCE)
            free = [key for key in keys if not await uow.retention.is_needed(key)]
        for key in free:
            await self.files.remove(key)
        if keys:
            async with self.storage.begin() as uow:
                await uow.retention.spare(keys)
                await uow.commit()
        return len(keys)


@dataclass(frozen=True, slots=True)
class IdleOwners:
    """Cases whose owners did nothing in time go back to the queue."""

    storage: Storage
    calendar: CalendarSource
    name: str = "idle_owners"

    async def do(self, now: datetime) -> int:
        async with self.storage.begin() as uow:
            returned = await return_idle_cases(uow, now=now, calendar=self.calendar, most=MOST_AT_ONCE)
            await uow.commit()  # also what an owner keeps, because they did something, has a new time
        return len(returned)


@dataclass(frozen=True, slots=True)
class DueNotices:
    """What happened to cases is told to staff in the chats they linked. A look that finds nothing takes no lock."""

    storage: Storage
    calendar: CalendarSource
    public_url: str = ""
    name: str = "notices"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            if not await uow.notices.is_anything_due(now):
                return 0
        async with self.storage.begin() as uow:
            await uow.notices.take_turn()
            done = await spread_facts(uow, now=now, most=MOST_FACTS)
            zone = self.calendar.current().timezone
            done += await tell_due(uow, now=now, zone=zone, public_url=self.public_url, most=MOST_AT_ONCE)
            await uow.commit()
        return done


@dataclass(frozen=True, slots=True)
class DueDigests:
    """The morning's digest for everybody who wants it, on days that are worked. A few at a time: each is some counting."""

    storage: Storage
    calendar: CalendarSource
    public_url: str = ""
    name: str = "digests"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            if not await uow.notices.digests_due(now, most=1):
                return 0
        async with self.storage.begin() as uow:
            await uow.notices.take_turn()
            done = await send_digests(
                uow,
                now=now,
                zone=self.calendar.current().timezone,
                calendar=self.calendar,
                public_url=self.public_url,
                most=MOST_DIGESTS,
            )
            if done:
                await uow.commit()
        return done


class Timekeeper:
    """Looks at every kind of due work in turn, now and every few seconds."""

    def __init__(self, works: Sequence[DueWork], clock: Clock, *, look_every: float = LOOK_EVERY) -> None:
        self._works = tuple(works)
        self._clock = clock
        self._look_every = look_every

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Work that fails is tried again at the next look, and keeps no other from being done."""
        while not stop.is_set():
            for work in self._works:
                await self._do(work, stop)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every):
                    await stop.wait()

    async def _do(self, work: DueWork, stop: asyncio.Event) -> None:
        done = 0
        try:
            for _ in range(MOST_ROUNDS):
                found = 0 if stop.is_set() else await work.do(self._clock.now())
                done += found
                if not found:
                    break
        except Exception as error:  # storage away, a store out of reach, a mistake of ours: the loop goes on
            log.warning("due_work_failed", work=work.name, reason=described(error))
        if done:
            log.info("due_work_done", work=work.name, count=done)
