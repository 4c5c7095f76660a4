"""The loop that does what is due: every kind in turn, none kept from its work by another, all of it stopped at once."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.bell import heard
from bot.clock import SystemClock
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Channel
from bot.ports import UnitOfWork
from handlers.timekeeping import MOST_ROUNDS, DoomedFiles, DueDrafts, OldMail, Timekeeper
from storage import Database
from storage.files import open_file_store
from tests.conftest import Place

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)


@dataclass
class Work:
    """So much is due; each look does one of it."""

    left: int
    name: str = "work"
    done: int = 0
    fails: bool = False
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def do(self, now: datetime) -> int:
        assert now.tzinfo is not None
        self.looked.set()
        if self.fails:
            raise OSError("the disk is away")
        found = min(self.left, 1)
        self.left -= found
        self.done += found
        return found


async def test_each_kind_is_done_until_nothing_is_due_and_a_failing_one_stops_nobody() -> None:
    broken, much, some = Work(1, fails=True), Work(MOST_ROUNDS + 5), Work(3)
    stop = asyncio.Event()
    running = asyncio.create_task(Timekeeper([broken, much, some], SystemClock(), look_every=0.01).run(stop))
    async with asyncio.timeout(60):
        while much.left or some.left:
            await asyncio.sleep(0.01)
        broken.fails = False
        while broken.left:
            await asyncio.sleep(0.01)
        stop.set()
        await running
    assert (much.done, some.done, broken.done) == (MOST_ROUNDS + 5, 3, 1)


async def test_it_stops_at_once_while_it_waits() -> None:
    work, stop = Work(0), asyncio.Event()
    running = asyncio.create_task(Timekeeper([work], SystemClock(), look_every=3600).run(stop))
    async with asyncio.timeout(60):
        await heard(work.looked, 60)
        stop.set()
        await running


async def test_a_file_that_is_needed_again_stays(database: Database) -> None:
    """Doomed when nobody had it, drafted since: it is spared, and so is nothing else."""
    store = open_file_store("memory://")
    needed, free = await store.put(b"needed"), await store.put(b"free")
    photo = StoredFile(needed, FileKind.PHOTO, None, "image/jpeg", 6)
    draft = Draft(serial="ABC234", started_at=NOW, parts=(DraftPart(source_id="1", text="", files=(photo,)),))
    async with database.begin() as uow:
        await uow.retention.doom([needed, free, "f" * 64], NOW)
        address = Address(Channel.TELEGRAM, "1001")
        await uow.conversations.put(Conversation(address=address, draft=draft, draft_due_at=NOW + timedelta(days=1)), NOW)
        await uow.commit()
    work = DoomedFiles(database, store)
    assert await work.do(NOW - timedelta(seconds=1)) == 0
    assert await work.do(NOW) == 3
    assert await work.do(NOW) == 0
    assert await store.get(needed) == b"needed"
    try:
        await store.get(free)
    except FileNotFoundError:
        return
    raise AssertionError("the free file is still there")


async def test_what_was_due_while_nothing_ran_is_done_after_a_restart(database_place: Place) -> None:
    """Two processes on PostgreSQL look at the same moment: each draft is reminded of once."""
    first = database_place.database()
    await first.open()
    async with first.begin() as uow:
        for number in range(30):
            address = Address(Channel.TELEGRAM, str(number))
            draft = Draft(serial="ABC234", started_at=NOW)
            await uow.conversations.put(Conversation(address=address, draft=draft, draft_due_at=NOW), NOW)
        await uow.commit()
    await first.close()
    told: list[str] = []

    async def remind(uow: UnitOfWork, conversation: Conversation, now: datetime) -> None:
        await asyncio.sleep(0.001)
        told.append(conversation.address.external_id)
        await uow.conversations.put(Conversation(address=conversation.address, resident_id=conversation.resident_id), now)

    again = [database_place.database() for _ in range(2 if database_place.engine == "postgresql" else 1)]
    for database in again:
        await database.open()

    async def run(database: Database) -> None:
        while await DueDrafts(database, remind).do(NOW + timedelta(days=3)):
            pass

    await asyncio.gather(*(run(database) for database in again))
    assert sorted(told) == sorted(str(number) for number in range(30))
    assert await OldMail(again[0]).do(NOW) == 0
    for database in again:
        await database.close()
