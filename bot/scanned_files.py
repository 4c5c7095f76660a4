"""Hands out no file unscanned where a scanner is set up: also those that were kept before there was one.

What is kept is scanned first by `bot.file_keeper`. Here each file is scanned once more before this process hands it out for
the first time, whoever wants it: its verdict is remembered by its content, as long as the process lives, so that a newer
list of signatures is asked after every start.
"""

from collections import OrderedDict

import structlog

from bot.ports import FileStore, Scanner

log = structlog.get_logger()

REMEMBERED = 50_000  # verdicts


class ScannedFiles:
    """See `bot.ports.FileStore`; around one."""

    def __init__(self, store: FileStore, scanner: Scanner) -> None:
        self._store = store
        self._scanner = scanner
        self._verdicts: OrderedDict[str, bool] = OrderedDict()

    async def put(self, data: bytes) -> str:
        return await self._store.put(data)

    async def get(self, key: str) -> bytes:
        """Raises FileNotFoundError for what is infected as for what is not there, and ScannerAway where nobody can say."""
        if self._verdicts.get(key) is False:
            raise FileNotFoundError(key)
        data = await self._store.get(key)
        if key not in self._verdicts:
            self._verdicts[key] = await self._scanner.is_clean(data)
            while len(self._verdicts) > REMEMBERED:
                self._verdicts.popitem(last=False)
            if not self._verdicts[key]:
                log.warning("kept_file_infected", size=len(data))
                raise FileNotFoundError(key)
        return data

    async def remove(self, key: str) -> None:
        self._verdicts.pop(key, None)
        await self._store.remove(key)
