"""Every reply reaches its resident once and in order, or staff see that it did not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.bell import Bell
from bot.domain.people import Address, Channel
from bot.domain.reply import DeliveryResult, NewReply, Reply
from bot.errors import NeverDeliverable, TryLater
from bot.ports import Outbox, UnitOfWork
from handlers.delivery import STOP_WITHIN, Delivery
from handlers.exchange import MOST_ROUNDS
from handlers.pacing import Pace
from storage import Database
from storage.recording import Recording
from tests.handlers.cast import PATIENCE, Postbox, TestClock, address, at_work, nothing_to_send, until
from tests.handlers.test_intake_keep import Watched

TELEGRAM = Channel.TELEGRAM
QUICK = Pace(per_second=1000, per_chat_per_second=1000)


def make_delivery(
    database: Database | Watched,
    channel: Postbox,
    bell: Bell,
    *,
    clock: TestClock | None = None,
    pace: Pace | None = QUICK,
    lease: timedelta = timedelta(seconds=45),
) -> Delivery:
    return Delivery(database, {channel.channel: channel}, bell, clock or TestClock(), {channel.channel: pace}, lease=lease)


async def say(database: Database, *lines: tuple[str, str], channel: Channel = TELEGRAM) -> None:
    """Queue replies in this order, in one transaction: (chat, text)."""
    async with database.begin() as uow:
        replies = [NewReply(address=Address(channel, chat), reply=Reply(text=words)) for chat, words in lines]
        await uow.outbox.add(replies, datetime.now(UTC))
        await uow.commit()


async def rows(database: Database) -> list[Mapping[str, Any]]:
    """The outbox as it stands in the table, oldest first."""
    async with database._transaction() as connection:  # no port shows a finished row to a test
        found = await connection.execute(text("SELECT * FROM outbox ORDER BY id"))
        return [dict(row) for row in found.mappings()]


async def test_a_reply_is_sent_once_and_its_message_id_kept(database: Database, bell: Bell) -> None:
    channel = Postbox()
    async with at_work(make_delivery(database, channel, bell).run):
        await say(database, ("lan", "Đã nhận"))
        await until(lambda: nothing_to_send(database))
    assert channel.said == [("lan", "Đã nhận")]
    [row] = await rows(database)
    assert (row["state"], row["provider_id"]) == ("sent", "message-1")


async def test_the_bell_wakes_it(database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own next look would come long after we had given up."""
    monkeypatch.setattr("handlers.delivery.LOOK_EVERY", 10 * PATIENCE)
    channel = Postbox()
    async with at_work(make_delivery(database, channel, bell).run):
        await asyncio.sleep(0.2)  # it has looked and found nothing
        await say(database, ("lan", "Đã nhận"))
        await until(lambda: bool(channel.said))


async def test_each_resident_reads_the_replies_in_order_and_residents_side_by_side(database: Database, bell: Bell) -> None:
    channel = Postbox()

    async def a_slow_network() -> None:
        await asyncio.sleep(0.01)

    channel.before_sending = a_slow_network
    chats = [f"resident-{number}" for number in range(10)]
    async with at_work(make_delivery(database, channel, bell).run):
        await say(database, *((chat, str(number)) for number in range(6) for chat in chats))
        await until(lambda: nothing_to_send(database))
    for chat in chats:
        assert channel.heard_by(chat) == ["0", "1", "2", "3", "4", "5"]
    assert channel.most_in_flight == 10


async def test_no_transaction_is_open_while_a_reply_is_sent(database: Database, bell: Bell) -> None:
    channel = Postbox()
    pings = 0

    async def write_something() -> None:
        nonlocal pings
        await asyncio.wait_for(database.ping(), PATIENCE)
        pings += 1

    channel.before_sending = write_something
    async with at_work(make_delivery(database, channel, bell).run):
        await say(database, ("lan", "a"), ("hoa", "b"))
        await until(lambda: nothing_to_send(database))
    assert pings == 2


