"""What `keep` returned for is on disk; many callers share a commit; a caller in trouble harms nobody else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.people import Channel
from bot.errors import StorageBusy
from bot.ports import Inbox, KeptUpdate, RawUpdate, UnitOfWork
from handlers.keeping import MOST_A_COMMIT, Keeper
from storage import Database
from tests.conftest import Place
from tests.handlers.cast import TestClock, update

TELEGRAM = Channel.TELEGRAM


@dataclass
class Picky:
    """An inbox that refuses a whole batch for one update, as an engine would."""

    inbox: Inbox
    refuses: str

    async def keep(self, updates: Sequence[RawUpdate], now: datetime) -> int:
        if any(self.refuses in one.body for one in updates):
            raise ValueError(self.refuses)
        return await self.inbox.keep(updates, now)


@dataclass
class Watched:
    """The real database with a count of its commits, and a door that the test can hold shut."""

    database: Database
    commits: int = 0
    begun: int = 0
    door: asyncio.Event | None = None
    is_broken: bool = False
    on_begin: Callable[[UnitOfWork], None] | None = None

    @property
    def owner(self) -> str:
        return self.database.owner

    async def free_claims_of_the_dead(self) -> int:
        return await self.database.free_claims_of_the_dead()

    async def free_claims(self, owner: str, known: Callable[[], Collection[int]]) -> int:
        return await self.database.free_claims(owner, known)

    async def wait_no_longer(self, now: datetime) -> int:
        return await self.database.wait_no_longer(now)

    async def lead(self, name: str) -> bool:
        return await self.database.lead(name)

    async def company(self) -> int:
        return await self.database.company()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        self.begun += 1
        if self.door:
            await self.door.wait()
        if self.is_broken:
            raise StorageBusy
        async with self.database.begin() as uow:
            if self.on_begin:
                self.on_begin(uow)
            yield uow
        self.commits += 1

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        async with self.database.reading() as uow:
            yield uow

    async def ping(self) -> None:
        await self.database.ping()


def make_keeper(storage: Watched) -> Keeper:
    return Keeper(storage, TestClock(), lambda: None)


async def kept(database: Database) -> list[KeptUpdate]:
    """Everything that waits, also several of one resident; leaves no trace."""
    found: list[KeptUpdate] = []
    async with database.begin() as uow:
        now = datetime.now(UTC)
        while claimed := await uow.inbox.claim(owner="test", now=now, lease=timedelta(hours=1), most=1000):
            found += claimed
            for one in claimed:
                await uow.inbox.mark_handled([one.id], owner="test", now=now)
    return sorted(found, key=lambda one: one.id)


async def test_callers_who_come_together_share_a_commit(database: Database) -> None:
    """A hundred residents write while the disk is busy with the first: two commits, not a hundred and one."""
    storage = Watched(database)
    keeper = make_keeper(storage)
    storage.door = asyncio.Event()
    callers = [asyncio.create_task(keeper.keep([update(n, f"resident-{n}", "x")])) for n in range(100)]
    await asyncio.sleep(0.02)
    assert storage.begun == 1
    storage.door.set()
    await asyncio.gather(*callers)
    assert storage.commits == 1
    assert len(await kept(database)) == 100


async def test_a_lone_caller_waits_for_no_company(database: Database) -> None:
    storage = Watched(database)
    keeper = make_keeper(storage)
    for number in range(3):
        await keeper.keep([update(number, "lan", "x")])
    assert storage.commits == 3


async def test_updates_keep_the_order_in_which_they_came(database: Database) -> None:
    keeper = make_keeper(Watched(database))
    await asyncio.gather(*(keeper.keep([update(n * 2, "lan", "x"), update(n * 2 + 1, "lan", "x")]) for n in range(20)))
    assert [one.external_id for one in await kept(database)] == [str(n) for n in range(40)]


async def test_when_storage_is_away_every_caller_is_told_and_may_come_again(database: Database) -> None:
    storage = Watched(database, is_broken=True)
    keeper = make_keeper(storage)
    told = await asyncio.gather(*(keeper.keep([update(n, "lan", "x")]) for n in range(5)), return_exceptions=True)
    assert [type(one) for one in told] == [StorageBusy] * 5
    storage.is_broken = False
    await asyncio.gather(*(keeper.keep([update(n, "lan", "x")]) for n in range(5)))
    assert len(await kept(database)) == 5


async def test_a_database_locked_by_somebody_else_is_told_as_busy(sqlite_place: Place) -> None:
    """Not a fake: another connection holds SQLite's write lock for longer than we wait."""
    database = Database("", data_dir=sqlite_place.data_dir, lock_timeout=0.2)
    await database.open()
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keeper = make_keeper(Watched(database))
    with pytest.raises(StorageBusy):
        await keeper.keep([update(1, "lan", "x")])
    other.execute("ROLLBACK")
    other.close()
    await keeper.keep([update(1, "lan", "x")])
    assert len(await kept(database)) == 1
    await database.close()


