"""One process per data folder: a lock the operating system gives back by itself when the process dies."""

import os
from pathlib import Path

from bot.errors import SettingsError

if os.name == "nt":
    import msvcrt
else:
    import fcntl

NAME = "homthu.lock"


class FolderLock:
    """Held while the database is open. Two in one process exclude each other as well."""

    def __init__(self, folder: Path, name: str = NAME) -> None:
        self._path = folder / name
        self._file: int | None = None

    def take(self) -> None:
        """Raises SettingsError when another process has it."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file)
        except OSError:
            os.close(file)
            raise SettingsError(
                line=f"HOMTHU_DATA_DIR: {self._path.parent} is in use by another process; stop it, or choose another folder"
            ) from None
        self._file = file

    def give_back(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _lock(file: int) -> None:
    if os.name == "nt":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # exists on Windows only
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
