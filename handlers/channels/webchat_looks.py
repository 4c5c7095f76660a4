"""Looks for new lines on behalf of all open pages of the chat.

One commit often answers many residents, and each look of its own is a change of threads, which costs ten times what SQLite
needs to find a line. So whoever looks while another look is under way, or at the same moment, shares the next one.
"""

import asyncio
from datetime import timedelta

from aiohttp import web

from bot.ports import ChatLine, ChatPlace
from bot.web import keys

LATE_WITHIN = timedelta(seconds=30)  # no transaction of ours takes a fraction of that
MOST_AT_ONCE = 200  # pages; a longer read would keep a reader from everybody else

_Waiter = tuple[ChatPlace, "asyncio.Future[list[ChatLine]]"]


class Looks:
    """The looks of one process."""

    def __init__(self) -> None:
        self._waiting: list[_Waiter] = []
        self._looking: asyncio.Task[None] | None = None

    async def replies_after(self, app: web.Application, place: ChatPlace) -> list[ChatLine]:
        """Our lines after that place, and those that came late to one before it.

        Raises:
            StorageBusy: It is out of reach.
        """
        found: asyncio.Future[list[ChatLine]] = asyncio.get_running_loop().create_future()
        self._waiting.append((place, found))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(app))
        return await found

    async def _look(self, app: web.Application) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                since = app[keys.CLOCK].now() - LATE_WITHIN
                async with app[keys.STORAGE].reading() as uow:
                    lines = await uow.chat_lines.replies_after_each([place for place, _ in together], since=since)
            except Exception as error:
                for _, found in together:
                    if not found.done():
                        found.set_exception(error)
            except BaseException:  # the loop is closing
                for _, found in (*together, *self._waiting):
                    found.cancel()
                raise
            else:
                for (_, found), news in zip(together, lines, strict=True):
                    if not found.done():  # the page was closed meanwhile
                        found.set_result(news)
