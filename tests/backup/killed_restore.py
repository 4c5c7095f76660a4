"""`homthu restore`, killed at its n-th renaming (0: at the commit, -1: after it). The words after the number are its own."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import restore
from bot.cli import command

RENAME, COMMIT, FINISH = Path.rename, AsyncConnection.commit, restore._finish


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(moment: int) -> None:
    """From now on this process dies there."""
    renamed = 0

    def rename(path: Path, target: Path) -> Path:
        nonlocal renamed
        renamed += path.suffix != ".tmp" and "restor" in f"{path}{target}"  # a changing of places, no other file
        if renamed == moment:
            _die()
        return RENAME(path, target)

    async def commit(connection: AsyncConnection) -> None:
        if renamed:  # the places have changed: this is the last one
            _die()
        await COMMIT(connection)

    def finish(marked: Path) -> None:
        if moment == -1:
            _die()
        FINISH(marked)

    Path.rename = rename  # type: ignore[method-assign, assignment]  # it is the place to die at
    if moment == 0:
        AsyncConnection.commit = commit  # type: ignore[method-assign, assignment]  # the same
    restore._finish = finish


if __name__ == "__main__":
    killed_at(int(sys.argv[1]))
    sys.exit(command(sys.argv[2:]))
