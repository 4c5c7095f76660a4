"""The webhook on a real socket: who may come in, and what Telegram is told."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from handlers.channels.telegram_calls import RawCalls
from handlers.channels.telegram_intake import LARGEST_BODY, PATH, SECRET_HEADER, TelegramWebhook, register_webhook
from tests.bot_api import BotApiServer, Fault
from tests.handlers.telegram.conftest import Inbox
from tests.handlers.telegram.test_polling import until

SECRET = "s3cret_of-the-webhook"


@dataclass
class Door:
    url: str
    refused: list[None] = field(default_factory=list)


@pytest.fixture
async def door(inbox: Inbox) -> AsyncIterator[Door]:
    found = Door("")
    webhook = TelegramWebhook(SECRET, inbox.keep, lambda: found.refused.append(None))
    app = web.Application()
    app.add_routes(webhook.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


async def post(door: Door, body: bytes, *headers: tuple[str, str]) -> aiohttp.ClientResponse:
    async with (
        aiohttp.ClientSession() as session,
        session.post(door.url + PATH, data=io.BytesIO(body), headers=[*headers]) as answer,
    ):
        await answer.read()
        return answer


RIGHT = (SECRET_HEADER, SECRET)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(SECRET_HEADER, "")],
        [(SECRET_HEADER, SECRET[:-1])],
        [(SECRET_HEADER, SECRET + "x")],
        [(SECRET_HEADER, SECRET.upper())],
        [(SECRET_HEADER, "mật khẩu")],
        [(SECRET_HEADER, "\udcff\udcfe")],
        [RIGHT, RIGHT],
        [RIGHT, (SECRET_HEADER, "other")],
        [("Authorization", SECRET)],
    ],
)
async def test_nobody_without_the_one_right_secret_gets_in(door: Door, inbox: Inbox, headers: list[tuple[str, str]]) -> None:
    """Also with letters that are not ASCII: aiogram answers those with 500."""
    host, _, port = door.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 15\r\n{lines}\r\n"
    writer.write(head.encode("utf-8", "surrogateescape") + b'{"update_id":1}')
    async with asyncio.timeout(60):
        status = (await reader.readline()).split()[1]
    writer.close()
    await writer.wait_closed()
    assert status == b"403"
    assert len(door.refused) == 1
    assert not inbox.rows


async def test_a_stranger_is_turned_away_before_the_body_is_read(door: Door) -> None:
    host, _, port = door.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
    async with asyncio.timeout(30):
        assert b" 403 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"update_id":"x"}',
        b"\xff\x00",
        b"{" * 100_000,
        b'{"update_id":5,"message":{"chat":{"id":1},"text":"' + b"x" * 1_000_000 + b'"}}',
        b'{"update_id":5,"message":{"text":"' + b"x" * (LARGEST_BODY - 100) + b'"}}',
    ],
)
async def test_whatever_telegram_brings_is_kept_and_thanked_for(door: Door, inbox: Inbox, body: bytes) -> None:
    """Anything else would be brought again for a day, with every later message of that chat waiting behind it."""
    answer = await post(door, body, RIGHT)
    assert answer.status == 200
    assert len(inbox.rows) == 1
    assert (await post(door, body, RIGHT)).status == 200
    assert len(inbox.rows) == 1, "brought twice, kept once"


async def test_more_than_four_megabytes_are_not_read(door: Door, inbox: Inbox) -> None:
    assert (await post(door, b"x" * (LARGEST_BODY + 1), RIGHT)).status == 413
    assert not inbox.rows


async def test_while_nothing_can_be_stored_telegram_is_asked_to_come_again(door: Door, inbox: Inbox) -> None:
    inbox.busy = 1
    answer = await post(door, b'{"update_id":1}', RIGHT)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert (await post(door, b'{"update_id":1}', RIGHT)).status == 200


async def test_registered_once_the_residents_messages_arrive_in_order(
    door: Door, inbox: Inbox, api: BotApiServer, calls: RawCalls
) -> None:
    """The whole way: setWebhook, a failure that is redelivered, 503, then every message once and in its order."""
    lan = api.resident(501)
    lan.sends("một")
    inbox.busy = 2
    api.breaks("setWebhook", Fault(status=500))
    await register_webhook(calls, public_url=door.url + "/", secret=SECRET, stop=asyncio.Event())
    lan.sends("hai")
    lan.sends("ba")

    read = await inbox.reads(3)
    await until(lambda: not api.updates.waiting)

    assert [incoming.text for incoming in read] == ["một", "hai", "ba"]
    assert api.webhook.statuses == [503, 503, 200, 200, 200]
    assert api.webhook.waits == [5.0, 5.0], "Retry-After was heard"
    assert api.webhook.secret == SECRET
    assert not door.refused


async def test_a_webhook_with_another_secret_brings_nothing(
    door: Door, inbox: Inbox, api: BotApiServer, calls: RawCalls
) -> None:
    await register_webhook(calls, public_url=door.url, secret="another-secret-entirely", stop=asyncio.Event())
    api.resident(501).sends("một")
    await until(lambda: len(api.webhook.statuses) >= 3)
    assert set(api.webhook.statuses) == {403}
    assert api.updates.waiting
    assert not inbox.rows


async def test_registering_gives_up_when_told_to_stop(unused_port: int) -> None:
    stop = asyncio.Event()
    async with RawCalls("4242:AAx", f"http://127.0.0.1:{unused_port}") as calls:
        task = asyncio.create_task(register_webhook(calls, public_url="https://x", secret=SECRET, stop=stop))
        await asyncio.sleep(0.1)
        stop.set()
        async with asyncio.timeout(30):
            await task
