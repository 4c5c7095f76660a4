"""The poll loop against a real Bot API server: what is confirmed has been kept, whatever goes wrong in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bot.domain.incoming import IncomingKind
from handlers.channels import receiving, telegram_intake
from handlers.channels.receiving import Keep
from handlers.channels.telegram_calls import RawCalls, redact
from handlers.channels.telegram_intake import TelegramPolling
from tests.bot_api import BotApiServer, Fault
from tests.bot_api.server import TOKEN
from tests.handlers.telegram.conftest import Inbox
from tests.handlers.telegram.kept import private_message


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits between failures are seconds; what is tested is that they end."""
    for module in (telegram_intake, receiving):
        monkeypatch.setattr(module, "FIRST_WAIT", 0.02)


class Running:
    def __init__(self, task: asyncio.Task[None], stop: asyncio.Event) -> None:
        self.task = task
        self.stop = stop


@asynccontextmanager
async def polling(calls: RawCalls, keep: Keep, *, long_poll: int = 5) -> AsyncIterator[Running]:
    stop = asyncio.Event()
    task = asyncio.create_task(TelegramPolling(calls, keep, long_poll=long_poll).run(stop))
    try:
        yield Running(task, stop)
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def until(happened: Callable[[], object], timeout: float = 60.0) -> None:
    async with asyncio.timeout(timeout):
        while not happened():
            await asyncio.sleep(0.01)


async def test_what_residents_write_is_kept_in_order(api: BotApiServer, calls: RawCalls, inbox: Inbox) -> None:
    lan, minh = api.resident(501), api.resident(502, "en")
    lan.sends("một")
    async with polling(calls, inbox.keep):
        await inbox.has(1)
        minh.sends("two")
        lan.sends("ba")
        read = await inbox.reads(3)
    assert [incoming.text for incoming in read] == ["một", "two", "ba"]


async def test_a_backlog_comes_in_hundreds_and_nothing_is_left(api: BotApiServer, calls: RawCalls, inbox: Inbox) -> None:
    for number in range(250):
        api.resident(501).sends(f"Tin {number}")
    async with polling(calls, inbox.keep):
        await inbox.has(250)
        await until(lambda: not api.updates.waiting)
    assert [len(batch) for batch in inbox.batches] == [100, 100, 50]


async def test_an_update_is_confirmed_only_after_it_was_kept(api: BotApiServer, calls: RawCalls) -> None:
    """While keeping takes its time, Telegram still has it."""
    seen: list[list[int]] = []
    let_go = asyncio.Event()

    async def keep(updates: object) -> None:
        await let_go.wait()
        seen.append(list(api.updates.confirmed))

    api.resident(501).sends("một")
    async with polling(calls, keep):
        await until(lambda: api.calls_of("getUpdates"))
        await asyncio.sleep(0.1)
        assert api.updates.confirmed == []
        let_go.set()
        await until(lambda: api.updates.confirmed)
    assert seen == [[]]


async def test_a_crash_between_keeping_and_confirming_brings_it_again_and_it_is_kept_once(
    api: BotApiServer, calls: RawCalls, inbox: Inbox
) -> None:
    api.resident(501).sends("một")
    inbox.crash_after = 1
    async with polling(calls, inbox.keep) as first:
        await asyncio.wait({first.task}, timeout=5)
    assert first.task.cancelled()
    assert api.updates.confirmed == []

    api.resident(501).sends("hai")
    async with polling(calls, inbox.keep):
        read = await inbox.reads(2)
        await until(lambda: len(api.updates.confirmed) == 2)

    assert [incoming.text for incoming in read] == ["một", "hai"]
    assert len(inbox.batches) == 2


async def test_a_busy_database_makes_it_ask_for_the_same_again(api: BotApiServer, calls: RawCalls, inbox: Inbox) -> None:
    api.resident(501).sends("một")
    inbox.busy = 3
    async with polling(calls, inbox.keep):
        await inbox.has(1)
        await until(lambda: api.updates.confirmed)
    offsets = [call.parameters.get("offset") for call in api.calls_of("getUpdates")]
    assert offsets[:4] == [None] * 4


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=502, garbage=b"<html>Bad Gateway</html>"),
        Fault(garbage=b"\xff not json"),
        Fault(garbage=b'{"ok":true}'),
        Fault(cut=True),
        Fault(cut=True, acts=True),
        Fault(status=409, description="Conflict: terminated by other getUpdates request"),
        Fault(status=403, description="Forbidden"),
    ],
)
async def test_it_outlives_every_kind_of_bad_answer(api: BotApiServer, calls: RawCalls, inbox: Inbox, fault: Fault) -> None:
    api.resident(501).sends("một")
    api.breaks("getUpdates", fault, times=3)
    async with polling(calls, inbox.keep):
        [incoming] = await inbox.reads(1)
    assert incoming.text == "một"
    assert api.faults.waiting("getUpdates") == 0


async def test_retry_after_is_obeyed_to_the_second(api: BotApiServer, calls: RawCalls, inbox: Inbox) -> None:
    api.resident(501).sends("một")
    api.breaks("getUpdates", Fault(status=429, retry_after=1, description="Too Many Requests: retry after 1"))
    async with polling(calls, inbox.keep):
        await inbox.has(1)
    first, second = api.calls_of("getUpdates")[:2]
    assert second.at - first.at >= 1.0


