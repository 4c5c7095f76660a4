"""Everything kept is handled once, in order, and nothing that goes wrong with one resident's message touches another's."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.people import Channel
from bot.domain.reply import NewReply, Reply
from bot.errors import StaleVersion, StorageBusy
from bot.ports import Storage
from handlers.intake import Intake
from handlers.turns import Turn, Turns
from storage import Database
from tests.conftest import Place
from tests.handlers.cast import (
    PATIENCE,
    Dialogue,
    Postbox,
    Shelf,
    TestClock,
    address,
    alternately,
    at_work,
    nothing_waits,
    queued,
    until,
    update,
)
from tests.handlers.test_intake_keep import Watched

TELEGRAM = Channel.TELEGRAM


def make_intake(
    database: Storage, dialogue: Dialogue, *, at_once: int = 4, together: int = 1, lease: timedelta = timedelta(seconds=60)
) -> Intake:
    """As the program makes it: on SQLite a turn may share the transaction that claims it."""
    return Intake(
        database,
        {TELEGRAM: Postbox()},
        dialogue.converse,
        dialogue.apologise,
        Shelf(),
        TestClock(),
        at_once=at_once,
        together=together,
        claims_in_turn=getattr(database, "is_sqlite", False),
        lease=lease,
    )


@pytest.fixture(params=[1, 8], ids=["alone", "together"])
def together(request: pytest.FixtureRequest) -> int:
    """How many turns share a transaction: nothing that is promised may depend on it."""
    return int(request.param)


async def test_a_message_is_handled_and_answered_in_one_transaction(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
        await until(lambda: nothing_waits(database))
    assert dialogue.turns == [("lan", "Đèn hỏng")]
    assert await queued(database) == [("lan", "Bạn viết: Đèn hỏng")]


async def test_a_message_is_handled_at_once_and_not_at_the_next_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keeping wakes the worker: its own next look would come long after we had given up."""
    monkeypatch.setattr("handlers.intake.LOOK_EVERY", 10 * PATIENCE)
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await asyncio.sleep(0.1)  # the worker has looked and found nothing
        await intake.keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
        await until(lambda: bool(dialogue.turns))


async def test_an_update_that_comes_again_is_handled_once(database: Database, together: int) -> None:
    """The channel repeats itself whenever our answer was lost: fifty times at once, and again afterwards."""
    dialogue = Dialogue()
    intake = make_intake(database, dialogue, together=together)
    async with at_work(intake.work):
        await asyncio.gather(*(intake.keep(TELEGRAM, [update(7, "lan", "Đèn hỏng")]) for _ in range(50)))
        await until(lambda: nothing_waits(database))
        await intake.keep(TELEGRAM, [update(7, "lan", "Đèn hỏng"), update(8, "lan", "ở ngõ 12")])
        await until(lambda: len(dialogue.turns) == 2)
        await until(lambda: nothing_waits(database))
    assert dialogue.turns == [("lan", "Đèn hỏng"), ("lan", "ở ngõ 12")]


async def test_each_resident_is_answered_in_order_while_many_write(database: Database, together: int) -> None:
    chats = [f"resident-{number}" for number in range(12)]
    dialogue = Dialogue()
    busy: set[str] = set()

    async def one_at_a_time(incoming: Incoming) -> None:
        chat = incoming.address.external_id
        assert chat not in busy
        busy.add(chat)
        await asyncio.sleep(0)
        busy.discard(chat)

    dialogue.on_turn = one_at_a_time
    intake = make_intake(database, dialogue, together=together)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, alternately(*chats, each=5))
        await until(lambda: nothing_waits(database))
    assert len(dialogue.turns) == 60
    for chat in chats:
        assert [text for whom, text in dialogue.turns if whom == chat] == ["1", "2", "3", "4", "5"]


async def test_a_turn_that_raises_leaves_an_apology_and_nothing_else(database: Database, together: int) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue, together=together)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "minh", "a"), update(2, "lan", "boom"), update(3, "hoa", "b")])
        await until(lambda: nothing_waits(database))
        await intake.keep(TELEGRAM, [update(4, "lan", "và thêm")])
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [
        ("hoa", "Bạn viết: b"),
        ("lan", "Xin lỗi"),
        ("lan", "Bạn viết: và thêm"),
        ("minh", "Bạn viết: a"),
    ]


