"""Calls the Zalo Bot API with plain JSON and reads its refusals. `ok` decides, whatever HTTP's status says.

The codes are what the documentation and other clients agree on; what a code means for a reply is `handlers.channels.zalo`'s.
"""

from collections.abc import Mapping
from typing import Any, Self

from bot.errors import ChannelError, TryLater
from handlers.channels.telegram_calls import CallRefused, redact
from handlers.channels.telegram_json import packed, read
from handlers.channels.wire import CutOff, NotReached, Wire

LARGEST_ANSWER = 1024 * 1024  # bytes
ONE_CALL = 25.0  # seconds

BAD_TOKEN = 401
NOTHING_NEW = 408  # of getUpdates; of anything else: the outcome is unknown
TOO_MANY = 429


class TokenRefused(CallRefused):
    """The token is no longer taken: it was reset in Bot Creator, or mistyped."""


class ZaloCalls:
    """One bot's methods, over connections that stay open.

    Args:
        api_base: Where the Bot API is, without a trailing slash: "https://bot-api.zaloplatforms.com".
    """

    def __init__(self, token: str, api_base: str) -> None:
        self._token = token
        self._path = f"/bot{token}/"
        self._wire = Wire(api_base.rstrip("/"), largest=LARGEST_ANSWER)
        self.is_refused = False  # the token, when it was last used

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    async def call(self, method: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = ONE_CALL) -> Any:
        """Call a method and return its `result`; None where there is none.

        Raises:
            TokenRefused: 401.
            CallRefused: Zalo said no, with its code; 408 among them.
            TryLater: No answer, 429 (`code` is among its values), 5xx or no JSON.
        """
        body = await self.call_raw(method, parameters or {}, timeout=timeout)
        found = self.refusal_in(method, body)
        if found is not None:
            raise found
        return read(body).get("result")

    async def call_raw(self, method: str, parameters: Mapping[str, Any], *, timeout: float = ONE_CALL) -> bytes:
        """The whole answer as it came, also where it says no. `timeout` is in seconds, from first to last byte.

        Raises:
            CutOff: It broke off; what had come of it is with it.
            TokenRefused, CallRefused, TryLater: An answer that is no JSON came with another status than 200.
            TryLater: No answer at all.
        """
        try:
            answer = await self._wire.post(self._path + method, packed(parameters), within=timeout)
        except CutOff:
            raise
        except (OSError, TimeoutError) as error:
            reason = redact(f"{type(error).__name__}: {error}", self._token)
            raise TryLater(method=method, acted=not isinstance(error, NotReached), reason=reason) from None
        refused = self.refusal_in(method, answer.body)
        if answer.status != 200 and refused is None and not _is_answer(answer.body):
            refused = self._refusal(method, answer.status, "")
            self._note(refused)
            raise refused
        self._note(refused)
        return answer.body

    def _note(self, refused: ChannelError | None) -> None:
        if isinstance(refused, TokenRefused):
            self.is_refused = True
        elif not isinstance(refused, TryLater):
            self.is_refused = False

    def refusal_in(self, method: str, body: bytes) -> ChannelError | None:
        """The refusal that an answer is; None for any other: one that says `ok`, or nothing that could be read."""
        try:
            answer = read(body)
        except (ValueError, RecursionError):
            return TryLater(method=method, reason="the answer cannot be read") if method != "getUpdates" else None
        if not isinstance(answer, dict) or answer.get("ok") is True:
            return None if isinstance(answer, dict) else TryLater(method=method, reason="the answer is no object")
        if method == "getUpdates" and answer.get("ok") is not False:
            return None  # an update without its envelope
        given = next((answer[name] for name in ("error_code", "errorCode") if type(answer.get(name)) is int), 0)
        told = answer.get("description")
        return self._refusal(method, given, redact(told[:300], self._token) if isinstance(told, str) else "")

    def _refusal(self, method: str, code: int, description: str) -> ChannelError:
        if code == BAD_TOKEN:
            return TokenRefused(method=method, code=code, description=description)
        if code == TOO_MANY or not 400 <= code < 500:
            return TryLater(method=method, acted=code != TOO_MANY, code=code, description=description)
        return CallRefused(method=method, code=code, description=description)


def _is_answer(body: bytes) -> bool:
    """An update may come under any status."""
    try:
        answer = read(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and not answer.keys().isdisjoint(("ok", "event_name", "message"))
