"""A workshop that works in the test's own loop; the one with processes is tested in tests/ops/test_sheets.py."""

import asyncio
from contextlib import suppress

from bot.long_work import make
from bot.ports import Clock, FileStore
from bot.routing.wards import load_wards
from bot.settings import Settings
from storage import Database


class HereWorkshop:
    """See `bot.ports.Workshop`. `hands` are off until the test says so, where it wants to look in between."""

    def __init__(self, database: Database, files: FileStore, settings: Settings, clock: Clock) -> None:
        self._with = (database, files, settings, clock)
        self.hands = asyncio.Event()
        self.hands.set()
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def start(self, work_id: int) -> None:
        self.tasks[work_id] = asyncio.create_task(self._make(work_id))

    def stop(self, work_id: int) -> None:
        self.tasks[work_id].cancel()

    async def settle(self) -> None:
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _make(self, work_id: int) -> None:
        database, files, settings, clock = self._with
        await self.hands.wait()
        with suppress(ZeroDivisionError):  # a maker of a test breaks
            await make(work_id, storage=database, files=files, settings=settings, wards=load_wards(), clock=clock)