async def test_the_reason_names_the_error_and_never_repeats_the_resident(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "boom")])
        await until(lambda: nothing_waits(database))
    async with database.reading() as uow:
        [failed] = await uow.inbox.failed()
    assert failed.reason.startswith("LookupError in ")
    assert "boom" not in failed.reason
    assert "0912345678" not in failed.reason


async def test_what_failed_can_be_replayed_once_the_mistake_is_mended(database: Database) -> None:
    dialogue = Dialogue()

    async def make_a_mistake(_: object) -> None:
        raise RuntimeError("a mistake of ours")

    dialogue.on_turn = make_a_mistake
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
        await until(lambda: nothing_waits(database))
        dialogue.on_turn = None
        async with database.begin() as uow:
            [failed] = await uow.inbox.failed()
            assert await uow.inbox.replay([failed.id]) == 1
            await uow.commit()
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("lan", "Xin lỗi"), ("lan", "Bạn viết: Đèn hỏng")]


async def test_a_reader_that_breaks_its_promise_stops_nobody(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "unreadable to a broken reader"), update(2, "hoa", "b")])
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("hoa", "Bạn viết: b"), ("lan", "Xin lỗi")]
    assert dialogue.turns == [("hoa", "b")]


async def test_an_apology_that_fails_as_well_still_puts_the_update_aside(database: Database) -> None:
    dialogue = Dialogue(apology_raises=True)
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "boom"), update(2, "hoa", "b")])
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("hoa", "Bạn viết: b")]
    async with database.reading() as uow:
        assert len(await uow.inbox.failed()) == 1


async def test_many_residents_who_write_together_share_a_transaction(database: Database) -> None:
    """Forty turns in five transactions, and one that fails costs only itself."""
    dialogue = Dialogue()
    storage = Watched(database)
    intake = make_intake(storage, dialogue, together=8)
    await intake.keep(TELEGRAM, [update(number, f"resident-{number}", "x") for number in range(40)])
    storage.commits = 0
    async with at_work(intake.work):
        await until(lambda: nothing_waits(database))
        assert storage.commits <= 7  # one to claim, five turns' worth, one that found nothing more
    assert len(dialogue.turns) == len(await queued(database)) == 40


async def test_what_is_not_from_a_resident_is_kept_and_never_answered(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "a-channel", "bản tin", kind=IncomingKind.IGNORED)])
        await until(lambda: nothing_waits(database))
    assert dialogue.turns == []
    assert await queued(database) == []
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).failed == 0


async def test_a_case_that_staff_change_at_the_same_moment_only_begins_the_turn_anew(database: Database) -> None:
    dialogue = Dialogue()
    dialogue.raises.extend([StaleVersion(), StaleVersion()])
    intake = make_intake(database, dialogue)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "thêm ảnh")])
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("lan", "Bạn viết: thêm ảnh")]


async def test_a_turn_waits_for_storage_and_is_neither_lost_nor_blamed(database: Database, together: int) -> None:
    """The database is away for a moment in the middle of a turn: no apology, no failed row, one answer."""
    dialogue = Dialogue()
    dialogue.raises.extend([StorageBusy(), StorageBusy(), StorageBusy()])
    intake = make_intake(database, dialogue, together=together)
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(1, "lan", "Đèn hỏng"), update(2, "hoa", "b")])
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("hoa", "Bạn viết: b"), ("lan", "Bạn viết: Đèn hỏng")]
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).failed == 0


