"""What comes alone is kept and answered in one transaction; what cannot be is kept first, and nothing is lost by it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.bell import Bell
from bot.domain.people import Channel
from bot.errors import StorageBusy
from bot.ports import Hand, RawUpdate, UnitOfWork
from handlers.delivery import Delivery
from handlers.intake import Intake
from handlers.pacing import Pace
from storage import Database
from storage.hand import HandFile
from tests.handlers.cast import Dialogue, Postbox, Shelf, TestClock, at_work, nothing_waits, queued, until, update
from tests.handlers.test_intake_keep import Watched

TELEGRAM = Channel.TELEGRAM


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[HandFile]:
    with opened(tmp_path) as found:
        yield found


@contextmanager
def opened(folder: Path) -> Iterator[HandFile]:
    found = HandFile(folder)
    yield found
    found.close()


def make_intake(
    storage: Watched, dialogue: Dialogue, hand: Hand, *, answered: int = 16, delivery: Delivery | None = None
) -> Intake:
    """As the program makes it on SQLite."""
    return Intake(
        storage,
        {TELEGRAM: Postbox()},
        dialogue.converse,
        dialogue.apologise,
        Shelf(),
        TestClock(),
        answered=answered,
        claims_in_turn=True,
        hand=hand,
        delivery=delivery,
    )


async def test_nobody_looks_for_what_was_claimed_with_its_turn(
    sqlite_database: Database, hand: HandFile, bell: Bell
) -> None:
    """The commit that answers rings; a look then would find nothing, and costs a transaction for each message."""
    storage, postbox = Watched(sqlite_database), Postbox()
    delivery = Delivery(storage, {TELEGRAM: postbox}, bell, TestClock(), {TELEGRAM: Pace(per_second=1000)})
    intake = make_intake(storage, Dialogue(), hand, delivery=delivery)
    async with at_work(delivery.run):
        await until(lambda: storage.begun == 1)  # the look that begins
        for number in range(10):
            await intake.keep(TELEGRAM, [update(number, f"resident-{number}", "Đèn hỏng")])
            await until(lambda sent=number + 1: len(postbox.said) == sent)  # type: ignore[misc]
        begun = storage.begun
    assert begun <= 10 + 3  # besides: the first look, those that are due each second, what came of the last


async def test_a_lone_message_is_kept_and_answered_in_one_commit(sqlite_database: Database, hand: HandFile) -> None:
    """Nobody is at work but the channel that brought it."""
    storage, dialogue = Watched(sqlite_database), Dialogue()
    await make_intake(storage, dialogue, hand).keep(TELEGRAM, [update(1, "lan", "Đèn hỏng")])
    assert storage.commits == 1
    assert await queued(sqlite_database) == [("lan", "Bạn viết: Đèn hỏng")]
    assert await nothing_waits(sqlite_database)


async def test_what_comes_again_is_not_answered_again(sqlite_database: Database, hand: HandFile) -> None:
    dialogue = Dialogue()
    intake = make_intake(Watched(sqlite_database), dialogue, hand)
    for updates in ([update(1, "lan", "a"), update(1, "lan", "a")], [update(1, "lan", "a"), update(2, "lan", "b")]):
        await intake.keep(TELEGRAM, updates)
    assert dialogue.turns == [("lan", "a"), ("lan", "b")]


async def test_a_turn_that_raises_is_kept_and_fails_visibly_and_the_others_are_answered(
    sqlite_database: Database, hand: HandFile
) -> None:
    """All that came together is kept without an answer; then each is taken as ever."""
    dialogue = Dialogue()
    intake = make_intake(Watched(sqlite_database), dialogue, hand)
    await intake.keep(TELEGRAM, [update(1, "minh", "a"), update(2, "lan", "boom"), update(3, "hoa", "b")])
    assert await queued(sqlite_database) == []
    async with at_work(intake.work):
        await until(lambda: nothing_waits(sqlite_database))
    assert await queued(sqlite_database) == [("hoa", "Bạn viết: b"), ("lan", "Xin lỗi"), ("minh", "Bạn viết: a")]
    async with sqlite_database.reading() as uow:
        assert [failed.external_id for failed in await uow.inbox.failed()] == ["2"]


async def test_what_waits_for_a_photo_holds_up_its_own_address_alone(sqlite_database: Database, hand: HandFile) -> None:
    dialogue = Dialogue()
    intake = make_intake(Watched(sqlite_database), dialogue, hand)
    brought = [update(1, "lan", "ảnh", files=("p1",)), update(2, "lan", "ở ngõ 12"), update(3, "hoa", "b")]
    await intake.keep(TELEGRAM, brought)
    await intake.keep(TELEGRAM, [update(4, "lan", "nhé")])
    assert dialogue.turns == [("hoa", "b")]
    intake._channels[TELEGRAM].downloads["p1"].append(b"1")  # type: ignore[attr-defined]  # a Postbox: see make_intake
    async with at_work(intake.work):
        await until(lambda: nothing_waits(sqlite_database))
    assert dialogue.turns == [("hoa", "b"), ("lan", "ảnh"), ("lan", "ở ngõ 12"), ("lan", "nhé")]


async def test_no_more_are_answered_at_once_than_share_a_transaction(sqlite_database: Database, hand: HandFile) -> None:
    dialogue = Dialogue()
    intake = make_intake(Watched(sqlite_database), dialogue, hand, answered=4)
    await intake.keep(TELEGRAM, [update(n, f"resident-{n}", str(n)) for n in range(1, 11)])
    assert [text for _, text in dialogue.turns] == ["1", "2", "3", "4"]
    async with at_work(intake.work):
        await until(lambda: nothing_waits(sqlite_database))
    assert [text for _, text in dialogue.turns] == [str(n) for n in range(1, 11)]


async def test_a_slow_turn_does_not_make_the_channel_wait_for_the_next(
    sqlite_database: Database, hand: HandFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two messages of Lan's come behind Minh's, whose turn takes too long: hers wait for the worker, in their order."""
    monkeypatch.setattr("handlers.at_once.ANSWER_WITHIN", -1.0)
    dialogue = Dialogue()
    intake = make_intake(Watched(sqlite_database), dialogue, hand)
    await intake.keep(TELEGRAM, [update(1, "minh", "a"), update(2, "lan", "b"), update(3, "lan", "c")])
    assert dialogue.turns == [("minh", "a")]
    async with at_work(intake.work):
        await until(lambda: nothing_waits(sqlite_database))
    assert dialogue.turns == [("minh", "a"), ("lan", "b"), ("lan", "c")]


