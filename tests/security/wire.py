"""A caller with a bare socket: sends any bytes, reads one answer."""

import asyncio
from dataclasses import dataclass

from yarl import URL

PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 where the line was cut without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


def host_of(url: str) -> str:
    return URL(url).authority


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    at = URL(url)
    return await asyncio.open_connection(at.host, at.port)


async def ask(url: str, request: bytes) -> Answer:
    """Send this on a connection of its own, and read until the other side closes or has said everything."""
    reader, writer = await connect(url)
    try:
        writer.write(request)
        async with asyncio.timeout(PATIENCE):
            return await answer_of(reader)
    finally:
        writer.close()


async def answer_of(reader: asyncio.StreamReader) -> Answer:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(0, {}, b"")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split()[1]), headers, body)


def request_of(method: str, path: str, host: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