async def test_two_processes_share_the_work_and_double_none_of_it(
    postgres_place: Place,
) -> None:
    """Two `work` processes on PostgreSQL, each with its own connections, in the middle of a rush."""
    databases = [postgres_place.database(), postgres_place.database()]
    dialogues = [Dialogue(), Dialogue()]
    for one in databases:
        await one.open()
    first, second = (make_intake(one, dialogue) for one, dialogue in zip(databases, dialogues, strict=True))
    chats = [f"resident-{number}" for number in range(120)]
    everything = alternately(*chats, each=2)
    async with at_work(first.work), at_work(second.work):
        await asyncio.gather(
            *(one.keep(TELEGRAM, everything[start : start + 40]) for one in (first, second) for start in range(0, 240, 40))
        )
        await until(lambda: nothing_waits(databases[0]))
    done = dialogues[0].turns + dialogues[1].turns
    assert sorted(done) == sorted((kept.address_id, str((int(kept.external_id) - 1) // 120 + 1)) for kept in everything)
    assert all(dialogue.turns for dialogue in dialogues), "one of the two did everything"
    answers = await queued(databases[0])
    for chat in chats:
        assert [text for whom, text in answers if whom == chat] == [f"Bạn viết: {number}" for number in (1, 2)]
    for one in databases:
        await one.close()


async def test_what_a_killed_process_had_claimed_is_taken_up_when_its_lease_runs_out(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    await intake.keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
    async with database.begin() as uow:
        lease = timedelta(seconds=0.4)
        assert await uow.inbox.claim(owner="killed", now=datetime.now(UTC), lease=lease, most=5)
        await uow.commit()
    async with at_work(intake.work):
        await asyncio.sleep(0.1)
        assert dialogue.turns == []
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("lan", "Bạn viết: Đèn hỏng")]


async def test_nobody_waits_for_a_dead_processs_lease(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    await intake.keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
    async with database.begin() as uow:
        now, hour = datetime.now(UTC), timedelta(hours=1)
        assert await uow.inbox.claim(owner="killed", now=now, lease=hour, most=5)
        await uow.outbox.add([NewReply(address=address("hoa"), reply=Reply(text="Chào"))], now)
        assert await uow.outbox.claim(owner="killed", channels=[TELEGRAM], now=now, lease=hour, most=5)
        await uow.commit()
    assert await database.free_claims_of_the_dead() == 2
    async with at_work(intake.work):
        await until(lambda: nothing_waits(database))
    assert await queued(database) == [("hoa", "Chào"), ("lan", "Bạn viết: Đèn hỏng")]


async def test_a_turn_whose_lease_ran_out_keeps_nothing(database: Database) -> None:
    """Somebody else has the update by now: what this turn did must not stay beside what the other does."""
    dialogue = Dialogue()
    await make_intake(database, dialogue).keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
    turns = Turns(database, dialogue.converse, dialogue.apologise, TestClock(), owner="late", lease=timedelta(seconds=60))
    async with database.begin() as uow:
        [claimed] = await uow.inbox.claim(owner="other", now=datetime.now(UTC), lease=timedelta(seconds=60), most=5)
        await uow.commit()
    await turns.take(Turn(update=claimed, incoming=Postbox().read(claimed)), asyncio.Event())
    assert await queued(database) == []
    assert not await nothing_waits(database)


async def test_asked_to_stop_it_finishes_the_turn_in_hand_and_gives_the_rest_back(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue, at_once=1)
    entered = asyncio.Event()

    async def slowly(incoming: object) -> None:
        entered.set()
        await asyncio.sleep(0.3)

    dialogue.on_turn = slowly
    await intake.keep(TELEGRAM, [update(number, f"resident-{number}", "x") for number in range(1, 21)])
    async with at_work(intake.work) as stop:
        await entered.wait()
        stop.set()
    assert len(dialogue.turns) == 1
    assert len(await queued(database)) == 1
    successor = Dialogue()
    async with at_work(make_intake(database, successor).work):  # at once: nothing is held by a lease
        await until(lambda: nothing_waits(database))
    assert len(successor.turns) == 19


async def test_a_channel_that_is_not_set_up_here_waits_and_holds_up_nobody(database: Database) -> None:
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    kept = update(1, "lan", "x")
    await intake.keep(Channel.ZALO, [replace(kept, channel=Channel.ZALO)])
    async with at_work(intake.work):
        await intake.keep(TELEGRAM, [update(2, "hoa", "b")])
        await until(lambda: len(dialogue.turns) == 1)
        await asyncio.sleep(0.05)
    assert not await nothing_waits(database)


async def test_an_update_that_kills_its_process_every_time_is_put_aside(database: Database) -> None:
    """After 25 claims that never came to an end; the residents behind it go on all the while."""
    dialogue = Dialogue()
    intake = make_intake(database, dialogue)
    await intake.keep(TELEGRAM, [update(1, "lan", "a deadly photo")])
    for _ in range(25):
        async with database.begin() as uow:
            assert await uow.inbox.claim(owner="killed", now=datetime.now(UTC), lease=timedelta(0), most=5)
            await uow.commit()
    async with at_work(intake.work):
        await until(lambda: nothing_waits(database))
    assert dialogue.turns == []
    assert await queued(database) == [("lan", "Xin lỗi")]
    async with database.reading() as uow:
        assert [failed.reason for failed in await uow.inbox.failed()] == ["NeverFinished"]
