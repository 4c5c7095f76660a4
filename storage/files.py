"""Bytes by their SHA-256, in a folder, in memory or in S3. What they may be is decided in `bot.file_keeper`.

With a sealer, what lies there is sealed, and where it lies tells nothing of it either.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.errors import NotOurSeal, SettingsError
from bot.ports.sealing import FileSealer

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_KEY = re.compile(r"[0-9a-f]{64}")
log = structlog.get_logger()

TOLD_EVERY = 10_000  # files
_LARGE = 1 << 20  # bytes; some milliseconds

In = TypeVar("In", bytes, memoryview)
Out = TypeVar("Out")


class ObjectFileStore:
    """See `bot.ports.FileStore`. An object lies at `ab/cd/abcd…`, so that no folder grows too large.

    The store is opened with the first file: its library is five megabytes that a chat without pictures does not need.
    """

    def __init__(
        self, opens: "Callable[[], ObjectStore]", folder: Path | None = None, sealer: FileSealer | None = None
    ) -> None:
        self._opens = opens
        self._folder = folder
        self._sealer = sealer

    @cached_property
    def _store(self) -> "ObjectStore":
        return self._opens()

    async def put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        place = self._place(key)
        stored: bytes | bytearray = data if self._sealer is None else await _aside(self._sealer.seal, data)
        try:
            if (await self._store.head_async(place))["size"] == len(stored):
                return key
        except FileNotFoundError:
            pass
        await self._store.put_async(place, stored)
        if self._folder is not None:
            self._close_to_others(self._folder / place)
        return key

    async def get(self, key: str) -> bytes:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        try:
            stored = await self._read(self._place(key))
        except FileNotFoundError:
            if self._sealer is None:
                raise
            stored = await self._read_from_before(key)
        if self._sealer is None:
            return bytes(stored)
        try:
            return await _aside(self._sealer.open, stored)
        except NotOurSeal:  # cut short, or somebody changed it: not what was kept
            raise FileNotFoundError(key) from None

    async def remove(self, key: str) -> None:
        if _KEY.fullmatch(key):
            for place in dict.fromkeys((_path(key), self._place(key))):  # in this order: see `_seal_in_place`
                with suppress(FileNotFoundError):
                    await self._store.delete_async(place)

    async def seal_up(self, stop: asyncio.Event) -> bool:
        """Seal what was kept before files were sealed, beside everything else: until then it is found as it lies.

        Of what is sealed already only the first bytes are read: whoever was stopped or killed is soon where they were.

        Returns:
            False when it was asked to stop before the end.
        """
        looked = sealed = 0
        if self._sealer is None or (self._folder is not None and not any(self._folder.iterdir())):
            return True
        async for page in self._store.list():
            for place in (one["path"] for one in page):
                if stop.is_set():
                    return False
                if looked % TOLD_EVERY == 0:
                    log.info("sealing_files", looked=looked, sealed=sealed)
                looked += 1
                if _KEY.fullmatch(place.rpartition("/")[2]) and not await self._is_sealed(self._sealer, place):
                    sealed += await self._seal_in_place(place)
        return True

    async def _is_sealed(self, sealer: FileSealer, place: str) -> bool:
        try:
            head = await self._store.get_range_async(place, start=0, length=sealer.mark_length)
        except FileNotFoundError:  # removed since it was listed
            return True
        except Exception:  # shorter than that: the store refuses the range, in words of its own
            return False
        return sealer.is_marked(bytes(head))

    async def _seal_in_place(self, place: str) -> bool:
        key = place.rpartition("/")[2]
        try:
            data = bytes(await self._read(place))
        except FileNotFoundError:
            return False
        if hashlib.sha256(data).hexdigest() != key:  # cut short, or not ours
            return False
        await self.put(data)
        try:
            await self._store.head_async(place)
        except FileNotFoundError:  # it was erased meanwhile, and must not come back
            await self.remove(key)
            return False
        with suppress(FileNotFoundError):
            await self._store.delete_async(place)
        return True

    async def _read_from_before(self, key: str) -> memoryview:
        """What is not sealed yet; where it was sealed in this very moment, that."""
        try:
            return await self._read(_path(key))
        except FileNotFoundError:
            return await self._read(self._place(key))

    def place(self, key: str) -> str:
        """Where this key's bytes lie."""
        return self._place(key)

    async def places(self) -> AsyncIterator[tuple[str, int]]:
        """Every place where something lies, with the size of it; what a backup takes, sealed as it is."""
        async for page in self._store.list():
            for one in page:
                if _KEY.fullmatch(one["path"].rpartition("/")[2]):
                    yield one["path"], one["size"]

    async def stored(self, place: str) -> bytes:
        """What lies there, sealed as it is. Raises FileNotFoundError."""
        return bytes(await self._read(place))

    async def put_stored(self, place: str, data: bytes) -> None:
        """Lay back what `stored` gave."""
        await self._store.put_async(place, data)
        if self._folder is not None:
            self._close_to_others(self._folder / place)

    @property
    def folder(self) -> Path | None:
        """Where it is a folder: of this machine."""
        return self._folder

    async def _read(self, place: str) -> memoryview:
        result = await self._store.get_async(place)
        return memoryview(await result.bytes_async())

    def _place(self, key: str) -> str:
        return _path(key if self._sealer is None else self._sealer.place(key))

    def _close_to_others(self, path: Path) -> None:
        path.chmod(0o600)
        for folder in (path.parent, path.parent.parent):
            folder.chmod(0o700)


def open_file_store(url: str, sealer: FileSealer | None = None) -> ObjectFileStore:
    """The store at this place.

    Args:
        url: A folder (made if it is missing, 0700), `file:///…`, `memory://`, or `s3://bucket/prefix` with credentials from
            the environment, as obstore reads them.
        sealer: Without one, bytes lie there as they are.

    Raises:
        SettingsError: It is none of these.
    """
    if url == "memory://":
        return ObjectFileStore(_in_memory, sealer=sealer)
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
        return ObjectFileStore(lambda: _in_folder(folder), folder, sealer)
    if not url.startswith("s3://"):
        raise SettingsError(line="HOMTHU_FILES_URL: must be a folder or begin with s3://")
    try:
        store = _at(url)  # now: what is wrong with it is said at the start
    except Exception as wrong:
        line = f"HOMTHU_FILES_URL: cannot be opened ({type(wrong).__name__}); it must look like s3://bucket/prefix"
        raise SettingsError(line=line) from wrong
    return ObjectFileStore(lambda: store, sealer=sealer)


def _in_memory() -> "ObjectStore":
    from obstore.store import MemoryStore

    return MemoryStore()


def _in_folder(folder: Path) -> "ObjectStore":
    from obstore.store import LocalStore

    return LocalStore(folder)


def _at(url: str) -> "ObjectStore":
    from obstore.store import from_url

    return from_url(url)


def _path(key: str) -> str:
    return f"{key[:2]}/{key[2:4]}/{key}"


async def _aside(work: Callable[[In], Out], data: In) -> Out:
    """What is large is worked on in a thread: nobody else waits for it."""
    return work(data) if len(data) < _LARGE else await asyncio.to_thread(work, data)
