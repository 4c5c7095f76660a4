"""The inbox keeps every update once and hands it to one worker at a time, in order for each address."""

import asyncio
from collections import Counter, defaultdict
from datetime import timedelta

from bot.domain.people import Channel
from storage import Database
from tests.conftest import Place
from tests.storage.cast import LATER, LEASE, NOW, claim, keep, update


async def test_an_update_that_comes_twice_is_kept_once(database: Database) -> None:
    """Telegram repeats what it believes unanswered; the resident must not be answered twice."""
    async with database.begin() as uow:
        assert await uow.inbox.keep([update(1, "lan"), update(2, "lan"), update(1, "lan")], NOW) == 2
        await uow.commit()
    async with database.begin() as uow:
        assert await uow.inbox.keep([update(2, "lan"), update(3, "lan")], NOW) == 1
        assert await uow.inbox.keep([update(3, "lan", channel=Channel.WEBCHAT)], NOW) == 1  # another channel's 3
        assert await uow.inbox.keep([], NOW) == 0
        await uow.commit()
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 4
        assert await uow.inbox.last_external_id(Channel.TELEGRAM) == "3"
        assert await uow.inbox.last_external_id(Channel.ZALO) is None


async def test_fifty_replays_at_the_same_moment_keep_one_update(database: Database) -> None:
    """A webhook that is called fifty times in parallel with one update makes one row."""

    async def hook() -> int:
        async with database.begin() as uow:
            new = await uow.inbox.keep([update(7, "lan")], NOW)
            await uow.commit()
            return new

    assert sum(await asyncio.gather(*(hook() for _ in range(50)))) == 1


async def test_what_lan_wrote_is_handled_in_order_and_hoa_does_not_wait_for_it(database: Database) -> None:
    """Never two of one address at a time; other addresses go on beside it."""
    await keep(database, update(1, "lan"), update(2, "lan"), update(3, "hoa"), update(4, "lan"))

    assert await claim(database) == ["1", "3"]
    assert await claim(database, owner="another") == []
    async with database.begin() as uow:
        assert await uow.inbox.mark_handled([1], owner="worker", now=NOW)
        await uow.commit()
    assert await claim(database, owner="another") == ["2"]


async def test_an_update_of_nobody_waits_for_nobody(database: Database) -> None:
    """Updates whose address could not be read have no order among themselves."""
    await keep(database, update(1, ""), update(2, ""))
    assert await claim(database) == ["1", "2"]


async def test_the_oldest_come_first_and_no_more_than_asked_for(database: Database) -> None:
    await keep(database, *(update(number, f"resident {number}") for number in range(1, 8)))
    assert await claim(database, most=3) == ["1", "2", "3"]
    assert await claim(database, most=3) == ["4", "5", "6"]


async def test_a_dead_workers_update_goes_to_the_next_once_its_lease_is_over(database: Database) -> None:
    """And the dead one, should it only have been slow, may then no longer commit."""
    await keep(database, update(1, "lan"))
    assert await claim(database, owner="slow") == ["1"]
    assert await claim(database, owner="quick", now=NOW + LEASE - timedelta(seconds=1)) == []

    async with database.begin() as uow:
        [again] = await uow.inbox.claim(owner="quick", now=LATER, lease=LEASE, most=20)
        await uow.commit()
    assert (again.external_id, again.attempts, again.received_at) == ("1", 1, NOW)

    async with database.begin() as uow:
        assert not await uow.inbox.mark_handled([again.id], owner="slow", now=LATER)
        assert await uow.inbox.mark_handled([again.id], owner="quick", now=LATER)
        assert not await uow.inbox.mark_handled([again.id], owner="quick", now=LATER)  # once is enough
        await uow.commit()


async def test_a_claim_that_is_not_committed_is_none(database: Database) -> None:
    await keep(database, update(1, "lan"))
    async with database.begin() as uow:
        assert len(await uow.inbox.claim(owner="worker", now=NOW, lease=LEASE, most=20)) == 1
    assert await claim(database) == ["1"]


