"""The Bot API server keeps Telegram's rules, and its oracle can say no: what it never refused would prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.bot_api import BotApiServer, Fault
from tests.bot_api.oracle import answer_violations, call_violations, update_violations

MESSAGE: dict[str, Any] = {
    "message_id": 7,
    "date": 1789349000,
    "chat": {"id": 501, "type": "private", "first_name": "Lan"},
    "from": {"id": 501, "is_bot": False, "first_name": "Lan"},
    "text": "Ngõ tối",
}


class Caller:
    """Calls a method with plain JSON; returns the status and the answer."""

    def __init__(self, server: BotApiServer, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._session = session

    async def __call__(self, method: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        url = f"{self._server.base}/bot{self._server.token}/{method}"
        async with self._session.post(url, json=parameters) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    found = BotApiServer()
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def call(server: BotApiServer) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(server, session)


async def test_an_offset_confirms_for_good_and_nothing_else_does(server: BotApiServer, call: Caller) -> None:
    for text in ("một", "hai", "ba"):
        server.resident(501).sends(text)

    async def texts(**parameters: Any) -> list[str]:
        _, answer = await call("getUpdates", **parameters)
        return [update["message"]["text"] for update in answer["result"]]

    first = min(server.updates.waiting)
    assert await texts() == await texts() == ["một", "hai", "ba"]
    assert await texts(limit=2) == ["một", "hai"]
    assert await texts(offset=first + 1) == ["hai", "ba"]
    assert await texts() == ["hai", "ba"]
    assert await texts(offset=-1) == ["ba"]


async def test_a_second_poll_turns_the_first_away(server: BotApiServer, call: Caller) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=20))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(call("getUpdates", timeout=20))
    status, answer = await first
    assert (status, answer["error_code"]) == (409, 409)
    server.resident(501).sends("x")
    assert (await second)[0] == 200


async def test_polling_is_refused_while_a_webhook_is_set(server: BotApiServer, call: Caller) -> None:
    await call("setWebhook", url="http://127.0.0.1:9/x")
    assert (await call("getUpdates"))[0] == 409
    await call("deleteWebhook")
    assert (await call("getUpdates"))[0] == 200


async def test_a_chats_updates_are_brought_one_after_the_other_and_other_chats_beside_them(
    server: BotApiServer, call: Caller
) -> None:
    arrived: list[str] = []
    refuse = 3

    async def receive(request: web.Request) -> web.Response:
        nonlocal refuse
        text = (await request.json())["message"]["text"]
        if text == "một" and refuse:
            refuse -= 1
            return web.Response(status=500)
        arrived.append(text)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.resident(501).sends("một")
    server.resident(501).sends("hai")
    server.resident(502).sends("khác")
    await call("setWebhook", url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    async with asyncio.timeout(60):
        while server.updates.waiting:
            await asyncio.sleep(0.01)
    assert arrived == ["khác", "một", "hai"]
    assert server.webhook.waits == [0.0, 2.0, 4.0]
    await runner.cleanup()


@pytest.mark.parametrize(
    ("method", "parameters", "status", "says"),
    [
        ("sendMessage", {"chat_id": 501, "text": "x" * 4097}, 400, "message is too long"),
        ("sendMessage", {"chat_id": 501, "text": "😡" * 2049}, 400, "message is too long"),
        ("sendMessage", {"chat_id": 501, "text": " \n"}, 400, "message text is empty"),
        ("sendMessage", {"chat_id": 999, "text": "x"}, 400, "chat not found"),
        ("sendMessage", {"chat_id": 502, "text": "x"}, 403, "bot was blocked by the user"),
        (
            "sendMessage",
            {"chat_id": 501, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "đ" * 33}]]}},
            400,
            "BUTTON_DATA_INVALID",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1"}, 400, "query is too old"),
        ("getFile", {"file_id": "1"}, 400, "wrong file_id"),
        ("setWebhook", {"url": "https://x", "secret_token": "mật"}, 400, "unallowed characters"),
        ("setMyCommands", {"commands": [{"command": "Bad!", "description": "x"}]}, 400, "BOT_COMMAND_INVALID"),
    ],
)
async def test_it_refuses_what_telegram_refuses(
    server: BotApiServer, call: Caller, method: str, parameters: dict[str, Any], status: int, says: str
) -> None:
    server.resident(501)
    server.resident(502).has_blocked = True
    found, answer = await call(method, **parameters)
    assert (found, answer["ok"]) == (status, False)
    assert says in answer["description"]
    assert server.resident(501).heard == []


async def test_too_much_is_told_how_long_to_wait_and_too_early_is_counted(server: BotApiServer, call: Caller) -> None:
    server.keeps_pace = True
    server.resident(501)
    statuses = [(await call("sendMessage", chat_id=501, text="x"))[0] for _ in range(3)]
    assert statuses == [200, 429, 429]
    assert (server.pace.refusals, server.pace.early_retries) == (1, 1)
    for number in range(600, 640):
        server.resident(number)
        status, answer = await call("sendMessage", chat_id=number, text="x")
    assert (status, answer["parameters"]) == (429, {"retry_after": 1})


async def test_a_fault_that_acts_has_acted(server: BotApiServer, call: Caller) -> None:
    lan = server.resident(501)
    server.breaks("sendMessage", Fault(status=500, acts=True))
    assert (await call("sendMessage", chat_id=501, text="x"))[0] == 500
    assert lan.hears == ["x"]


async def _one_call(method: str, **parameters: Any) -> None:
    async with BotApiServer() as server, aiohttp.ClientSession() as session:
        server.resident(501)
        await Caller(server, session)(method, **parameters)


async def test_a_test_cannot_pass_over_a_call_that_python_telegram_bot_does_not_know() -> None:
    with pytest.raises(AssertionError, match="unknown parameter colour"):
        await _one_call("sendMessage", chat_id=501, text="x", colour="red")


async def test_dropping_what_waits_is_never_let_pass() -> None:
    with pytest.raises(AssertionError, match="throws reports away"):
        await _one_call("deleteWebhook", drop_pending_updates=True)


def test_the_oracle_accepts_a_genuine_update_and_notices_every_kind_of_slip() -> None:
    assert update_violations({"update_id": 1, "message": MESSAGE}) == []
    assert update_violations({"update_id": 1, "message": MESSAGE | {"texts": "x"}})
    assert update_violations({"update_id": 1, "message": MESSAGE | {"from": MESSAGE["from"] | {"colour": 1}}})
    assert update_violations({"update_id": 1, "message": {"text": "no chat"}})
    assert update_violations({"update_id": 1, "massage": MESSAGE})


def test_the_oracle_reads_calls_and_answers() -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
    assert call_violations("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": keyboard}) == []
    assert call_violations("sendMessage", {"chat_id": 1})
    assert call_violations("sendMessage", {"chat_id": 1, "text": "x" * 4097})
    assert call_violations("sendMassage", {"chat_id": 1, "text": "x"})
    assert call_violations("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"buttons": []}})
    assert call_violations(
        "sendMessage",
        {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "y" * 65}]]}},
    )
    assert call_violations("setMyCommands", {"commands": [{"command": "x" * 33, "description": "y"}]})
    assert answer_violations("sendMessage", MESSAGE) == []
    assert answer_violations("sendMessage", MESSAGE | {"nonsense": 1})
    assert answer_violations("sendMessage", True)
