"""The poll loop against a real Zalo server: what was handed out once is kept, whatever goes wrong behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bot.domain.incoming import Incoming
from handlers.channels import receiving, zalo_intake
from handlers.channels.receiving import Keep
from handlers.channels.zalo_calls import ZaloCalls
from handlers.channels.zalo_intake import ZaloPolling
from handlers.channels.zalo_reading import read_update
from tests.bot_api.faults import Fault
from tests.handlers.telegram.conftest import Inbox
from tests.handlers.telegram.test_polling import Running, until
from tests.handlers.zalo.conftest import kept
from tests.zalo_api import ZaloServer


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (zalo_intake, receiving):
        monkeypatch.setattr(module, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(zalo_intake, "PROBE_EVERY", 0.1)


@asynccontextmanager
async def polling(calls: ZaloCalls, keep: Keep, *, long_poll: int = 1) -> AsyncIterator[Running]:
    stop = asyncio.Event()
    task = asyncio.create_task(ZaloPolling(calls, keep, long_poll=long_poll).run(stop))
    try:
        yield Running(task, stop)
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await task


async def reads(inbox: Inbox, number: int) -> list[Incoming]:
    return [read_update(kept(update)) for update in await inbox.has(number)]


@pytest.mark.parametrize("is_flat", [False, True])
async def test_what_residents_write_is_kept_in_order(
    calls: ZaloCalls, zalo: ZaloServer, inbox: Inbox, is_flat: bool
) -> None:
    """One a call, in either envelope, also after a while with nothing new; a webhook of before is taken away first."""
    zalo.is_flat = is_flat
    await zalo.use_webhook("http://127.0.0.1:9/old", "")
    lan, minh = zalo.resident("Lan"), zalo.resident("Minh")
    async with polling(calls, inbox.keep):
        await until(lambda: zalo.calls_of("getUpdates"))
        lan.sends("một")
        minh.sends("hai")
        await inbox.has(2)
        await until(lambda: len(zalo.calls_of("getUpdates")) >= 4)
        lan.sends("ba")
        read = await reads(inbox, 3)
    assert [(incoming.text, incoming.address.external_id) for incoming in read] == [
        ("một", lan.id),
        ("hai", minh.id),
        ("ba", lan.id),
    ]
    assert zalo.webhook_url == ""


async def test_a_busy_database_is_asked_again_with_the_update_in_hand(
    calls: ZaloCalls, zalo: ZaloServer, inbox: Inbox
) -> None:
    """Nobody would bring it a second time: also when the process is asked to stop meanwhile."""
    inbox.busy = 4
    zalo.resident("Lan").sends("chỉ một lần")
    async with polling(calls, inbox.keep) as running:
        await until(lambda: inbox.busy < 4)
        assert len(zalo.calls_of("getUpdates")) == 1, "no further question while one is in hand"
        running.stop.set()
    [read] = await reads(inbox, 1)
    assert read.text == "chỉ một lần"


async def test_a_stop_waits_for_the_question_that_is_on_its_way(calls: ZaloCalls, zalo: ZaloServer, inbox: Inbox) -> None:
    """What comes while it waits is kept: Zalo would have counted it as handed out."""
    async with polling(calls, inbox.keep, long_poll=3) as running:
        await until(lambda: zalo.calls_of("getUpdates"))
        running.stop.set()
        await asyncio.sleep(0.1)
        zalo.resident("Lan").sends("vừa kịp")
    [read] = await reads(inbox, 1)
    assert read.text == "vừa kịp"
    assert len(zalo.calls_of("getUpdates")) == 1


async def test_an_answer_that_is_cut_keeps_the_words_that_came(calls: ZaloCalls, zalo: ZaloServer, inbox: Inbox) -> None:
    """At any place: the connection breaks, or nothing more comes in time."""
    lan, said = zalo.resident("Lan"), "Đèn hỏng ở ngõ 12 đường Thụy Khuê, tối ba đêm nay rồi"
    for keeps in (1, 40, 330, 390):
        lan.sends(said)
        zalo.breaks("getUpdates", Fault(keeps=keeps, acts=True))
    lan.sends("và ở ngõ 14")
    async with polling(calls, inbox.keep):
        await until(lambda: any("14" in row.body for row in inbox.rows.values()))
    read = [read_update(kept(row)) for row in inbox.rows.values()]
    words = [incoming.text for incoming in read if incoming.text]
    assert len(words) >= 2
    assert words[-1] == "và ở ngõ 14"
    assert all(said.startswith(word.removesuffix("…")) and word != said for word in words[:-1])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429),
        Fault(status=403),
        Fault(status=502, garbage=b"<html>Bad Gateway</html>"),
        Fault(garbage=b"\xff not json"),
        Fault(garbage=b'{"ok":true}'),
        Fault(garbage=b'{"ok":true,"result":null}'),
        Fault(garbage=b"{}"),
        Fault(is_empty=True),
        Fault(cut=True),
    ],
    ids=str,
)
async def test_after_any_trouble_it_goes_on(calls: ZaloCalls, zalo: ZaloServer, inbox: Inbox, fault: Fault) -> None:
    zalo.breaks("getUpdates", fault, times=2)
    zalo.resident("Lan").sends("vẫn tới")
    async with polling(calls, inbox.keep):
        await until(lambda: any("v\\u1eabn" in row.body for row in inbox.rows.values()))
    assert sum(not row.unreadable for row in inbox.rows.values()) == 1


async def test_a_refused_token_is_tried_slowly_and_comes_back_by_itself(zalo: ZaloServer, inbox: Inbox) -> None:
    """401 stops the asking; once the token is taken again, what waited comes. It is in no log."""
    right, zalo.token = zalo.token, "1:another"
    zalo.resident("Lan").sends("x")
    with capture_logs() as logs:
        async with ZaloCalls(right, zalo.base) as calls, polling(calls, inbox.keep):
            await until(lambda: calls.is_refused)
            zalo.token = right
            await inbox.has(1)
            assert not calls.is_refused
    assert right.partition(":")[2] not in repr(logs)
    assert next(entry["wait"] for entry in logs if entry["event"] == "zalo_polling_failed") == 0.1
