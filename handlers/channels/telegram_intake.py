"""Receives Telegram's updates, by long polling or by webhook, and hands them to `keep` before confirming anything.

aiogram's own polling confirms updates whose handlers may still fail, and its webhook answers before anything is stored
(measured: 7 % and 16 % lost over 20 kills). Here an update is confirmed only once `keep` has returned, which means
committed; a crash in between brings it again, and `keep` knows it by its id.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from bot.errors import ChannelError, StorageBusy, TryLater
from handlers.channels.receiving import (
    FIRST_WAIT,
    Keep,
    MessengerWebhook,
    call_until_done,
    sleep,
    unless_stopped,
    wait_after,
)
from handlers.channels.telegram_calls import CallRefused, RawCalls
from handlers.channels.telegram_updates import ALLOWED_UPDATES, Fetched, NotAnAnswer, fetched_updates, raw_update
from handlers.faults import told

log = structlog.get_logger()

LONG_POLL = 25  # seconds; Telegram holds an empty answer back for at most 50
MOST_AT_ONCE = 100  # updates; Telegram's own limit
MOST_LOOKS = 3  # at what cannot be read, before it is put aside: an answer may have been cut on its way
FORGET_OFFSET_AFTER = 24 * 3600.0  # seconds of silence; see `_Offset`

PATH = "/hooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name, not a secret
LARGEST_BODY = 4 * 1024 * 1024  # bytes; a genuine update has a few thousand
CONNECTIONS = 40  # at once, each with one update; they share commits


class _Offset:
    """What to ask for next: everything below it is confirmed, for good, by the asking.

    Kept in memory only: a fresh start asks without one and gets whatever was never confirmed.
    Source: ids start anew at random after a week without updates, https://core.telegram.org/bots/api#update
    """

    def __init__(self) -> None:
        self.value: int | None = None
        self._moved_at = 0.0

    def asked(self, now: float) -> int | None:
        if now - self._moved_at > FORGET_OFFSET_AFTER:
            self.value = None
        return self.value

    def confirm(self, ids: Sequence[int | None], now: float) -> bool:
        """Everything with these ids is kept. False when that moves nothing, so that the same would come again at once.

        An item without a usable id still counts: k items came, all at or above the offset, so that at most these k can
        lie in the k ids from the offset on.
        """
        known = [number for number in ids if number is not None]
        if known:
            following: int | None = max(known) + 1
        else:
            following = self.value + len(ids) if self.value is not None else None
        moved = following is not None and following != self.value
        if moved:
            self.value, self._moved_at = following, now
        return moved


class TelegramPolling:
    """Asks for updates, keeps them, asks for the next."""

    def __init__(self, calls: RawCalls, keep: Keep, *, long_poll: int = LONG_POLL) -> None:
        self._calls = calls
        self._keep = keep
        self._long_poll = long_poll
        self._offset = _Offset()
        self._webhook_is_gone = False
        self._looks = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; what is being kept at that moment is kept to the end, a waiting question is dropped."""
        failures = 0
        while not stop.is_set():
            try:
                moved = await self._turn(stop)
            except (ChannelError, StorageBusy, NotAnAnswer) as error:
                failures += 1
                wait = self._wait_after(error, failures)
                log.warning("telegram_polling_failed", reason=told(error), failures=failures, wait=wait)
                await sleep(wait, stop)
                continue
            failures = 0
            if not moved:
                await sleep(FIRST_WAIT, stop)

    async def _turn(self, stop: asyncio.Event) -> bool:
        """One question. False when its answer could not move the offset."""
        if not self._webhook_is_gone:  # while one is set, polling is refused; nothing that waits is dropped
            gone = await unless_stopped(self._calls.call("deleteWebhook", drop_pending_updates=False), stop)
            if gone is None:
                return True
            self._webhook_is_gone = True
        body = await unless_stopped(self._fetch(), stop)
        if body is None:
            return True
        fetched = fetched_updates(body)
        if not fetched:
            return True
        self._look_again(fetched)
        await self._keep([item.raw for item in fetched])
        return self._offset.confirm([item.update_id for item in fetched], asyncio.get_running_loop().time())

    def _look_again(self, fetched: Sequence[Fetched]) -> None:
        """What cannot be read is asked for again, a few times, before it is confirmed: what comes whole then is not lost.

        Raises:
            NotAnAnswer: This answer is to be forgotten.
        """
        self._looks = self._looks + 1 if any(item.raw.unreadable for item in fetched) else 0
        if self._looks % MOST_LOOKS:
            raise NotAnAnswer("an update that cannot be read")

    async def _fetch(self) -> bytes:
        parameters: dict[str, Any] = {
            "limit": MOST_AT_ONCE,
            "timeout": self._long_poll,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        offset = self._offset.asked(asyncio.get_running_loop().time())
        if offset is not None:
            parameters["offset"] = offset
        return await self._calls.call_raw("getUpdates", parameters, timeout=self._long_poll + 15.0)

    def _wait_after(self, error: Exception, failures: int) -> float:
        if isinstance(error, TryLater) and error.after is not None:
            return error.after.total_seconds()
        if isinstance(error, CallRefused) and error.code == 409:  # a webhook was set, or another process polls
            self._webhook_is_gone = False
        return wait_after(failures)


class TelegramWebhook(MessengerWebhook):
    """`POST /hooks/telegram`: Telegram brings one update. The arguments are `MessengerWebhook`'s."""

    def __init__(self, secret: str, keep: Keep, count_refused: Callable[[], None]) -> None:
        super().__init__(
            PATH,
            SECRET_HEADER,
            secret,
            lambda body: [raw_update(body)],
            keep,
            count_refused,
            largest=LARGEST_BODY,
        )


async def register_webhook(calls: RawCalls, *, public_url: str, secret: str, stop: asyncio.Event) -> None:
    """Tell Telegram where to bring updates; tries until it agrees or `stop` is set. What waits there is not dropped."""
    parameters: dict[str, Any] = {
        "url": public_url.rstrip("/") + PATH,
        "secret_token": secret,
        "allowed_updates": list(ALLOWED_UPDATES),
        "max_connections": CONNECTIONS,
        "drop_pending_updates": False,
    }
    await call_until_done(lambda: calls.call("setWebhook", **parameters), stop, what="telegram_webhook_not_set")
