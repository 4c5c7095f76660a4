"""Zalo as a part: its channel, how its updates come (polling or a webhook), and what is known of its token."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.app.telegram import Keep, Loop, Messenger
from bot.clock import SystemClock
from bot.domain.people import Channel
from bot.errors import ChannelError
from bot.metrics import Metrics
from bot.ports import FileStore, RawUpdate, Storage
from bot.settings import Settings
from bot.web import keys
from handlers.leading import led
from handlers.pacing import Pace

if TYPE_CHECKING:
    from handlers.channels.zalo_calls import ZaloCalls

log = structlog.get_logger()

LOOK_EVERY = 2.0  # seconds between two looks whether the token was refused
ASK_EVERY = 300.0  # seconds between two questions whether it is still taken
PROBE_EVERY = 30.0  # seconds, while it is refused


async def open_zalo(
    settings: Settings, storage: Storage, files: FileStore, metrics: Metrics, stack: AsyncExitStack
) -> Messenger | None:
    """The channel, closed by `stack`; None without a token.

    Imported here: what a web chat alone does not need.
    """
    token = settings.zalo_token.get_secret_value()
    if not token:
        return None
    from handlers.channels.zalo import ZaloChannel
    from handlers.channels.zalo_calls import ZaloCalls
    from handlers.channels.zalo_fetching import ZaloFetching
    from handlers.channels.zalo_intake import ZaloPolling, ZaloWebhook, register_webhook
    from handlers.channels.zalo_links import PhotoLinks

    calls = await stack.enter_async_context(ZaloCalls(token, settings.zalo_api_base))
    fetching = ZaloFetching(settings.zalo_api_base)
    links = PhotoLinks(storage, files, SystemClock(), settings.public_url) if settings.public_url else None
    pace = Pace.of_zalo(settings.zalo_per_second)
    channel = ZaloChannel(calls, fetching, links, spacing=1.0 / pace.per_chat_per_second)
    stack.push_async_callback(channel.close)

    def receiving(storage: Storage, keep_of: Keep, app: web.Application) -> list[Loop]:
        async def keep(updates: Sequence[RawUpdate]) -> None:
            for update in updates:  # before: the answer may be on its way when this returns
                channel.typing.expect(update.address_id)
            await keep_of(Channel.ZALO, updates)

        async def watch(stop: asyncio.Event) -> None:
            await _watch(calls, metrics, app[keys.WAYS_IN], stop)

        if links is not None:
            app.add_routes(links.routes())
        if settings.zalo_mode == "polling":
            # An update goes to one who asks: two would take turns, and bring a chat's messages out of order.
            return [led("zalo", storage, ZaloPolling(calls, keep).run), watch]
        secret = settings.zalo_webhook_secret.get_secret_value()
        app.add_routes(ZaloWebhook(secret, keep, metrics.webhook_refused.labels("zalo").inc).routes())

        async def register(stop: asyncio.Event) -> None:
            await register_webhook(calls, public_url=settings.public_url, secret=secret, stop=stop)

        return [register, watch]

    return Messenger(channel=channel, pace=pace, needs_door=settings.zalo_mode == "webhook", receiving=receiving)


async def _watch(calls: "ZaloCalls", metrics: Metrics, ways_in: keys.WaysIn, stop: asyncio.Event) -> None:
    """Say where operators look whether the token is taken; ask now and then, more often while it is not."""
    asked_at = -ASK_EVERY
    now = asyncio.get_running_loop().time
    while not stop.is_set():
        if now() - asked_at >= (PROBE_EVERY if calls.is_refused else ASK_EVERY):
            asked_at = now()
            try:
                await calls.call("getMe")
            except (ChannelError, OSError) as trouble:
                log.warning("zalo_not_reached", reason=str(trouble)[:200])
        if calls.is_refused != ways_in.zalo_is_refused:
            log.log(40 if calls.is_refused else 20, "zalo_token_refused" if calls.is_refused else "zalo_token_taken_again")
        ways_in.zalo_is_refused = calls.is_refused
        metrics.tell_zalo(is_refused=calls.is_refused)
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await stop.wait()
        except TimeoutError:
            continue
