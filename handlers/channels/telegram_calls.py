"""Calls the Bot API with plain JSON and reads its refusals: no aiogram, whose import and models cost more than all else.

Everything but uploads goes this way: the poll loop, the webhook's registration, `homthu check`, replies.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from bot.errors import ChannelError, TryLater
from handlers.channels.telegram_json import packed, read
from handlers.channels.wire import NotReached, Wire

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
    """One bot's methods, over connections that stay open.

    Args:
        api_base: Where the Bot API is, without a trailing slash: "https://api.telegram.org".
    """

    def __init__(self, token: str, api_base: str) -> None:
        self._token = token
        self._path = f"/bot{token}/"
        self._wire = Wire(api_base.rstrip("/"), largest=LARGEST_ANSWER)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call a method and return its `result`; raises as `result_of` does."""
        return await self.result_of(method, parameters)

    async def result_of(self, method: str, parameters: Mapping[str, Any], *, timeout: float = ONE_CALL) -> Any:
        """The same with the parameters as they are.

        Raises:
            CallRefused: The Bot API said no (4xx); the same call would be refused again.
            TryLater: No answer, 429 (`after` is set), 5xx or no JSON.
        """
        return result_in(await self.call_raw(method, parameters, timeout=timeout), method)

    async def call_raw(self, method: str, parameters: Mapping[str, Any], *, timeout: float = ONE_CALL) -> bytes:
        """The same, but the whole answer as it came. `timeout` is in seconds, from first to last byte."""
        body = packed(parameters)
        try:
            answer = await self._wire.post(self._path + method, body, within=timeout)
        except (OSError, TimeoutError) as error:
            reason = redact(f"{type(error).__name__}: {error}", self._token)
            raise TryLater(method=method, acted=not isinstance(error, NotReached), reason=reason) from None
        if answer.status == 200:
            return answer.body
        raise refusal(method, answer.status, answer.body, self._token)


def result_in(body: bytes, method: str) -> Any:
    """The `result` of an answer that came with 200. Raises TryLater."""
    try:
        return read(body)["result"]
    except (ValueError, RecursionError, LookupError, TypeError):
        raise TryLater(method=method, reason="the answer cannot be read") from None


def refusal(method: str, status: int, body: bytes, token: str) -> ChannelError:
    """What an answer means that came with another status than 200. Never quotes it whole: it may hold messages."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    told = answer.get("description")
    description = redact(told[:300], token) if isinstance(told, str) else ""
    found = answer.get("parameters")
    seconds = found.get("retry_after") if isinstance(found, dict) else None
    if status == 429 or not 400 <= status < 500:
        after = timedelta(seconds=seconds) if type(seconds) is int and 0 < seconds < 1_000_000 else None
        return TryLater(method=method, after=after, acted=status != 429, code=status, description=description)
    return CallRefused(method=method, code=status, description=description)
