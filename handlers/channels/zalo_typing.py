"""Shows "typing" where an answer takes longer than a moment: a photo is fetched, or many wait. Nothing depends on it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import ChannelError

AFTER = 1.0  # seconds
MOST = 200  # chats at once; with more of them nobody is shown anything, and nobody's quota is spent


class Typing:
    """Told who wrote and who was answered.

    Args:
        act: Shows it in a chat, for some seconds.
    """

    def __init__(self, act: Callable[[str], Awaitable[object]]) -> None:
        self._act = act
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def expect(self, chat: str) -> None:
        """Something came from there that will be answered."""
        if chat and chat not in self._due and len(self._due) < MOST:
            self._due[chat] = asyncio.get_running_loop().call_later(AFTER, self._begin, chat)

    def answered(self, chat: str) -> None:
        """The answer is on its way."""
        timer = self._due.pop(chat, None)
        if timer is not None:
            timer.cancel()

    async def close(self) -> None:
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, chat: str) -> None:
        self._due.pop(chat, None)
        task = asyncio.get_running_loop().create_task(self._show(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, chat: str) -> None:
        with suppress(ChannelError, OSError):
            await self._act(chat)
