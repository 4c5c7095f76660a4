"""The webhook on a real socket: who may come in, what Zalo is told, and that one message is kept once."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from handlers.channels import receiving
from handlers.channels.zalo_calls import ZaloCalls
from handlers.channels.zalo_intake import LARGEST_BODY, PATH, SECRET_HEADER, ZaloWebhook, register_webhook
from tests.bot_api.faults import Fault
from tests.handlers.telegram.conftest import Inbox
from tests.handlers.telegram.test_polling import until
from tests.handlers.telegram.test_webhook import Door
from tests.handlers.zalo.conftest import event
from tests.zalo_api import ZaloServer

SECRET = "s3cret_of-the-zalo-webhook"
RIGHT = (SECRET_HEADER, SECRET)


@pytest.fixture
async def door(inbox: Inbox) -> AsyncIterator[Door]:
    found = Door("")
    app = web.Application()
    app.add_routes(ZaloWebhook(SECRET, inbox.keep, lambda: found.refused.append(None)).routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


async def post(door: Door, body: bytes, *headers: tuple[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(door.url + PATH, data=io.BytesIO(body), headers=[*headers]) as answer,
    ):
        await answer.read()
        return answer.status


@pytest.mark.parametrize(
    "headers",
    [[], [(SECRET_HEADER, "")], [(SECRET_HEADER, SECRET[:-1])], [(SECRET_HEADER, SECRET + "é")], [RIGHT, RIGHT]],
)
async def test_only_zalo_comes_in(door: Door, inbox: Inbox, headers: list[tuple[str, str]]) -> None:
    assert await post(door, json.dumps(event(text="x")).encode(), *headers) == 403
    assert (len(door.refused), inbox.rows) == (1, {})


async def test_what_comes_is_kept_before_it_is_confirmed(door: Door, inbox: Inbox) -> None:
    """Both envelopes, twice each: one row. What nobody can read is kept too; what is too large is not; busy is said."""
    whole = {"ok": True, "result": event(text="x")}
    for body in (whole, event(text="x")) * 2:
        assert await post(door, json.dumps(body).encode(), RIGHT) == 200
    assert [row.value["message"]["text"] for row in inbox.rows.values()] == ["x"]
    assert await post(door, b"\xff<html>", RIGHT) == 200
    assert [bool(row.unreadable) for row in inbox.rows.values()] == [False, True]
    assert await post(door, b" " * (LARGEST_BODY + 1), RIGHT) == 413
    inbox.busy = 1
    assert await post(door, json.dumps(event(text="y")).encode(), RIGHT) == 503


async def test_the_webhook_is_registered_and_zalo_brings_updates(
    door: Door, inbox: Inbox, calls: ZaloCalls, zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried until Zalo agrees; every delivery twice, one of them at a busy moment."""
    monkeypatch.setattr(receiving, "FIRST_WAIT", 0.02)
    zalo.breaks("setWebhook", Fault(status=500), times=2)
    zalo.brings_twice = True
    await register_webhook(calls, public_url=door.url + "/", secret=SECRET, stop=asyncio.Event())
    assert zalo.webhook_url == door.url + PATH
    inbox.busy = 1
    for text in ("một", "hai"):
        zalo.resident("Lan").sends(text)
    await until(lambda: zalo.webhook_statuses.count(200) == 4)
    assert zalo.webhook_statuses == [503, 200, 200, 200, 200]
    assert [row.value["result"]["message"]["text"] if "result" in row.value else row.value["message"]["text"]
            for row in inbox.rows.values()] == ["một", "hai"]  # fmt: skip
