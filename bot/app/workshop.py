"""Makes each paper that takes long in a process of its own: the loop that serves pages never waits for it.

The process is a guest of the database, knows no channel's token, runs with low priority, and ends with the one that started
it: nothing it began survives a restart, and its row says so. `python -m bot.app.workshop ID` is that process.
"""

import asyncio
import os
import sys
import threading
from contextlib import AsyncExitStack, suppress

import structlog

from bot.clock import SystemClock
from bot.domain.long_work import WorkState
from bot.errors import StorageBusy
from bot.long_work import make
from bot.memory import collect_seldom
from bot.ports import Clock, Storage
from bot.routing.wards import city_folder, load_wards
from bot.settings import PREFIX, Settings, load_settings

log = structlog.get_logger()

NICER = 10  # below everything that somebody waits for
_HANDED_ON = ("data_dir", "database_url", "files_url", "secret_key", "timezone", "log_level")


class ProcessWorkshop:
    """See `bot.ports.Workshop`."""

    def __init__(self, settings: Settings, storage: Storage, clock: Clock) -> None:
        self._settings, self._storage, self._clock = settings, storage, clock
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._watching: set[asyncio.Task[None]] = set()

    async def start(self, work_id: int) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.app.workshop", str(work_id)),
                stdin=asyncio.subprocess.PIPE,  # ends with us
                env=_environment(self._settings),
            )
        except OSError as error:
            log.error("work_not_started", error=type(error).__name__)
            await self._fail(work_id)
            return
        self._running[work_id] = process
        task = asyncio.create_task(self._watch(work_id, process))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    def stop(self, work_id: int) -> None:
        if process := self._running.get(work_id):
            with suppress(ProcessLookupError):
                process.kill()

    async def close(self) -> None:
        """End them all; before the database is closed."""
        for work_id in list(self._running):
            self.stop(work_id)
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def _watch(self, work_id: int, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        self._running.pop(work_id, None)
        if code:
            log.warning("work_ended", code=code)
            await self._fail(work_id)

    async def _fail(self, work_id: int) -> None:
        """Unless it ended before, in whatever way."""
        with suppress(StorageBusy):  # its beat grows old, which says the same
            async with self._storage.begin() as uow:
                if await uow.long_works.end(work_id, WorkState.FAILED, self._clock.now()):
                    await uow.commit()


def _environment(settings: Settings) -> dict[str, str]:
    """What it needs of ours, as this process was given it, and no channel's token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    for name in _HANDED_ON:
        value = getattr(settings, name)
        text = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        kept[PREFIX + name.upper()] = str(settings.data_dir.absolute()) if name == "data_dir" else text
    return kept


def _end_with_whoever_started_us() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


async def _make(work_id: int) -> WorkState:
    from bot import app  # which knows this file

    settings = load_settings()
    app.prepare_logs(settings, quiet=True)
    async with AsyncExitStack() as stack:
        collect_seldom()
        database = await stack.enter_async_context(app.open_database(settings, beside_others=True))
        return await make(
            work_id,
            storage=database,
            files=app.open_files(settings, database.keys),
            settings=settings,
            wards=load_wards(city_folder(settings.data_dir)),
            clock=SystemClock(),
        )


def main() -> int:
    """Make one. The exit code is 1 where it could not be made."""
    os.nice(NICER)
    threading.Thread(target=_end_with_whoever_started_us, daemon=True).start()
    return int(asyncio.run(_make(int(sys.argv[1]))) is WorkState.FAILED)


if __name__ == "__main__":
    sys.exit(main())