async def test_what_cannot_be_committed_is_neither_acknowledged_nor_answered(
    sqlite_database: Database, hand: HandFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The channel keeps it and brings it again."""

    def refuse(uow: UnitOfWork) -> None:
        async def busy() -> None:
            raise StorageBusy

        monkeypatch.setattr(uow, "commit", busy)

    storage, dialogue = Watched(sqlite_database, on_begin=refuse), Dialogue()
    intake = make_intake(storage, dialogue, hand)
    with pytest.raises(StorageBusy):
        await intake.keep(TELEGRAM, [update(1, "lan", "a")])
    storage.on_begin = None
    assert await queued(sqlite_database) == []
    await intake.keep(TELEGRAM, [update(1, "lan", "a")])
    assert await queued(sqlite_database) == [("lan", "Bạn viết: a")]


async def test_behind_a_long_queue_everybody_waits_their_turn(
    sqlite_database: Database, hand: HandFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an outage: whoever writes now is not answered before those who wrote first."""
    monkeypatch.setattr("handlers.at_once.MOST_BUSY", 2)
    async with sqlite_database.begin() as uow:
        await uow.inbox.keep([update(n, f"resident-{n}", "x") for n in range(3)], datetime.now(UTC))
        await uow.commit()
    dialogue = Dialogue()
    await make_intake(Watched(sqlite_database), dialogue, hand).keep(TELEGRAM, [update(9, "lan", "a")])
    assert dialogue.turns == []


async def test_an_update_that_killed_its_process_is_kept_first_by_the_next_and_put_aside_in_the_end(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """A deadly message and a good one come together, again and again, to a process that has just been started."""
    together = [update(1, "lan", "deadly"), update(2, "hoa", "b")]
    die_with_it_in_hand(tmp_path, together)
    with opened(tmp_path) as hand:
        dialogue = Dialogue()
        intake = make_intake(Watched(sqlite_database), dialogue, hand)
        await intake.keep(TELEGRAM, [*together, update(3, "minh", "c")])
        assert dialogue.turns == [("minh", "c")]
        assert hand.was_dropped(together[0])
    # Kept it is: from here on each claim is counted.
    for _ in range(25):
        async with sqlite_database.begin() as uow:
            await uow.inbox.claim(owner="killed", now=datetime.now(UTC), lease=timedelta(0), most=1)
            await uow.commit()
    async with at_work(intake.work):
        await until(lambda: nothing_waits(sqlite_database))
    assert dialogue.turns == [("minh", "c"), ("hoa", "b")]
    async with sqlite_database.reading() as uow:
        assert [failed.reason for failed in await uow.inbox.failed()] == ["NeverFinished"]


def die_with_it_in_hand(folder: Path, updates: list[RawUpdate]) -> None:
    """SIGKILL in the middle of a turn, in a process of its own."""
    process = get_context("fork").Process(target=_dies, args=(folder, updates))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def _dies(folder: Path, updates: list[RawUpdate]) -> None:
    HandFile(folder).hold(updates)
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_let_go_of_was_not_dropped(tmp_path: Path) -> None:
    """A process that ends, or is killed between two turns, leaves nothing behind."""
    with opened(tmp_path) as hand:
        assert hand.hold([update(1, "lan", "a"), update(2, "lan", "b")])
        hand.let_go()
    with opened(tmp_path) as hand:
        assert not hand.was_dropped(update(1, "lan", "a"))


def test_of_several_only_those_in_hand_at_the_end_were_dropped(tmp_path: Path) -> None:
    with opened(tmp_path) as hand:
        hand.hold([update(1, "lan", "a"), update(2, "lan", "b")])
        hand.hold([update(3, "hoa", "c")])
    with opened(tmp_path) as hand:
        assert [hand.was_dropped(update(n, "lan", "a")) for n in (1, 2, 3)] == [False, False, True]


async def test_where_the_hand_cannot_be_written_down_everything_is_kept_first(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """A full disk, a folder that is gone: nothing is answered that nobody would know of."""
    dialogue = Dialogue()
    with opened(tmp_path / "missing") as hand:
        intake = make_intake(Watched(sqlite_database), dialogue, hand)
        await intake.keep(TELEGRAM, [update(1, "lan", "a")])
        assert dialogue.turns == []
        async with at_work(intake.work):
            await until(lambda: nothing_waits(sqlite_database))
    assert dialogue.turns == [("lan", "a")]


def test_a_damaged_hand_holds_nobody_up(tmp_path: Path) -> None:
    """A page of noise: what it seems to hold is kept first, and no more comes of it."""
    with opened(tmp_path):
        pass
    [page] = tmp_path.iterdir()
    page.write_bytes(os.urandom(page.stat().st_size))
    with opened(tmp_path) as hand:
        assert not hand.was_dropped(update(1, "lan", "a"))
        assert hand.hold([update(1, "lan", "a")])
    with opened(tmp_path) as hand:
        assert hand.was_dropped(update(1, "lan", "a"))