async def test_a_refusal_with_a_wait_is_obeyed_exactly(database: Database, bell: Bell) -> None:
    """`retry_after` 40: not after our own two seconds, and what follows for this resident waits behind it."""
    channel = Postbox()
    channel.answers["lan"].append(TryLater(after=timedelta(seconds=40), acted=False))
    await say(database, ("lan", "1"), ("lan", "2"), ("hoa", "b"))
    clock = TestClock(stands_at=datetime.now(UTC))
    async with at_work(make_delivery(database, channel, bell, clock=clock).run):
        await until(lambda: channel.said == [("hoa", "b")])
        await until(lambda: _is_waiting_after(database, 1))
        first = (await rows(database))[0]
        assert _moment(first["due_at"]) - clock.now() == timedelta(seconds=40)
        clock.moved = timedelta(seconds=38)
        bell.ring([])
        await asyncio.sleep(0.1)
        assert channel.heard_by("lan") == []
        clock.moved = timedelta(seconds=41)
        bell.ring([])
        await until(lambda: channel.heard_by("lan") == ["1", "2"])


async def test_a_server_in_trouble_is_tried_again_after_growing_waits(database: Database, bell: Bell) -> None:
    channel = Postbox()
    channel.answers["lan"].extend([TryLater(), ConnectionResetError("peer"), TryLater()])
    await say(database, ("lan", "Đã nhận"))
    clock = TestClock(stands_at=datetime.now(UTC))
    waits = []
    async with at_work(make_delivery(database, channel, bell, clock=clock).run):
        for tries in (1, 2, 3):
            await until(lambda so_far=tries: _is_waiting_after(database, so_far))  # type: ignore[misc]  # no default inferred
            [row] = await rows(database)
            waits.append(round((_moment(row["due_at"]) - clock.now()).total_seconds()))
            clock.moved += timedelta(seconds=600)
            bell.ring([])
        await until(lambda: nothing_to_send(database))
    assert waits == [2, 4, 8]
    assert channel.heard_by("lan") == ["Đã nhận"]


async def test_what_breaks_inside_a_channel_costs_one_try_and_its_text_is_not_kept(database: Database, bell: Bell) -> None:
    channel = Postbox()
    channel.answers["lan"].append(KeyError("secret-token 0912345678"))
    async with at_work(make_delivery(database, channel, bell).run):
        await say(database, ("lan", "a"), ("hoa", "b"))
        await until(lambda: _is_waiting_after(database, 1))
    [lans, hoas] = await rows(database)
    assert hoas["state"] == "sent"
    assert lans["state"] == "waiting"
    assert "KeyError" in lans["error"]
    assert "secret-token" not in lans["error"]


async def test_a_refusal_for_good_is_final_and_the_next_reply_still_goes(database: Database, bell: Bell) -> None:
    channel = Postbox()
    channel.answers["lan"].append(NeverDeliverable(description="message is too long"))
    async with at_work(make_delivery(database, channel, bell).run):
        await say(database, ("lan", "1"), ("lan", "2"))
        await until(lambda: nothing_to_send(database))
    first, second = await rows(database)
    assert (first["state"], second["state"]) == ("failed", "sent")
    assert "message is too long" in first["error"]


async def test_a_resident_who_stopped_the_bot_is_remembered_as_blocked(database: Database, bell: Bell) -> None:
    async with database.begin() as uow:
        await uow.conversations.put(await uow.conversations.get(address("lan")), datetime.now(UTC))
        await uow.commit()
    channel = Postbox()
    channel.answers["lan"].append(NeverDeliverable(blocked=True))
    async with at_work(make_delivery(database, channel, bell).run):
        await say(database, ("lan", "Đã nhận"))
        await until(lambda: nothing_to_send(database))
    async with database.reading() as uow:
        assert (await uow.conversations.get(address("lan"))).is_blocked


async def test_after_a_day_of_trying_it_is_a_dead_letter_that_can_be_replayed(database: Database, bell: Bell) -> None:
    channel, clock = Postbox(), TestClock()
    channel.answers["lan"].extend([TryLater()] * 10)
    await say(database, ("lan", "Đã nhận"))
    clock.moved = timedelta(hours=25)
    async with at_work(make_delivery(database, channel, bell, clock=clock).run):
        for tries in range(1, 10):
            await until(lambda so_far=tries: _is_waiting_after(database, so_far))  # type: ignore[misc]  # no default inferred
            clock.moved += timedelta(minutes=11)
            bell.ring([])
        await until(lambda: nothing_to_send(database))
        [row] = await rows(database)
        assert row["state"] == "failed"
        async with database.begin() as uow:
            assert (await uow.outbox.backlog(clock.now())).failed == 1
            assert await uow.outbox.replay([row["id"]], clock.now()) == 1
            await uow.commit()
        await until(lambda: channel.heard_by("lan") == ["Đã nhận"])


