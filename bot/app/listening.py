"""What the process listens to: the web's port, and the signals that ask it to stop."""

import asyncio
import signal
from contextlib import AsyncExitStack, suppress

from aiohttp import web

from bot import checks
from bot.errors import SettingsError
from bot.settings import Settings
from bot.web import keys
from bot.web.door import Door

WEB_STOPS_WITHIN = 2.0  # seconds for pages under way
WAITING_TO_BE_LET_IN = 512  # connections


def listen_to_signals() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(name, asked.set)
    return asked


async def start_web(settings: Settings, app: web.Application, stack: AsyncExitStack) -> int:
    """Start listening; returns the port. Closed by `stack` before the database is."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=WEB_STOPS_WITHIN)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)

    async def end_streams() -> None:
        app[keys.STOP].set()

    stack.push_async_callback(end_streams)
    assert runner.server is not None, "it is set up"
    try:
        listening = await asyncio.get_running_loop().create_server(
            Door(runner.server), settings.host, settings.port, backlog=WAITING_TO_BE_LET_IN
        )
    except OSError as trouble:
        raise SettingsError(line=checks.why_not_listening(settings, trouble)) from trouble
    stack.callback(listening.close)  # nobody new comes in while those inside are served to the end
    return int(listening.sockets[0].getsockname()[1])
