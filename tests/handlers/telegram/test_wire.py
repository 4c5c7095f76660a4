"""Calls over connections that stay open: whatever a server answers, the caller gets the whole answer or an error."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from handlers.channels.wire import BadAnswer, NotReached, Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each call with the next of `answers`: pieces sent one by one, an empty one closes the connection."""

    def __init__(self, *answers: list[bytes]) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.heard.append(head + await reader.readexactly(length))
                for piece in self.answers.pop(0):
                    if not piece:
                        return
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.001)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def at(server: Server) -> AsyncIterator[Wire]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    wire = Wire(f"http://127.0.0.1:{server.port}/api", largest=1000)
    async with listening, wire:
        yield wire


def byte_by_byte(answer: bytes) -> list[bytes]:
    return [answer[place : place + 1] for place in range(len(answer))]


CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"


@pytest.mark.parametrize("split", [lambda answer: [answer], byte_by_byte], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (OK, b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", b""),
        (CHUNKS, b"abcde"),
    ],
)
async def test_an_answer_is_whole_however_it_comes_and_the_connection_stays(
    answer: bytes, body: bytes, split: Callable[[bytes], list[bytes]]
) -> None:
    server = Server(split(answer), split(answer))
    async with at(server) as wire:
        for _ in range(2):
            assert await wire.post("/x", b'{"a":1}', within=5) == (200, body)
    assert server.connections == 1
    assert server.heard[0].startswith(f"POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n".encode())
    assert server.heard[0].endswith(b'\r\n\r\n{"a":1}')


@pytest.mark.parametrize(
    "answer",
    [
        [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
        [b"HTTP/1.0 200 OK\r\n\r\nok", b""],
        [b"HTTP/1.1 200 OK\r\n\r\nok", b""],
        [OK + b"more than was asked for"],
    ],
)
async def test_a_connection_that_cannot_be_used_again_is_not(answer: list[bytes]) -> None:
    server = Server(answer, [OK])
    async with at(server) as wire:
        assert await wire.post("/x", b"{}", within=5) == (200, b"ok")
        assert await wire.post("/x", b"{}", within=5) == (200, b"ok")
    assert server.connections == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", b""], ConnectionResetError),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", b""], ConnectionResetError),
        ([b""], ConnectionResetError),
        ([b"SMTP ready\r\n\r\n"], BadAnswer),
        ([b"HTTP/1.1 two hundred\r\n\r\n"], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + b"x" * 1001], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000], BadAnswer),
        ([b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"], TimeoutError),
    ],
)
async def test_half_an_answer_is_an_error_and_the_next_call_goes_through(
    answer: list[bytes], error: type[Exception]
) -> None:
    server = Server(answer, [OK])
    async with at(server) as wire:
        with pytest.raises(error):
            await wire.post("/x", b"{}", within=0.3 if error is TimeoutError else 20)
        assert await wire.post("/x", b"{}", within=20) == (200, b"ok")


async def test_calls_at_once_have_a_connection_each_and_a_cancelled_one_gives_its_own_up() -> None:
    """An answer that nobody waits for any more must never be taken for the next call's."""
    server = Server(*[[OK]] * 5)
    async with at(server) as wire:
        await asyncio.gather(*(wire.post("/x", b"{}", within=5) for _ in range(3)))
        late = asyncio.ensure_future(wire.post("/late", b"{}", within=5))
        await asyncio.sleep(0)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        assert await wire.post("/x", b"{}", within=5) == (200, b"ok")
    assert server.connections == 3


async def test_a_server_that_hung_up_meanwhile_costs_no_call() -> None:
    server = Server([OK, b""], [OK])
    async with at(server) as wire:
        await wire.post("/x", b"{}", within=5)
        await asyncio.sleep(0.05)
        assert await wire.post("/x", b"{}", within=5) == (200, b"ok")


async def test_who_cannot_be_reached_was_told_nothing(unused_port: int) -> None:
    async with Wire(f"http://127.0.0.1:{unused_port}", largest=1000) as wire:
        with pytest.raises(NotReached):
            await wire.post("/x", b"{}", within=5)
