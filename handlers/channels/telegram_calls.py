"""Calls the Bot API with plain JSON, for what must see the raw answer or must not cost an import of aiogram.

Used by the poll loop, for the webhook's registration and by `homthu check`. Replies and files go through
`handlers.channels.telegram`.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

import aiohttp

from bot.errors import ChannelError, TryLater

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; a hundred of the largest updates stay well below
ONE_CALL = 30.0  # seconds

_TOKEN = re.compile(r"(?:\bbot|\b)\d{2,20}:[A-Za-z0-9_-]{6,}")


class CallRefused(ChannelError):
    """The Bot API refused a call."""

    def __init__(self, *, method: str, code: int, description: str) -> None:
        super().__init__(method=method, code=code, description=description)
        self.code = code
        self.description = description


def redact(text: str, token: str) -> str:
    """The text without the token, nor anything else of a token's shape (exceptions quote whole addresses)."""
    return _TOKEN.sub("<token>", text.replace(token, "<token>") if token else text)


class RawCalls:
    """One connection pool to one bot's methods.

    Args:
        api_base: Where the Bot API is, without a trailing slash: "https://api.telegram.org".
    """

    def __init__(self, token: str, api_base: str) -> None:
        self._token = token
        self._base = f"{api_base.rstrip('/')}/bot{token}/"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call a method and return its `result`.

        Raises:
            CallRefused: The Bot API said no (4xx); the same call would be refused again.
            TryLater: No answer, 429 (`after` is set), 5xx or no JSON.
        """
        body = await self.call_raw(method, parameters)
        try:
            return json.loads(body)["result"]
        except (ValueError, RecursionError, LookupError, TypeError):
            raise TryLater(method=method, reason="the answer cannot be read") from None

    async def call_raw(self, method: str, parameters: Mapping[str, Any], *, timeout: float = ONE_CALL) -> bytes:
        """The same, but the whole answer as it came. `timeout` is in seconds, from first to last byte."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.post(
                self._base + method,
                json=parameters,
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,  # the token stands in the address: it goes nowhere else
            ) as response:
                body = await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            reason = redact(f"{type(error).__name__}: {error}", self._token)
            raise TryLater(method=method, reason=reason) from None
        if response.status == 200:
            return body
        raise _refusal(method, response.status, body, self._token)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts = bytearray()
    async for chunk in response.content.iter_chunked(256 * 1024):
        parts += chunk
        if len(parts) > LARGEST_ANSWER:
            raise ValueError("the answer is too long")
    return bytes(parts)


def _refusal(method: str, status: int, body: bytes, token: str) -> ChannelError:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    description = redact(str(answer.get("description", ""))[:300], token)
    found = answer.get("parameters")
    seconds = found.get("retry_after") if isinstance(found, dict) else None
    if status == 429 or not 400 <= status < 500:
        after = timedelta(seconds=seconds) if type(seconds) is int and 0 < seconds < 1_000_000 else None
        return TryLater(method=method, after=after, acted=status != 429, code=status, description=description)
    return CallRefused(method=method, code=status, description=description)
