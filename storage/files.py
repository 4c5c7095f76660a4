"""Bytes by their SHA-256, in a folder, in memory or in S3. What they may be is decided in `bot.file_keeper`."""

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from bot.errors import SettingsError
from bot.ports import FileStore

_KEY = re.compile(r"[0-9a-f]{64}")


class ObjectFileStore:
    """See `bot.ports.FileStore`. An object lies at `ab/cd/abcd…`, so that no folder grows too large."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    async def put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        place = _place(key)
        try:
            if (await self._store.head_async(place))["size"] == len(data):
                return key
        except FileNotFoundError:
            pass
        await self._store.put_async(place, data)
        if self._folder is not None:
            self._close_to_others(self._folder / place)
        return key

    async def get(self, key: str) -> bytes:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        result = await self._store.get_async(_place(key))
        return bytes(await result.bytes_async())

    async def remove(self, key: str) -> None:
        if _KEY.fullmatch(key):
            with suppress(FileNotFoundError):
                await self._store.delete_async(_place(key))

    def _close_to_others(self, path: Path) -> None:
        path.chmod(0o600)
        for folder in (path.parent, path.parent.parent):
            folder.chmod(0o700)


def open_file_store(url: str) -> FileStore:
    """The store at this place.

    Args:
        url: A folder (made if it is missing, 0700), `file:///…`, `memory://`, or `s3://bucket/prefix` with credentials from
            the environment, as obstore reads them.

    Raises:
        SettingsError: It is none of these.
    """
    if url == "memory://":
        return ObjectFileStore(MemoryStore())
    if url.startswith("file://") or "://" not in url:
        folder = Path(url.removeprefix("file://")).absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as trouble:
            line = (
                f"HOMTHU_FILES_URL: {folder} cannot be made ({trouble.strerror}); choose a folder this account may write to"
            )
            raise SettingsError(line=line) from trouble
        if not os.access(folder, os.W_OK | os.X_OK):
            raise SettingsError(line=f"HOMTHU_FILES_URL: {folder} cannot be written to; choose another, or mend its rights")
        return ObjectFileStore(LocalStore(folder), folder)
    if not url.startswith("s3://"):
        raise SettingsError(line="HOMTHU_FILES_URL: must be a folder or begin with s3://")
    try:
        return ObjectFileStore(from_url(url))
    except Exception as wrong:
        line = f"HOMTHU_FILES_URL: cannot be opened ({type(wrong).__name__}); it must look like s3://bucket/prefix"
        raise SettingsError(line=line) from wrong


def _place(key: str) -> str:
    return f"{key[:2]}/{key[2:4]}/{key}"
