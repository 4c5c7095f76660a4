"""What a dead process had claimed is free at once; what a living one has in hand stays its own."""

from datetime import timedelta

from sqlalchemy import text

from bot.domain.people import Channel
from bot.ports import RawUpdate
from storage import Database
from tests.conftest import Place
from tests.storage.cast import NOW, says

LEASE = timedelta(hours=1)
UPDATE = RawUpdate(channel=Channel.TELEGRAM, external_id="1", address_id="lan", body="{}")


async def claims_everything(database: Database, owner: str) -> tuple[int, int]:
    """How many updates and replies this owner got."""
    async with database.begin() as uow:
        await uow.inbox.keep([UPDATE], NOW)
        updates = await uow.inbox.claim(owner=owner, now=NOW, lease=LEASE, most=9)
        replies = await uow.outbox.claim(owner=owner, channels=list(Channel), now=NOW, lease=LEASE, most=9)
        await uow.commit()
    return len(updates), len(replies)


async def queue_a_reply(database: Database) -> None:
    async with database.begin() as uow:
        await uow.outbox.add([says("một")], NOW)
        await uow.commit()


async def test_the_next_process_goes_on_with_what_a_killed_one_had(database_place: Place) -> None:
    """Its claims are free as soon as the new process has opened the database, an hour before the lease ends."""
    killed = database_place.database()
    await killed.open()
    await queue_a_reply(killed)
    assert await claims_everything(killed, f"{killed.owner}/intake") == (1, 1)
    await killed.close()

    fresh = database_place.database()
    await fresh.open()
    assert await claims_everything(fresh, f"{fresh.owner}/intake") == (1, 1)
    await fresh.close()


async def test_our_own_claims_stay_ours(database: Database) -> None:
    await queue_a_reply(database)
    assert await claims_everything(database, f"{database.owner}/intake") == (1, 1)
    assert await database.free_claims_of_the_dead() == 0
    assert await claims_everything(database, f"{database.owner}/another") == (0, 0)


async def test_a_living_process_keeps_its_claims_beside_others(postgres_place: Place) -> None:
    """Two processes on PostgreSQL: neither frees the other's work, until one of them is gone."""
    one, other = postgres_place.database(), postgres_place.database()
    await one.open()
    await other.open()
    await queue_a_reply(one)
    assert await claims_everything(one, f"{one.owner}/intake") == (1, 1)
    assert await other.free_claims_of_the_dead() == 0
    assert await claims_everything(other, f"{other.owner}/intake") == (0, 0)

    await one.close()
    assert await other.free_claims_of_the_dead() == 2
    assert await claims_everything(other, f"{other.owner}/intake") == (1, 1)
    await other.close()


async def test_a_lost_session_is_replaced_and_says_again_that_we_live(postgres_place: Place) -> None:
    """The server ends our session: the next look opens another, and nothing of ours is freed by somebody else after it."""
    one, other = postgres_place.database(), postgres_place.database()
    await one.open()
    await other.open()
    await queue_a_reply(one)
    async with other._transaction() as connection:  # no noun of ours ends a session
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::text = :number"
        await connection.execute(text(ended), {"number": one.owner})
        await connection.commit()
    await one.free_claims_of_the_dead()
    assert await claims_everything(one, f"{one.owner}/intake") == (1, 1)
    assert await other.free_claims_of_the_dead() == 0
    await one.close()
    await other.close()


async def test_one_process_leads_and_the_next_takes_over_when_it_is_gone(postgres_place: Place) -> None:
    """Of three, one leads each thing; the dead one's part is free as soon as its session is."""
    processes = [postgres_place.database() for _ in range(3)]
    for process in processes:
        await process.open()
    assert [await process.lead("timers") for process in processes] == [True, False, False]
    assert [await process.lead("polling") for process in processes[::-1]] == [True, False, False]
    assert [await process.lead("timers") for process in processes] == [True, False, False]
    assert [await process.company() for process in processes] == [3, 3, 3]
    await processes[0].close()
    assert [await process.lead("timers") for process in processes[1:]] == [True, False]
    assert [await process.company() for process in processes[1:]] == [2, 2]
    for process in processes[1:]:
        await process.close()


async def test_who_lost_the_session_leads_no_longer(postgres_place: Place) -> None:
    """The server ended it: until somebody asks, both would say that they lead; at the next look one does."""
    one, other = postgres_place.database(), postgres_place.database()
    await one.open()
    await other.open()
    assert await one.lead("timers")
    async with other._transaction() as connection:  # no noun of ours ends a session
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::text = :number"
        await connection.execute(text(ended), {"number": one.owner})
        await connection.commit()
    assert await other.lead("timers")
    await one.free_claims_of_the_dead()  # each process does, every other second
    assert not await one.lead("timers")
    await one.close()
    await other.close()


async def test_where_there_is_one_process_it_leads(sqlite_database: Database) -> None:
    assert await sqlite_database.lead("timers")
    assert await sqlite_database.company() == 1