async def test_a_failed_update_steps_aside_and_can_be_replayed(database: Database) -> None:
    """Operators see it with its reason; what Lan wrote after it is handled meanwhile."""
    await keep(database, update(1, "lan"), update(2, "lan"), update(3, "hoa", unreadable="not JSON"))
    assert await claim(database) == ["1"]
    async with database.begin() as uow:
        await uow.inbox.mark_failed(1, reason="KeyError\0: \ud800", now=NOW)
        await uow.commit()

    assert await claim(database) == ["2"]
    async with database.begin() as uow:
        assert [(row.external_id, row.reason) for row in await uow.inbox.failed()] == [
            ("3", "not JSON"),
            ("1", "KeyError\ufffd: \ufffd"),
        ]
        assert (await uow.inbox.backlog()).failed == 2
        assert await uow.inbox.replay([1, 2, 999]) == 1  # 2 has not failed
        assert await uow.inbox.replay([]) == 0
        await uow.commit()
    # 1 waits until 2, which is in somebody's hands, is done: never two of one address.
    assert await claim(database, owner="another") == []
    async with database.begin() as uow:
        await uow.inbox.mark_handled([2], owner="worker", now=NOW)
        [again] = await uow.inbox.claim(owner="worker", now=NOW, lease=LEASE, most=20)
        assert (again.external_id, again.attempts) == ("1", 0)


async def test_a_released_update_comes_back_when_it_is_due_and_keeps_its_place(database: Database) -> None:
    await keep(database, update(1, "lan"), update(2, "lan"))
    assert await claim(database) == ["1"]
    async with database.begin() as uow:
        await uow.inbox.release(1, due_at=NOW + timedelta(seconds=5))
        await uow.commit()

    assert await claim(database) == []  # 2 must not overtake it
    assert await claim(database, now=NOW + timedelta(seconds=5)) == ["1"]


async def test_the_backlog_says_how_much_waits_and_since_when(database: Database) -> None:
    async with database.begin() as uow:
        assert (await uow.inbox.backlog()).oldest is None
        await uow.inbox.keep([update(1, "lan")], NOW)
        await uow.inbox.keep([update(2, "hoa")], LATER)
        await uow.inbox.mark_failed(1, reason="", now=NOW)
        backlog = await uow.inbox.backlog()
    assert (backlog.waiting, backlog.oldest, backlog.failed) == (1, LATER, 1)


async def test_four_workers_never_hold_two_updates_of_one_address(database_place: Place) -> None:
    """Each with its own connections where the engine allows it; order per address holds to the end."""
    databases = [database_place.database() for _ in range(4 if database_place.engine == "postgresql" else 1)]
    for database in databases:
        await database.open()
    residents = ["lan", "hoa", "nam"]
    await keep(databases[0], *(update(number, residents[number % 3]) for number in range(60)))
    in_hand: Counter[str] = Counter()
    order: dict[str, list[int]] = defaultdict(list)

    async def work(number: int) -> None:
        database, owner = databases[number % len(databases)], f"worker {number}"
        while sum(map(len, order.values())) < 60:
            async with database.begin() as uow:
                kept = await uow.inbox.claim(owner=owner, now=NOW, lease=LEASE, most=2)
                await uow.commit()
            for one in kept:
                in_hand[one.address_id] += 1
                assert in_hand[one.address_id] == 1, f"two updates of {one.address_id} at once"
                order[one.address_id].append(int(one.external_id))
            for one in kept:
                await asyncio.sleep(0.001)
                async with database.begin() as uow:
                    in_hand[one.address_id] -= 1
                    assert await uow.inbox.mark_handled([one.id], owner=owner, now=NOW)
                    await uow.commit()

    async with asyncio.timeout(60):
        await asyncio.gather(*(work(number) for number in range(4)))
    for database in databases:
        await database.close()
    assert all(seen == sorted(seen) for seen in order.values())
    assert {who: len(seen) for who, seen in order.items()} == dict.fromkeys(residents, 20)


async def test_an_earlier_update_that_is_committed_late_waits_for_the_one_in_hand(postgres_place: Place) -> None:
    """Ids are given before the commit, so on PostgreSQL 10 can appear after 11 was taken: 10 must wait for 11.

    Two claims that look at the same moment would each see the other's row as free; they take turns instead.
    """
    one, two = postgres_place.database(), postgres_place.database()
    await one.open()
    await two.open()
    async with one.begin() as late:
        await late.inbox.keep([update(10, "lan")], NOW)
        await keep(two, update(11, "lan"))
        async with two.begin() as first:
            assert [u.external_id for u in await first.inbox.claim(owner="a", now=NOW, lease=LEASE, most=5)] == ["11"]
            await late.commit()
            second = asyncio.create_task(claim(one, owner="b"))
            await asyncio.sleep(0.2)
            assert not second.done(), "the second claim did not wait for its turn"
            await first.commit()
    assert await second == []
    await one.close()
    await two.close()
