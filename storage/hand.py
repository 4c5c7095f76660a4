"""What a process has in its hand, in a page of a file that is mapped into its memory and never synced.

It need not outlive the machine, only the process: what was written is the operating system's at once, whoever is killed.
Marks only, no names: such a file may be read by whoever reads the folder.
"""

import mmap
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import structlog

from bot.ports import RawUpdate

log = structlog.get_logger()

NAME = "in-hand"
_SIZE = 4096  # bytes: a page
_COUNT = 4  # bytes; so many marks follow
_MARK = 8  # bytes; that two updates share one is less likely than one in 10^16


class HandFile:
    """See `bot.ports.Hand`. One process has the folder (`storage.folder_lock`)."""

    def __init__(self, folder: Path) -> None:
        self._page: mmap.mmap | None = None
        self._dropped: frozenset[bytes] = frozenset()
        try:
            self._page = _map(folder / NAME)
        except OSError as error:  # no room: then nothing is answered before it is kept
            log.warning("hand_not_opened", reason=type(error).__name__)
        else:
            found = self._page[:]
            count = min(int.from_bytes(found[:_COUNT], "big"), (_SIZE - _COUNT) // _MARK)
            self._dropped = frozenset(found[at : at + _MARK] for at in range(_COUNT, _COUNT + count * _MARK, _MARK))

    def close(self) -> None:
        if self._page is not None:
            self._page.close()
            self._page = None

    def hold(self, updates: Sequence[RawUpdate]) -> bool:
        whole = len(updates).to_bytes(_COUNT, "big") + b"".join(map(_mark, updates))
        if self._page is None or len(whole) > _SIZE:
            return False
        self._page[: len(whole)] = whole
        return True

    def let_go(self) -> None:
        self.hold(())

    def was_dropped(self, update: RawUpdate) -> bool:
        return bool(self._dropped) and _mark(update) in self._dropped


def _map(path: Path) -> mmap.mmap:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if (
            missing := _SIZE - os.fstat(file).st_size
        ) > 0:  # with room of its own: none may be lacking when it is written to
            os.lseek(file, 0, os.SEEK_END)
            os.write(file, bytes(missing))
        return mmap.mmap(file, _SIZE)
    finally:
        os.close(file)


def _mark(update: RawUpdate) -> bytes:
    name = f"{update.channel.value}\n{update.external_id}"
    return blake2b(name.encode("utf-8", "replace"), digest_size=_MARK).digest()