async def test_one_slow_chat_delays_nobody_else(database: Database, bell: Bell) -> None:
    """Lan has ten replies waiting at one a second; Hoa's, queued last, is not held up by them."""
    channel = Postbox()
    await say(database, *(("lan", str(number)) for number in range(10)), ("hoa", "b"))
    async with at_work(make_delivery(database, channel, bell, pace=Pace(per_second=30)).run):
        began = asyncio.get_running_loop().time()
        await until(lambda: ("hoa", "b") in channel.said)
        assert asyncio.get_running_loop().time() - began < 5  # Lan's take eight
        await until(lambda: len(channel.heard_by("lan")) >= 5)
        moments = [at for (chat, _), at in zip(channel.said, channel.said_at, strict=True) if chat == "lan"]
        assert channel.heard_by("lan")[:5] == ["0", "1", "2", "3", "4"]
        assert (moments[3] - began, moments[4] - began) > (1, 2)  # three at once, then one a second
        assert moments[2] - began < 5


async def test_what_needs_no_network_is_sent_in_the_transaction_that_claims_it(database: Database, bell: Bell) -> None:
    """A page finds its lines with one commit, several of one resident too, in their order; a messenger's go out after it."""
    webchat, telegram = Postbox(Channel.WEBCHAT), Postbox()
    await say(database, *(("lan", str(number)) for number in range(3)), ("hoa", "b"), channel=Channel.WEBCHAT)
    await say(database, ("minh", "c"))
    storage = Watched(database)
    commits: list[int] = []

    async def note() -> None:
        commits.append(storage.commits)

    webchat.before_sending, telegram.before_sending = note, note
    channels = {TELEGRAM: telegram, Channel.WEBCHAT: webchat}
    delivery = Delivery(storage, channels, bell, TestClock(), {TELEGRAM: QUICK, Channel.WEBCHAT: None})
    async with at_work(delivery.run):
        await until(lambda: nothing_to_send(database))
    assert webchat.heard_by("lan") == ["0", "1", "2"]
    assert sorted(webchat.said + telegram.said) == [("hoa", "b"), ("lan", "0"), ("lan", "1"), ("lan", "2"), ("minh", "c")]
    assert commits == [0, 0, 0, 0, 1]


async def test_more_replies_to_one_page_than_a_transaction_takes_all_arrive(database: Database, bell: Bell) -> None:
    webchat = Postbox(Channel.WEBCHAT)
    await say(database, *(("lan", str(number)) for number in range(3 * MOST_ROUNDS)), channel=Channel.WEBCHAT)
    async with at_work(make_delivery(database, webchat, bell, pace=None).run):
        await until(lambda: nothing_to_send(database))
    assert webchat.heard_by("lan") == [str(number) for number in range(3 * MOST_ROUNDS)]


