"""Telegram as a part: its channel, how updates come (polling or a webhook), and how it introduces itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bot.domain.people import Channel
from bot.errors import ChannelError
from bot.metrics import Metrics
from bot.ports import ChannelPort, FileStore, RawUpdate, Storage
from bot.settings import Settings
from bot.web import keys
from handlers.leading import led
from handlers.pacing import Pace

log = structlog.get_logger()

Loop = Callable[[asyncio.Event], Awaitable[None]]
Keep = Callable[[Channel, Sequence[RawUpdate]], Awaitable[None]]

WATCH_EVERY = 60.0  # seconds between two questions how much waits at Telegram


@dataclass(kw_only=True)
class Messenger:
    """A messenger's channel, and how its updates come."""

    channel: ChannelPort
    pace: Pace
    needs_door: bool  # updates are brought to it
    receiving: Callable[[Storage, Keep, web.Application], list[Loop]]


async def open_telegram(settings: Settings, files: FileStore, metrics: Metrics, stack: AsyncExitStack) -> Messenger | None:
    """The channel, closed by `stack`; None without a token.

    Imported here: what a web chat alone does not need.
    """
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    from handlers.channels.telegram import TelegramChannel
    from handlers.channels.telegram_calls import RawCalls
    from handlers.channels.telegram_intake import TelegramPolling, TelegramWebhook, register_webhook

    channel = TelegramChannel(token, files, api_base=settings.telegram_api_base)
    stack.push_async_callback(channel.close)
    calls = await stack.enter_async_context(RawCalls(token, settings.telegram_api_base))

    def receiving(storage: Storage, keep_of: Keep, app: web.Application) -> list[Loop]:
        async def keep(updates: Any) -> None:
            await keep_of(Channel.TELEGRAM, updates)

        async def watch(stop: asyncio.Event) -> None:
            await _watch(lambda: calls.call("getWebhookInfo"), metrics, stop)

        async def introduce(stop: asyncio.Event) -> None:
            await _introduce(channel.set_menu, lambda: calls.call("getMe"), app[keys.WAYS_IN], stop)

        if settings.telegram_mode == "polling":
            # Two that poll shut each other out: one does, the others stand by.
            return [led("telegram", storage, TelegramPolling(calls, keep).run), introduce, watch]
        secret = settings.telegram_webhook_secret.get_secret_value()
        refused = metrics.webhook_refused.labels("telegram").inc
        app.add_routes(TelegramWebhook(secret, keep, refused).routes())

        async def register(stop: asyncio.Event) -> None:
            await register_webhook(calls, public_url=settings.public_url, secret=secret, stop=stop)

        return [register, introduce, watch]

    return Messenger(
        channel=channel,
        pace=Pace.of_telegram(settings.telegram_per_second),
        needs_door=settings.telegram_mode == "webhook",
        receiving=receiving,
    )


async def _introduce(
    set_menu: Callable[[], Awaitable[None]],
    get_me: Callable[[], Awaitable[Any]],
    ways_in: keys.WaysIn,
    stop: asyncio.Event,
) -> None:
    """Set the bot's menu and learn its name for the front page; tried until Telegram can be reached, in no hurry."""
    while not stop.is_set():
        try:
            await set_menu()
            ways_in.telegram_name = str((await get_me()).get("username", ""))
            return
        except ChannelError as trouble:
            log.warning("telegram_not_reached", reason=str(trouble)[:200])
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                await stop.wait()


async def _watch(get_info: Callable[[], Awaitable[Any]], metrics: Metrics, stop: asyncio.Event) -> None:
    """How much waits at Telegram, and whether it fails to bring it: what it cannot bring here, nobody here would notice."""
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(WATCH_EVERY):
                await stop.wait()
                return
        try:
            pending, error_at = read_webhook_info(await get_info())
        except ChannelError as trouble:
            log.warning("telegram_not_reached", reason=str(trouble)[:200])
        else:
            metrics.tell_telegram(pending=pending, error_at=error_at)


def read_webhook_info(info: Any) -> tuple[int, int]:
    """How many updates wait, and when one could last not be brought (seconds since 1970, 0: never)."""
    found = info if isinstance(info, dict) else {}
    numbers = [found.get(name, 0) for name in ("pending_update_count", "last_error_date")]
    pending, error_at = (number if type(number) is int and number > 0 else 0 for number in numbers)
    return pending, error_at