async def test_a_webhook_left_over_is_taken_away_and_nothing_that_waits_is_dropped(
    api: BotApiServer, calls: RawCalls, inbox: Inbox
) -> None:
    await api.use_webhook("http://127.0.0.1:9/nowhere", "", 40)
    api.resident(501).sends("một")
    async with polling(calls, inbox.keep):
        await inbox.has(1)
        await api.use_webhook("http://127.0.0.1:9/nowhere", "", 40)  # somebody sets it again while we run
        await until(lambda: not api.webhook.url)
        api.resident(501).sends("hai")
        await inbox.has(2)
    assert len(api.calls_of("deleteWebhook")) == 2


async def test_an_unreadable_update_is_kept_and_those_behind_it_arrive(
    api: BotApiServer, calls: RawCalls, inbox: Inbox
) -> None:
    lan = api.resident(501)
    lan.sends("trước")
    api.feed_text("[" * 5000 + "]" * 5000)
    api.feed_text('"not an object"')
    api.feed_text(json.dumps(private_message(text="\ud800\x00") | {"update_id": api.updates.next_id}))
    lan.sends("sau")
    async with polling(calls, inbox.keep):
        rows = await inbox.has(5)
        await until(lambda: not api.updates.waiting)
    assert [bool(row.unreadable) for row in rows] == [False, True, True, False, False]


async def test_an_answer_that_was_cut_on_its_way_is_asked_for_again(
    api: BotApiServer, calls: RawCalls, inbox: Inbox
) -> None:
    """Put aside as unreadable and confirmed, the whole of it would be gone for good."""
    lan = api.resident(501)
    lan.sends("một")
    cut = b'{"ok":true,"result":[{"update_id":%d,"message":{"te' % min(api.updates.waiting)
    api.breaks("getUpdates", Fault(garbage=cut), times=2)
    async with polling(calls, inbox.keep):
        [read] = await inbox.reads(1)
    assert read.text == "một"


async def test_broken_updates_alone_are_got_past_without_losing_the_next(
    api: BotApiServer, calls: RawCalls, inbox: Inbox
) -> None:
    """Nothing in the answer says how far to confirm; one step per item is always safe."""
    lan = api.resident(501)
    lan.sends("trước")
    async with polling(calls, inbox.keep):
        await inbox.has(1)
        for number in range(3):
            api.feed_text(f"null {number}")
        await inbox.has(4)
        await until(lambda: not api.updates.waiting)
        lan.sends("sau")
        read = await inbox.reads(5)
    assert (read[0].text, read[-1].text) == ("trước", "sau")


async def test_an_id_that_cannot_be_confirmed_does_not_make_it_spin(
    api: BotApiServer, calls: RawCalls, inbox: Inbox
) -> None:
    api.feed_text(json.dumps(private_message(text="x") | {"update_id": 10**30}), update_id=10**30)
    async with polling(calls, inbox.keep):
        await inbox.has(1)
        before = len(api.calls_of("getUpdates"))
        await asyncio.sleep(0.3)
        assert len(api.calls_of("getUpdates")) - before <= 16, "one every 20 ms at most (0.5 s in earnest)"


async def test_it_asks_for_exactly_what_the_reader_knows(api: BotApiServer, calls: RawCalls, inbox: Inbox) -> None:
    async with polling(calls, inbox.keep):
        await until(lambda: api.calls_of("getUpdates"))
        lan = api.resident(501)
        lan.sends("một")
        lan.blocks()
        read = await inbox.reads(2)
    assert set(api.updates.allowed) == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert [i.kind for i in read] == [IncomingKind.TEXT, IncomingKind.BLOCKED]


@pytest.mark.parametrize("breaks", ["", "deleteWebhook", "getUpdates"])
async def test_it_stops_at_once_also_in_the_middle_of_a_question(
    api: BotApiServer, calls: RawCalls, inbox: Inbox, breaks: str
) -> None:
    if breaks:
        api.breaks(breaks, Fault(hang=20))
    async with polling(calls, inbox.keep, long_poll=25) as running:
        await asyncio.sleep(0.2)
        running.stop.set()
        async with asyncio.timeout(10):
            await running.task


async def test_the_token_is_in_no_log(api: BotApiServer, calls: RawCalls, inbox: Inbox) -> None:
    """Not even when the other side repeats the address it was called by."""
    api.breaks("getUpdates", Fault(status=400, description=f"no such page: /bot{api.token}/getUpdates"), times=2)
    with capture_logs() as logs:
        async with polling(calls, inbox.keep):
            await until(lambda: len(logs) >= 2)
    assert "no such page" in repr(logs), "the description itself is worth a line"
    assert api.token.partition(":")[2] not in repr(logs)


async def test_a_server_that_is_not_there_is_asked_again(unused_port: int, inbox: Inbox) -> None:
    with capture_logs() as logs:
        async with RawCalls(TOKEN, f"http://127.0.0.1:{unused_port}") as calls, polling(calls, inbox.keep):
            await until(lambda: len(logs) >= 3)
    waits = [entry["wait"] for entry in logs if entry["event"] == "telegram_polling_failed"]
    assert waits[:3] == [0.02, 0.04, 0.08]


def test_redacting_takes_out_the_token_and_whatever_looks_like_one() -> None:
    told = redact("GET https://api.telegram.org/bot77:AAother/x and 4242:mine", "4242:mine")
    assert told == "GET https://api.telegram.org/<token>/x and <token>"


def test_after_a_day_of_silence_the_offset_is_forgotten() -> None:
    """After a week Telegram begins anew at a random number, which may be below the old one."""
    offset = telegram_intake._Offset()
    assert offset.confirm([7, 9, None, 8], now=1000.0)
    assert offset.asked(1000.0 + 3600) == 10
    assert offset.asked(1000.0 + telegram_intake.FORGET_OFFSET_AFTER + 1) is None
    assert offset.confirm([3], now=700_000.0)
    assert offset.asked(700_000.0) == 4, "a lower id than before is believed"