async def test_what_the_database_refuses_of_a_page_keeps_no_other_from_its_own(
    database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lan's line cannot be written down as sent: Hoa's arrives, and what comes after it does."""
    record = Recording.record

    async def refuse(self: Recording, results: Sequence[DeliveryResult]) -> None:
        if any(result.reply_id == 1 and result.provider_id for result in results):
            raise ValueError("no such column")
        await record(self, results)

    monkeypatch.setattr(Recording, "record", refuse)
    webchat = Postbox(Channel.WEBCHAT)
    await say(database, ("lan", "a"), ("hoa", "b"), channel=Channel.WEBCHAT)
    async with at_work(make_delivery(database, webchat, bell, pace=None).run):
        await until(lambda: nothing_to_send(database))
        await say(database, ("minh", "c"), channel=Channel.WEBCHAT)
        await until(lambda: nothing_to_send(database))
    assert [(row["external_id"], row["state"]) for row in await rows(database)] == [
        *(("lan", "sent"), ("hoa", "sent"), ("minh", "sent"))
    ]


async def test_a_stuck_channel_starves_no_other(database: Database, bell: Bell) -> None:
    """Telegram does not answer, and five hundred replies wait for it: the web chat's are on their pages at once."""
    telegram, webchat = Postbox(), Postbox(Channel.WEBCHAT)

    async def stuck() -> None:
        await asyncio.Event().wait()

    telegram.before_sending = stuck
    await say(database, *((f"resident-{number}", "a") for number in range(500)))
    await say(database, *((f"page-{number}", "b") for number in range(200)), channel=Channel.WEBCHAT)
    channels = {TELEGRAM: telegram, Channel.WEBCHAT: webchat}
    delivery = Delivery(database, channels, bell, TestClock(), {TELEGRAM: Pace(per_second=30), Channel.WEBCHAT: None})
    stop = asyncio.Event()
    task = asyncio.create_task(delivery.run(stop))
    await until(lambda: len(webchat.said) == 200)
    assert len(delivery._tasks) <= 100  # what is in hand is bounded
    stop.set()
    await asyncio.wait_for(task, PATIENCE)
    assert telegram.said == []


async def test_a_resident_is_never_sent_more_than_the_pace_allows(database: Database, bell: Bell) -> None:
    channel = Postbox()
    await say(database, *((f"resident-{number}", "a") for number in range(60)))
    async with at_work(make_delivery(database, channel, bell, pace=Pace(per_second=20)).run):
        began = asyncio.get_running_loop().time()
        await until(lambda: len(channel.said) == 60)
    moments = [at - began for at in channel.said_at]
    for second in (1, 2, 3):
        assert sum(at < second for at in moments) <= 20 * second
    assert moments[-1] < 12  # three seconds, and more on a busy machine


async def test_a_bare_acknowledgement_of_a_button_takes_no_place(database: Database, bell: Bell) -> None:
    channel = Postbox()
    async with database.begin() as uow:
        replies = [NewReply(address=address("lan"), reply=Reply(answers_choice_id=f"press-{n}")) for n in range(20)]
        await uow.outbox.add(replies, datetime.now(UTC))
        await uow.commit()
    async with at_work(make_delivery(database, channel, bell, pace=Pace(per_second=1)).run):
        began = asyncio.get_running_loop().time()
        await until(lambda: nothing_to_send(database))
        assert asyncio.get_running_loop().time() - began < 15  # twenty messages take twenty seconds


async def test_a_reply_claimed_by_a_killed_process_is_sent_when_its_lease_runs_out(database: Database, bell: Bell) -> None:
    await say(database, ("lan", "1"), ("lan", "2"))
    async with database.begin() as uow:
        lease = timedelta(seconds=0.5)
        assert await uow.outbox.claim(owner="killed", channels=[TELEGRAM], now=datetime.now(UTC), lease=lease, most=5)
        await uow.commit()
    channel = Postbox()
    async with at_work(make_delivery(database, channel, bell).run):
        await asyncio.sleep(0.2)
        assert channel.said == []
        await until(lambda: channel.heard_by("lan") == ["1", "2"])


async def test_results_are_written_down_when_storage_is_back(database: Database, bell: Bell) -> None:
    """Storage goes away between sending and recording: the reply is not sent a second time."""
    channel = Postbox()
    storage = Watched(database)

    async def storage_goes_away() -> None:
        storage.is_broken = True

    channel.before_sending = storage_goes_away
    await say(database, ("lan", "Đã nhận"))
    async with at_work(make_delivery(storage, channel, bell).run):
        await until(lambda: bool(channel.said))
        await asyncio.sleep(0.5)
        assert not await nothing_to_send(database)
        channel.before_sending = None
        storage.is_broken = False
        await until(lambda: nothing_to_send(database))
    assert channel.said == [("lan", "Đã nhận")]


async def test_asked_to_stop_it_lets_the_one_on_its_way_arrive_and_gives_the_rest_back(
    database: Database, bell: Bell
) -> None:
    channel = Postbox()
    entered = asyncio.Event()

    async def slowly() -> None:
        entered.set()
        await asyncio.sleep(0.3)

    channel.before_sending = slowly
    await say(database, *((f"resident-{number}", "a") for number in range(6)))
    pace = Pace(per_second=2)
    async with at_work(make_delivery(database, channel, bell, pace=pace).run) as stop:
        await entered.wait()
        before = asyncio.get_running_loop().time()
        stop.set()
    assert asyncio.get_running_loop().time() - before < STOP_WITHIN
    sent_first = len(channel.said)
    assert 1 <= sent_first < 6
    async with at_work(make_delivery(database, channel, bell).run):  # at once: nothing is held by a lease
        await until(lambda: nothing_to_send(database))
    assert sorted(channel.said) == [(f"resident-{number}", "a") for number in range(6)]


async def test_a_send_that_never_ends_is_given_up_and_tried_again(
    database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.sending.SEND_WITHIN", 0.1)
    channel = Postbox()

    async def never() -> None:
        await asyncio.Event().wait()

    channel.answers["lan"].append(never())
    await say(database, ("lan", "Đã nhận"))
    async with at_work(make_delivery(database, channel, bell).run):
        await until(lambda: channel.heard_by("lan") == ["Đã nhận"])


@dataclass
class Picky:
    """An outbox that refuses one message id, with the whole batch that it is in, as an engine would."""

    outbox: Outbox

    async def record(self, results: Sequence[DeliveryResult]) -> None:
        if any(result.provider_id == "message-2" for result in results):
            raise ValueError("message-2")
        await self.outbox.record(results)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.outbox, name)


async def test_a_result_that_the_database_refuses_does_not_keep_the_others_back(database: Database, bell: Bell) -> None:
    """It would be written down again and again, and everything sent with it sent twice: it loses its details instead."""
    channel = Postbox()

    def be_picky(uow: UnitOfWork) -> None:
        uow.outbox = Picky(uow.outbox)

    await say(database, ("lan", "a"), ("hoa", "b"), ("minh", "c"))
    async with at_work(make_delivery(Watched(database, on_begin=be_picky), channel, bell).run):
        await until(lambda: nothing_to_send(database))
    assert sorted(channel.said) == [("hoa", "b"), ("lan", "a"), ("minh", "c")]
    assert [(row["state"], bool(row["provider_id"])) for row in await rows(database)].count(("sent", True)) == 2


async def _is_waiting_after(database: Database, tries: int) -> bool:
    """A reply was tried so often, and what came of it is written down."""
    tried = [row for row in await rows(database) if row["attempts"] == tries]
    return bool(tried) and all(row["error"] and row["leased_until"] is None for row in tried if row["state"] == "waiting")


def _moment(stored: Any) -> datetime:
    """SQLite gives text or a naive moment, PostgreSQL an aware one."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    assert isinstance(found, datetime)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def test_an_answer_goes_out_with_the_commit_that_made_it(
    database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No bell rings, and nobody looks: whoever answered hands it on. What came of it is written down with the next."""
    monkeypatch.setattr("handlers.delivery.LOOK_EVERY", 10 * PATIENCE)
    channel = Postbox()
    delivery = make_delivery(database, channel, Bell())
    async with at_work(delivery.run):
        await asyncio.sleep(0.2)  # it has looked and found nothing
        for number in (1, 2):
            await until(lambda: nothing_to_send(database))
            async with database.begin() as uow:
                await uow.outbox.add([NewReply(address=address("lan"), reply=Reply(text=str(number)))], datetime.now(UTC))
                exchange = await delivery.exchange_in(uow)
                assert exchange is not None
                await uow.commit()
            exchange.go()
        await until(lambda: nothing_to_send(database))
    assert channel.heard_by("lan") == ["1", "2"]


async def test_an_answer_that_was_not_committed_is_not_sent(database: Database, bell: Bell) -> None:
    """Neither is what came of an earlier one forgotten, nor is anything sent once delivery has stopped."""
    channel = Postbox()
    delivery = make_delivery(database, channel, bell)
    async with at_work(delivery.run):
        await asyncio.sleep(0.2)
        async with database.begin() as uow:
            await uow.outbox.add([NewReply(address=address("lan"), reply=Reply(text="1"))], datetime.now(UTC))
            exchange = await delivery.exchange_in(uow)
            assert exchange is not None
            assert len(exchange.claimed) == 1
        exchange.undo()
        await say(database, ("hoa", "2"))
        await until(lambda: nothing_to_send(database))
    assert channel.said == [("hoa", "2")]
    async with database.begin() as uow:
        assert await delivery.exchange_in(uow) is None


async def test_what_was_committed_while_we_were_asked_to_stop_is_left_to_the_next_process(
    database: Database, bell: Bell
) -> None:
    """A webhook's turn was being committed at that moment: sent now, nobody would write down that it was."""
    channel = Postbox()
    delivery = make_delivery(database, channel, bell)
    async with at_work(delivery.run):
        await asyncio.sleep(0.05)
        async with database.begin() as uow:
            await uow.outbox.add([NewReply(address=address("lan"), reply=Reply(text="1"))], datetime.now(UTC))
            exchange = await delivery.exchange_in(uow)
            assert exchange is not None
            await uow.commit()
    exchange.go()
    await asyncio.sleep(0.05)
    assert channel.said == []
    later = TestClock(moved=timedelta(hours=1))  # the lease is over; a process that starts frees it at once
    async with at_work(make_delivery(database, channel, bell, clock=later).run):
        await until(lambda: nothing_to_send(database))
    assert channel.said == [("lan", "1")]
