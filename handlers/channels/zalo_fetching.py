"""Fetches what a Zalo event names by address: the one place where this program asks for an address that came from outside.

https at its own port only, and public addresses only: names are resolved here, what is not public is taken out, and the
connection is made to what is left, so that no second answer of a name server counts. Redirects lead to the same host or
nowhere. Where the Bot API itself is on loopback over http (an emulator), that very place may be asked too, and nothing else.
"""

import asyncio
import socket
from ipaddress import ip_address
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.domain.incoming import LARGEST_FILE
from bot.errors import FileNotFetched, FileTooLarge, TryLater
from bot.outward import is_public

WITHIN = 20.0  # seconds for a file, its redirects included
SILENCE = 8.0  # seconds without a byte
MOST_REDIRECTS = 2
LONGEST = 2048  # characters of an address
CHUNK = 256 * 1024
HTTPS_PORT = 443

Resolve = Any  # of `socket.getaddrinfo`'s shape, as a coroutine function


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses; the connection is made to these and to no others."""

    def __init__(self, resolve: Resolve = None) -> None:
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises OSError: There is none, or none that may be asked."""
        ask = self._resolve or asyncio.get_running_loop().getaddrinfo
        infos = await ask(host, port, family=family, type=socket.SOCK_STREAM)
        found = [
            ResolveResult(
                hostname=host,
                host=str(place[0]),
                port=int(place[1]),
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, proto, _, place in infos
            if is_public(str(place[0]))
        ]
        if not found:
            raise NotPublic("no public address")
        return found

    async def close(self) -> None:
        """Nothing is open."""


class NotPublic(OSError):
    """The name leads to where this program must not ask."""


class ZaloFetching:
    """Downloads, over a session of its own that is opened at the first.

    Args:
        api_base: Where the Bot API is; if that is http on loopback, its own files may be fetched from there.
        resolve: Resolves names; the system's by default.
        trusts: Whose certificates count; the system's by default.
    """

    def __init__(self, api_base: str, *, resolve: Resolve = None, trusts: Any = True) -> None:
        base = URL(api_base)
        is_emulated = base.scheme == "http" and base.host in ("127.0.0.1", "localhost", "::1")
        self._emulator = base.origin() if is_emulated else None
        self._resolver = PublicResolver(resolve)
        self._trusts = trusts
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by whether it is the emulator that is asked

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    async def fetch(self, address: str) -> bytes:
        """The bytes, at most 20 MB.

        Raises:
            FileTooLarge, FileNotFetched, TryLater: As `bot.ports.ChannelPort` says.
        """
        url = self._checked(address)
        try:
            async with asyncio.timeout(WITHIN):
                for _ in range(MOST_REDIRECTS + 1):
                    found = await self._ask(url)
                    if isinstance(found, bytes):
                        return found
                    url = self._followed(url, found)
        except (aiohttp.InvalidURL, aiohttp.TooManyRedirects, ValueError):
            raise FileNotFetched(reason="no address that can be asked") from None
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, NotPublic):
                raise FileNotFetched(reason="not a public address") from None
            raise TryLater(reason=type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryLater(reason=type(error).__name__) from None
        raise FileNotFetched(reason="redirected too often")

    def _checked(self, address: str) -> URL:
        """Raises FileNotFetched."""
        try:
            url = URL(address)
            origin = url.origin() if url.host else None
        except ValueError:
            raise FileNotFetched(reason="no address") from None
        if not address.isascii() or not address.isprintable() or len(address) > LONGEST or origin is None:
            raise FileNotFetched(reason="no address")
        if self._emulator is not None and origin == self._emulator:
            return url
        if url.scheme != "https" or url.port != HTTPS_PORT or url.user is not None or url.password is not None:
            raise FileNotFetched(reason="not plain https")
        if _is_literal(url.host or "") and not is_public(url.host or ""):  # no name: it would not be resolved
            raise FileNotFetched(reason="not a public address")
        return url

    def _followed(self, url: URL, location: str) -> URL:
        target = self._checked(str(url.join(URL(location))))
        if target.origin() != url.origin():
            raise FileNotFetched(reason="redirected to another host")
        return target

    async def _ask(self, url: URL) -> bytes | str:
        """The bytes, or where it is said to be."""
        async with self._session(url).get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as answer:
            if answer.status in (301, 302, 303, 307, 308):
                return answer.headers.get("Location", "")
            if answer.status != 200:
                failure = TryLater if answer.status >= 500 or answer.status in (408, 425, 429) else FileNotFetched
                raise failure(code=answer.status)
            if (answer.content_length or 0) > LARGEST_FILE:
                raise FileTooLarge(size=answer.content_length)
            data = bytearray()
            async for chunk in answer.content.iter_chunked(CHUNK):
                data += chunk
                if len(data) > LARGEST_FILE:
                    raise FileTooLarge(size=len(data))
            return bytes(data)

    def _session(self, url: URL) -> aiohttp.ClientSession:
        is_emulated = self._emulator is not None and url.origin() == self._emulator
        session = self._sessions.get(is_emulated)
        if session is None:
            connector = (
                aiohttp.TCPConnector()
                if is_emulated
                else aiohttp.TCPConnector(resolver=self._resolver, use_dns_cache=False, ssl=self._trusts)
            )
            session = self._sessions[is_emulated] = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=WITHIN, sock_read=SILENCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # a picture is not packed again; what is would not be ours to unpack
                trust_env=False,
            )
        return session


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
