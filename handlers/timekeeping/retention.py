"""What is kept no longer: cases to be forgotten, old mail, files that nothing points to."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bot.ports import FileStore, Storage, Wiper
from bot.services.erase import erase_due
from bot.services.fade import fade_due, warn_of_fading
from bot.services.fade_ledger import fade_ledger
from handlers.timekeeping.timekeeper import MOST_AT_ONCE

MAIL_IS_KEPT = timedelta(days=30)  # raw updates, from when they were handled; to find out what went wrong

FADINGS_EVERY = timedelta(hours=1)


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


@dataclass(slots=True)
class DueFadings:
    """Closed cases whose time is over: announced, and thirty days later without words. Looked for once an hour."""

    storage: Storage
    name: str = "fadings"
    _look_at: datetime | None = None

    async def do(self, now: datetime) -> int:
        if self._look_at is not None and now < self._look_at:
            return 0
        async with self.storage.begin() as uow:
            done = await fade_due(uow, now=now, most=MOST_AT_ONCE) or await warn_of_fading(uow, now=now, most=MOST_AT_ONCE)
            if done:
                await uow.commit()
        self._look_at = None if done else now + FADINGS_EVERY
        return done


@dataclass(slots=True)
class DueLedger:
    """Names and photos of the campaign ledger whose time is over. Looked for once an hour."""

    storage: Storage
    zone: tzinfo
    name: str = "ledger"
    _look_at: datetime | None = None

    async def do(self, now: datetime) -> int:
        if self._look_at is not None and now < self._look_at:
            return 0
        async with self.storage.begin() as uow:
            done = await fade_ledger(uow, zone=self.zone, now=now, most=MOST_AT_ONCE)
            if done:
                await uow.commit()
        self._look_at = None if done else now + FADINGS_EVERY
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
class ErasedBytes:
    """Keys that were destroyed, still in the database's own files. Looked for after what destroys them."""

    files: Wiper
    name: str = "erased_bytes"

    async def do(self, now: datetime) -> int:  # noqa: ARG002 - as every `DueWork`
        await self.files.wipe()
        return 0  # what could not be done is done at a later look


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
                await uow.prints.forget(free)
                await uow.retention.spare(keys)
                await uow.commit()
        return len(keys)
