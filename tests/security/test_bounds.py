"""S18, S20, 1.3: how large, how packed and how slow a request may be, and that a flood of slow ones costs nobody else."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from bot.web.door import LARGEST_HEAD, Door, _net_of
from storage import Database
from tests.security.wire import Answer, answer_of, ask, connect, host_of, request_of
from tests.stories.cast import City
from tests.stories.webhook import HEADER, SECRET
from tests.web.test_kit import make_app

SLOW = 300
VISITS = 40
IDLE = 1.0  # seconds; a slow caller in these tests is slower

HEADS: tuple[tuple[str, bytes, set[int]], ...] = (
    ("a long address", request_of("GET", "/chat?x=" + "x" * 9000, "h"), {400, 431}),
    ("a long header", request_of("GET", "/chat", "h", X_Long="x" * 9000), {400, 431}),
    ("long in sum", request_of("GET", "/chat", "h", b"", **{f"X-{n}": "x" * 4000 for n in range(5)}), {431}),
    ("many headers", request_of("GET", "/chat", "h", b"", **{f"X-{n}": "x" for n in range(400)}), {400, 431}),
    ("packed", request_of("POST", "/chat/messages", "h", b"\x1f\x8b\x08" + b"\0" * 50, Content_Encoding="gzip"), {415}),
    ("packed twice", request_of("POST", "/staff/login", "h", b"x", Content_Encoding="identity, br"), {415}),
    ("packed otherwise", request_of("POST", "/hooks/telegram", "h", b"x", Content_Encoding="zstd"), {415}),
    ("no method", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n", {400}),
    ("two lengths", b"POST /track HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", {400}),
    (
        "length and pieces",
        b"POST /track HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        {400},
    ),
    ("a broken piece", b"POST /track HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {400, 403}),
    ("folded", b"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", {400}),
    ("no host's name", b"GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n", {200, 400, 404}),
    ("NUL", b"GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", {400}),
    ("another version", b"GET / HTTP/9.9\r\nHost: h\r\n\r\n", {400}),
)


async def test_what_is_no_request_is_refused_without_a_word_of_it(target: City, caplog: pytest.LogCaptureFixture) -> None:
    """S18, S22, S20: heads over 16 KB, packed bodies, smuggled lengths, nonsense: refused, not echoed, not logged."""
    found: dict[str, Answer] = {}
    for name, request, statuses in HEADS:
        found[name] = await ask(target.url, request.replace(b"\r\nX: ", b"\r\nX: needle-0912345678 ", 1))
        assert found[name].status in statuses, (name, found[name])
        assert found[name].headers["x-content-type-options"] == "nosniff", name
        assert "default-src 'none'" in found[name].headers["content-security-policy"], name
        assert "aiohttp" not in found[name].headers.get("server", ""), name
        assert b"needle" not in found[name].body, name
    assert [record.getMessage() for record in caplog.records if "aiohttp" in record.name] == []
    assert LARGEST_HEAD == 16 * 1024


async def test_nothing_nested_or_huge_breaks_the_webhook(target: City) -> None:
    """S18: JSON as deep as a body allows, numbers without end, a thousand lists: kept as unreadable, and still alive."""
    deep = 500_000
    bodies = (
        b"[" * deep,
        b'{"a":' * deep,
        b'{"update_id":1,"message":' + b'{"reply_to_message":' * 4000 + b"1" + b"}" * 4001,
        b'{"update_id":' + b"9" * 100_000 + b"}",
        b'{"update_id":2,"message":{"chat":{"id":1e400}}}',
        json.dumps({"update_id": 3, "message": {"chat": {"id": 5}, "text": "x", "entities": [[]] * 50_000}}).encode(),
        b"\xff\xfe\x00",
        b"",
    )
    for body in bodies:
        answer = await ask(target.url, request_of("POST", "/hooks/telegram", host_of(target.url), body, **{HEADER: SECRET}))
        assert answer.status == 200, body[:40]
    assert (await ask(target.url, request_of("GET", "/health/ready", "h"))).status == 200


async def test_three_hundred_slow_callers_hold_nobody_up(target: City) -> None:
    """S18: each sends a letter now and then; meanwhile a visitor sees the chat, of 40 visits nearly all within a second."""
    slow = [await connect(target.url) for _ in range(SLOW)]

    async def drips() -> None:
        for step in range(10_000):
            for number, (_, writer) in enumerate(slow):
                if number % 10 == step % 10:
                    kind = number % 3
                    start = (
                        b"GET /chat HTTP/1.1\r\nX: ",
                        b"POST /chat/messages HTTP/1.1\r\nContent-Length: 9999\r\n\r\n",
                        b"",
                    )
                    writer.write(start[kind] if step < 10 else b"x")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drips())
    took = []
    async with ClientSession(timeout=ClientTimeout(60)) as session:
        await asyncio.sleep(0.6)  # each has begun
        for _ in range(VISITS):
            began = time.monotonic()
            async with session.get(f"{target.url}/chat") as answer:
                assert answer.status == 200
                await answer.read()
            took.append(time.monotonic() - began)
    dripping.cancel()
    for _, writer in slow:
        writer.transport.abort()
    assert sorted(took)[int(VISITS * 0.95) - 1] < 1.0


@asynccontextmanager
async def a_door(database: Database, **bounds: float) -> AsyncIterator[str]:
    """The pages behind a narrow door; their address."""
    runner = web.AppRunner(make_app(database), shutdown_timeout=0.5)
    await runner.setup()
    assert runner.server
    listening = await asyncio.get_running_loop().create_server(Door(runner.server, **bounds), "127.0.0.1", 0)  # type: ignore[arg-type]  # each bound has its own type
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()
    await runner.cleanup()


async def test_slow_callers_are_cut_off(sqlite_database: Database) -> None:
    """S18: nothing at all, half a head, a body drop by drop, a second request that never ends: each line is cut in time."""
    beginnings = (
        b"",
        b"GET / HTTP/1.1\r\nX: ",
        b"POST /staff/login HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 999\r\n\r\n--b",
        b"POST /track HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\na",
        b"GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nX",
    )
    async with a_door(sqlite_database, idle=IDLE) as url:

        async def lasts(beginning: bytes) -> float:
            began = time.monotonic()
            reader, writer = await connect(url)
            writer.write(beginning)
            reading = asyncio.create_task(reader.read())
            while not reading.done() and time.monotonic() - began < 30:
                writer.write(b"x" if beginning else b"")
                await asyncio.sleep(0.1)
            reading.cancel()
            writer.transport.abort()
            return time.monotonic() - began

        took = await asyncio.gather(*map(lasts, beginnings))
    assert max(took) < 15, took


async def test_when_every_place_is_taken_the_silent_make_room(sqlite_database: Database) -> None:
    """S18: twenty places, forty who say nothing: whoever asks something is let in, and nobody who asks is sent away."""
    async with a_door(sqlite_database, most=20) as url:
        reader, writer = await connect(url)
        writer.write(b"GET /track HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await answer_of(reader)).status == 200
        silent = [await connect(url) for _ in range(40)]
        assert (await ask(url, request_of("GET", "/track", "h"))).status == 200
        writer.write(b"GET /track HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await answer_of(reader)).status == 200, "it was here first, and had asked"
        for _, other in (*silent, (reader, writer)):
            other.transport.abort()


async def test_one_address_gets_no_more_than_its_share(sqlite_database: Database) -> None:
    """S18: a share of the open net's addresses; of IPv6 a household's network is one, and a proxy of ours is not counted."""
    runner = web.AppRunner(make_app(sqlite_database))
    await runner.setup()
    assert runner.server
    door = Door(runner.server, most=100, most_of_one=3)
    callers = [door() for _ in range(10)]
    household = [_net_of((f"2606:4700:1:2::{n}", 1, 0, 0)) for n in range(5)]
    assert [door.lets_in(caller, net) for caller, net in zip(callers, household, strict=False)] == [True] * 3 + [False] * 2
    door.lets_out(callers[0], household[0])
    assert door.lets_in(callers[5], _net_of(("2606:4700:1:2:ffff::1", 1, 0, 0)))
    assert door.lets_in(callers[6], _net_of(("2606:4700:1:3::1", 1, 0, 0)))
    assert door.lets_in(callers[7], _net_of(("8.8.8.8", 1)))
    assert _net_of(("::ffff:8.8.8.8", 1, 0, 0)) == _net_of(("8.8.8.8", 1)) == "8.8.8.8"
    assert {_net_of(peer) for peer in (("127.0.0.1", 1), ("10.1.2.3", 1), ("172.18.0.2", 1), ("::1", 1, 0, 0), None)} == {""}
    await runner.cleanup()
