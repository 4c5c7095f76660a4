"""Every picture that is stored gets its print, by which it is found again: those of before too, in portions."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.ports import FileStore, Imager, Storage

log = structlog.get_logger()

MOST_PRINTS = 10  # that are made before they are kept: half a second of a processor each
LOOK_FOR_PICTURES_EVERY = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class DuePrints:
    """Pictures without a print. Two processes may both make one: the second changes nothing."""

    storage: Storage
    files: FileStore
    imager: Imager
    name: str = "prints"

    async def do(self, now: datetime) -> int:
        async with self.storage.reading() as uow:
            keys = await uow.prints.unprinted(MOST_PRINTS)
        made = [(key, await self._words(key)) for key in keys]
        if made:
            async with self.storage.begin() as uow:
                for key, words in made:
                    await uow.prints.put(key, words, now)
                await uow.commit()
        return len(made)

    async def _words(self, key: str) -> list[int]:
        """None for a picture that is gone or cannot be read: it is not tried again."""
        try:
            return await self.imager.words(await self.files.get(key))
        except FileNotFoundError:
            log.info("picture_without_print")
            return []
