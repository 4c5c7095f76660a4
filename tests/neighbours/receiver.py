"""A neighbour of the tests: a real server on loopback that checks each signature with code of its own."""

import asyncio
import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Behave = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Receiver:
    """What came, in order. `behave` answers; by default everything is taken."""

    secrets: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    tries: list[dict[str, Any]] = field(default_factory=list)
    foreign: int = 0  # calls whose signature does not fit
    behave: Behave | None = None
    address: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def is_signed(self, headers: Any, body: bytes) -> bool:
        """As the specification of Standard Webhooks says it, without a line of ours."""
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        given = headers["webhook-signature"].split(" ")
        for secret in self.secrets:
            made = hmac.digest(b64decode(secret[len("whsec_") :]), signed, hashlib.sha256)
            if f"v1,{b64encode(made).decode()}" in given:
                return True
        return False

    async def hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        event = json.loads(body)
        assert request.headers["webhook-id"] == event["id"]
        if not self.is_signed(request.headers, body):
            self.foreign += 1
            return web.Response(status=401)
        self.tries.append(event)
        try:
            if self.behave is not None:
                answer = await self.behave(request)
                if answer.status >= 300:
                    return answer
            else:
                answer = web.Response(status=204)
            self.taken.append(event)
        finally:
            self.news.set()
        return answer

    async def has(self, count: int, *, within: float = 30.0) -> list[dict[str, Any]]:
        """Wait until so many were taken."""
        async with asyncio.timeout(within):
            while len(self.taken) < count:
                self.news.clear()
                await self.news.wait()
        return self.taken


@asynccontextmanager
async def receiving(behave: Behave | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(behave=behave)
    app = web.Application()
    app.router.add_post("/hook", receiver.hear)
    async with TestServer(app) as server:
        receiver.address = str(server.make_url("/hook"))
        yield receiver
