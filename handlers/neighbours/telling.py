"""Sends one event to one neighbour, and says what came of it. Nothing of an answer is read but its status.

The address is resolved for each sending, and the connection made to what was found to be allowed (`bot.outward`). No
redirect is followed, no cookie kept, no proxy asked. When to try again is decided in `bot.domain.neighbours`.
"""

import asyncio
import socket
from datetime import datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.clock import steady
from bot.domain.neighbours import Subscription, Telling, Tried, body_of, signed_headers
from bot.outward import NotAsked, Outward
from bot.ports import Clock, Receipts

WITHIN = 10.0  # seconds for all of it
MOST_AT_ONCE = 20  # connections; every neighbour has one at most
AGENT = "HomThu"


class Teller:
    """Over a session for each sending: what is pinned for one address is never used for another."""

    def __init__(self, outward: Outward, receipts: Receipts, clock: Clock, *, within: float = WITHIN) -> None:
        self._outward = outward
        self._receipts = receipts
        self._clock = clock
        self._within = within

    async def tell(self, subscription: Subscription, telling: Telling) -> Tried:
        """Send it. Never raises but when cancelled: whatever a neighbour does is an outcome."""
        now, begun, status = self._clock.now(), steady(), 0
        try:
            async with asyncio.timeout(self._within):
                status = await self._send(subscription, telling, now)
            error = "" if 200 <= status < 300 else "redirect" if 300 <= status < 400 else "refused"
        except NotAsked:
            error = "not_allowed"
        except TimeoutError:
            error = "too_slow"
        except aiohttp.ClientConnectorCertificateError:
            error = "certificate"
        except (aiohttp.ClientConnectorError, OSError):
            error = "out_of_reach"
        except (aiohttp.ClientError, ValueError, UnicodeError, asyncio.IncompleteReadError):
            error = "no_answer"
        return Tried(at=self._clock.now(), status=status, error=error, milliseconds=int((steady() - begun) * 1000))

    async def _send(self, subscription: Subscription, telling: Telling, now: datetime) -> int:
        places = await self._outward.places(subscription.address)
        body = body_of(telling, self._ref(subscription, telling))
        headers = signed_headers(telling.event_id, now, body, subscription.secrets)
        connector = aiohttp.TCPConnector(resolver=_Pinned(places), use_dns_cache=False, force_close=True, limit=1)
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._within),
                auto_decompress=False,
                trust_env=False,
            ) as session,
            session.post(
                URL(subscription.address),
                data=body,
                headers={**headers, "Content-Type": "application/json", "User-Agent": AGENT},
                allow_redirects=False,
            ) as answer,
        ):
            status = answer.status
            answer.close()  # whatever else it says is not read
            return status

    def _ref(self, subscription: Subscription, telling: Telling) -> str:
        """Another one for each subscription: two neighbours cannot put their events together by it."""
        if telling.case_id is None:
            return ""
        return self._receipts.hash_of(f"case of subscription {subscription.id}", str(telling.case_id))[:24]


class _Pinned(AbstractResolver):
    """Resolves whatever it is asked to what was found to be allowed."""

    def __init__(self, places: list[tuple[str, int, socket.AddressFamily, int]]) -> None:
        self._places = places

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(hostname=host, host=place, port=port, family=kind, proto=protocol, flags=socket.AI_NUMERICHOST)
            for place, _, kind, protocol in self._places
        ]

    async def close(self) -> None:
        """Nothing is open."""
