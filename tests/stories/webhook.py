"""Telegram by webhook: a city whose door is known to Telegram, and anybody who knocks there."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.stories.cast import City, running_city
from tests.stories.things import eventually

SECRET = f"a-secret_of-Telegram-and-us-{1234567890}"  # in two parts: no file holds what looks like one
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@asynccontextmanager
async def city_with_a_webhook(place: Place) -> AsyncIterator[City]:
    """The program, listening where Telegram is told to bring updates."""
    with socket.socket() as found:  # Telegram must be told the port before the program listens on it
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    more = {"telegram_mode": "webhook", "telegram_webhook_secret": SECRET, "public_url": f"http://127.0.0.1:{port}"}
    async with BotApiServer() as api, running_city(place, api, port=port, **more) as city:

        async def is_registered() -> bool:
            return api.webhook.url == f"http://127.0.0.1:{port}/hooks/telegram"

        await eventually(is_registered)
        yield city


async def knocks(city: City, body: bytes, *secrets: str) -> int:
    """Somebody posts to the webhook with these secrets, as raw bytes on a socket; the status they get."""
    host, port = city.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = "".join(f"{HEADER}: {secret}\r\n" for secret in secrets)
    head = f"POST /hooks/telegram HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    writer.write(head.encode("utf-8", "surrogateescape") + body)
    async with asyncio.timeout(60):
        status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status
