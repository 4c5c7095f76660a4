"""The Zalo server keeps what is known of Zalo's rules: what it never refused would prove nothing."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from tests.zalo_api import Fault, ZaloServer

HEX = "0123456789abcdef"


class Caller:
    """Calls a method; returns the whole answer."""

    def __init__(self, server: ZaloServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.status = 0

    async def __call__(self, method: str, *, token: str = "", **parameters: Any) -> dict[str, Any]:
        url = f"{self.server.base}/bot{token or self.server.token}/{method}"
        async with self.session.post(url, json=parameters) as answer:
            self.status = answer.status
            found: dict[str, Any] = await answer.json()
            return found


@pytest.fixture
async def call() -> AsyncIterator[Caller]:
    async with ZaloServer() as server, aiohttp.ClientSession() as session:
        yield Caller(server, session)


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "JPEG")
    return data.getvalue()


async def test_an_update_is_handed_out_once_and_is_then_gone(call: Caller) -> None:
    """One object a call, in order; nothing new is error 408 after the wait, with HTTP 200."""
    lan = call.server.resident("Lan")
    lan.sends("một")
    lan.sends("hai")
    first, second = await call("getUpdates", timeout=1), await call("getUpdates", timeout="1")
    message = first["result"]["message"]
    assert (first["ok"], first["result"]["event_name"], message["text"]) == (True, "message.text.received", "một")
    assert second["result"]["message"]["text"] == "hai"
    assert message["from"]["id"] == message["chat"]["id"] == lan.id
    assert all(len(found) == 20 and set(found) <= set(HEX) for found in (lan.id, message["message_id"]))
    assert abs(message["date"] / 1000 - time.time()) < 60
    began = time.monotonic()
    empty = await call("getUpdates", timeout=0.2)
    assert (call.status, empty["ok"], empty["error_code"]) == (200, False, 408)
    assert time.monotonic() - began >= 0.2


async def test_a_poll_holds_until_something_comes(call: Caller) -> None:
    asked = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    assert not asked.done()
    call.server.resident("Lan").sends("x")
    assert (await asked)["result"]["message"]["text"] == "x"


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        ("getme", {}, 404),
        ("sendKeyboard", {}, 404),
        ("sendMessage", {"text": ""}, 400),
        ("sendMessage", {"text": "x" * 2001}, 400),
        ("sendMessage", {"text": "😀" * 1001}, 400),
        ("sendMessage", {"text": "x", "chat_id": 42}, 400),
        ("sendMessage", {"text": "x", "chat_id": "0" * 20}, 400),
        ("sendPhoto", {"photo": "no address"}, 400),
        ("sendPhoto", {"photo": "http://127.0.0.1:9/x.jpg"}, 400),
        ("sendSticker", {}, 400),
        ("sendVoice", {}, 400),
        ("sendChatAction", {"action": "dancing"}, 400),
        ("setWebhook", {"url": "http://127.0.0.1:9/x", "secret_token": "short"}, 400),
        ("setWebhook", {"url": "http://127.0.0.1:9/x", "secret_token": "x" * 257}, 400),
        ("setWebhook", {"url": "nowhere", "secret_token": "long enough"}, 400),
    ],
)
async def test_what_breaks_a_rule_is_refused(call: Caller, method: str, parameters: dict[str, Any], code: int) -> None:
    """With HTTP 200, or with the code where the server is set to that."""
    given = {"chat_id": call.server.resident("Lan").id} | parameters
    refused = await call(method, **given)
    assert (call.status, refused["ok"], refused["error_code"]) == (200, False, code)
    call.server.tells_by_status = True
    await call(method, **given)
    assert call.status == code


async def test_another_token_is_refused(call: Caller) -> None:
    assert (await call("getMe", token="1:other"))["error_code"] == 401
    assert (await call("getMe"))["result"]["account_name"] == call.server.name


async def test_parameters_come_in_four_ways(call: Caller) -> None:
    lan, base = call.server.resident("Lan"), f"{call.server.base}/bot{call.server.token}/sendMessage"
    given = {"chat_id": lan.id, "text": "x" * 2000}
    form = aiohttp.FormData(given, default_to_multipart=True)
    for how in ({"json": given}, {"data": given}, {"data": form}, {"params": given}):
        async with call.session.post(base, **how) as answer:
            assert (await answer.json())["ok"]
    async with call.session.get(base, params=given) as answer:
        assert len((await answer.json())["result"]["message_id"]) == 20
    assert lan.hears == ["x" * 2000] * 5


async def test_a_picture_is_fetched_after_a_look_at_its_head(call: Caller) -> None:
    lan, asked = call.server.resident("Lan"), []

    async def hand_out(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response(body=picture(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/p", hand_out)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/p"
    sent = await call("sendPhoto", chat_id=lan.id, photo=url, caption="Đã sửa")
    await runner.cleanup()
    assert sent["ok"]
    assert asked == ["HEAD", "GET"]
    assert (lan.heard[0].text, lan.heard[0].file) == ("Đã sửa", picture())
    await call("sendChatAction", chat_id=lan.id, action="typing")
    assert lan.is_typed_to == 1


async def test_a_webhook_takes_the_place_of_polling(call: Caller) -> None:
    """Every delivery carries the secret; a refused one comes again, and one may come twice."""
    came: list[tuple[str, Any]] = []

    async def receive(request: web.Request) -> web.Response:
        came.append((request.headers["X-Bot-Api-Secret-Token"], await request.json()))
        return web.Response(status=500 if len(came) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    call.server.is_flat = call.server.brings_twice = True
    assert (await call("setWebhook", url=url, secret_token="s" * 8))["result"]["url"] == url
    assert (await call("getUpdates", timeout=1))["error_code"] == 400
    call.server.resident("Lan").sends("x")
    async with asyncio.timeout(20):
        while len(call.server.webhook_statuses) < 3:
            await asyncio.sleep(0.02)
    assert call.server.webhook_statuses == [500, 200, 200]
    assert {secret for secret, _ in came} == {"s" * 8}
    assert [event["event_name"] for _, event in came] == ["message.text.received"] * 3
    assert (await call("getWebhookInfo"))["result"]["url"] == url
    await call("deleteWebhook")
    await runner.cleanup()
    call.server.resident("Lan").sends("y")
    assert (await call("getUpdates", timeout=1))["event_name"] == "message.text.received"


async def test_pictures_lie_on_loopback_and_are_named_either_way(call: Caller) -> None:
    lan = call.server.resident("Lan")
    call.server.seconds = True
    for call.server.photo_key in ("photo_url", "photo"):
        lan.sends_photo(picture(), "tối quá")
        message = (await call("getUpdates", timeout=1))["result"]["message"]
        assert (message["caption"], message["date"] < 10**10) == ("tối quá", True)
        async with call.session.get(message[call.server.photo_key]) as answer:
            assert await answer.read() == picture()
    lan.sends_unsupported(with_message=False)
    assert "message" not in (await call("getUpdates", timeout=1))["result"]


async def test_what_is_asked_to_fail_fails_once(call: Caller) -> None:
    """429 and 403 with HTTP 200 and with their own; an answer may be cut after the update was taken for good."""
    given = {"chat_id": call.server.resident("Lan").id, "text": "x"}
    for call.server.tells_by_status, code in ((False, 429), (True, 429), (False, 403), (True, 403)):
        call.server.breaks("sendMessage", Fault(status=code))
        assert (await call("sendMessage", **given))["error_code"] == code
        assert call.status == (code if call.server.tells_by_status else 200)
    assert (await call("sendMessage", **given))["ok"]
    call.server.resident("Lan").sends("mất rồi")
    call.server.breaks("getUpdates", Fault(keeps=40, acts=True))
    with pytest.raises(aiohttp.ClientPayloadError):
        await call("getUpdates", timeout=1)
    assert (await call("getUpdates", timeout=0.1))["error_code"] == 408