async def test_a_caller_who_goes_away_does_not_take_the_others_with_it(database: Database) -> None:
    """A webhook's connection drops while its update waits for the commit."""
    storage = Watched(database)
    storage.door = asyncio.Event()
    keeper = make_keeper(storage)
    gone = asyncio.create_task(keeper.keep([update(1, "lan", "x")]))
    stays = asyncio.create_task(keeper.keep([update(2, "hoa", "x")]))
    await asyncio.sleep(0.02)
    gone.cancel()
    storage.door.set()
    await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert "2" in [one.external_id for one in await kept(database)]


async def test_ids_that_no_index_takes_are_put_aside_and_not_refused(database: Database) -> None:
    """A refused update is sent again for a day and blocks its chat: an odd one is kept, readable by an operator."""
    keeper = make_keeper(Watched(database))
    odd = [
        update(1, "lan", "x"),
        replace(update(2, "lan", "x"), external_id="9" * 100_000),
        replace(update(3, "lan", "x"), address_id="-" * 100_000),
    ]
    await keeper.keep(odd)
    await keeper.keep(odd)
    assert [one.external_id for one in await kept(database)] == ["1"]
    async with database.reading() as uow:
        failed = await uow.inbox.failed()
    assert len(failed) == 2
    assert all(one.external_id.startswith("sha256:") and "longer" in one.reason for one in failed)


async def test_an_update_that_the_database_refuses_is_put_aside_and_the_others_are_kept(database: Database) -> None:
    """Whatever it is that an engine cannot store: its neighbours in the same commit must not suffer."""

    def be_picky(uow: UnitOfWork) -> None:
        uow.inbox = Picky(uow.inbox, "ớ")  # type: ignore[assignment]  # only `keep` is asked for here

    storage = Watched(database, on_begin=be_picky)
    storage.door = asyncio.Event()
    keeper = make_keeper(storage)
    callers = [
        asyncio.create_task(keeper.keep(updates))
        for updates in ([update(1, "lan", "x")], [update(2, "hoa", "x"), update(3, "hoa", "ớ")], [update(4, "minh", "x")])
    ]
    await asyncio.sleep(0.02)
    storage.door.set()
    await asyncio.gather(*callers)
    assert [one.external_id for one in await kept(database)] == ["1", "2", "4"]
    async with database.reading() as uow:
        [failed] = await uow.inbox.failed()
    assert failed.reason.startswith("ValueError")


async def test_a_flood_is_kept_in_commits_of_bounded_size(database: Database) -> None:
    storage = Watched(database)
    keeper = make_keeper(storage)

    def ten(start: int) -> list[RawUpdate]:
        return [update(n, f"resident-{n}", "x") for n in range(start, start + 10)]

    await asyncio.gather(*(keeper.keep(ten(start)) for start in range(0, 2 * MOST_A_COMMIT, 10)))
    assert 2 <= storage.commits <= 4
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 2 * MOST_A_COMMIT
