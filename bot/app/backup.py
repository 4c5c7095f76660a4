"""Makes a backup while everything goes on: one moment of the database, then the files, then the keys apart.

The archive is written under another name, synced and only then given its own, so that a file of that name is whole. The
database comes first: every file it names was in the store before, and what is removed meanwhile was nobody's any more.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import open_files
from bot.archive.keeping import (
    KEYS_OF_FOLDER,
    KEYS_SUFFIX,
    Record,
    name_at,
    remember,
    sync_folder,
    too_many,
)
from bot.archive.packing import CITY, DATABASE, FILES, Counted, Manifest, Packer
from bot.archive.sealed import SealedWriter
from bot.errors import BackupRefused, SettingsError
from bot.keys import load_secret_key
from bot.settings import Settings
from bot.vault import SecretMasterKey
from storage import Database
from storage.engine import FILE_NAME
from storage.files import ObjectFileStore
from storage.folder_lock import FolderLock
from storage.migrating import is_current
from storage.migrations import HEAD
from storage.saving import apart, postgres_copy, sqlite_copy
from storage.tables import attachments, board_checks

ROOM = "backup.unfinished"  # in the data folder: what a backup needs while it is made; a killed one's is thrown away
_SPARE = 64 << 20  # bytes that stay free beside all we write
_PORTION = 1000

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that was made."""

    archive: Path
    keys: Path
    manifest: Manifest
    bytes: int
    seconds: float


@dataclass
class _Work:
    settings: Settings
    packer: Packer
    room: Path
    told: Told
    tables: dict[str, Counted] = field(default_factory=dict)
    keys: list[apart.Line] = field(default_factory=list)
    files: int = 0
    missing: int = 0


async def back_up(settings: Settings, archive: Path, keys: Path, now: datetime, told: Told) -> Saved:
    """Write `archive`, and `keys` beside it; either is whole under its name or was not touched.

    Raises:
        BackupRefused: No room, no database, or another backup is being made; nothing was changed.
        StorageBusy: The database cannot be read.
    """
    began, secret_key = time.monotonic(), load_secret_key(settings)
    with _only_one(settings.data_dir) as room:
        _has_room(settings, archive.parent, room)
        part = archive.with_name(archive.name + ".part")
        try:
            with part.open("wb") as out, (room / "contents.list").open("w+b") as lines:
                part.chmod(0o600)
                sealed = SealedWriter(out, secret_key)
                work = _Work(settings, Packer(sealed, lines), room, told)
                await _pack(work, secret_key)
                manifest = work.packer.finish(lambda *found: _manifest(work, now, *found))
                sealed.close()
                out.flush()
                os.fsync(out.fileno())
            # The keys first: an archive without the keys of its youngest case would be the worse half.
            _write_keys(keys, secret_key, now, work.keys)
            part.replace(archive)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(archive.parent)
        size = _size_of(archive, keys)
    took = time.monotonic() - began
    remember(settings.data_dir, Record(now, str(archive), size, took))
    return Saved(archive, keys, manifest, size, took)


async def back_up_into(settings: Settings, folder: Path, keep: int, now: datetime, told: Told) -> Saved:
    """A backup named after the moment, in a folder that keeps so many; older ones go once the new one is whole."""
    saved = await back_up(settings, folder / name_at(now), folder / KEYS_OF_FOLDER, now, told)
    _thin_out(folder, keep, told)
    return saved


def _thin_out(folder: Path, keep: int, told: Told) -> None:
    for left in folder.glob("homthu-*.part"):  # of a backup that was killed
        left.unlink(missing_ok=True)
    for name in too_many([path.name for path in folder.iterdir()], keep):
        (folder / name).unlink(missing_ok=True)
        told(f"{name} is not kept any longer")


def keys_of(archive: Path) -> Path:
    """Where a backup of a name of its own has its keys."""
    return archive.with_name(archive.name + KEYS_SUFFIX)


@contextmanager
def _only_one(data_dir: Path) -> Iterator[Path]:
    """A room to work in, and nobody else making a backup; a killed one's room is gone with the next."""
    lock = FolderLock(data_dir, "backup.lock")
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.take()
    except OSError as trouble:
        raise BackupRefused(line=f"HOMTHU_DATA_DIR: {data_dir} cannot be written to ({trouble.strerror})") from trouble
    except SettingsError:
        raise BackupRefused(line="Another backup of this data folder is being made; wait until it is done") from None
    room = data_dir / ROOM
    shutil.rmtree(room, ignore_errors=True)
    try:
        room.mkdir(mode=0o700)
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        lock.give_back()


def _has_room(settings: Settings, folder: Path, room: Path) -> None:
    """Enough for a copy of the database here and all of it there.

    Raises:
        BackupRefused: There is not, or no such folder.
    """
    if not folder.is_dir():
        raise BackupRefused(line=f"{folder} is no folder; make it, or choose another")
    here = _size_of_database(settings)
    files = Path(settings.files_url.removeprefix("file://")) if settings.files_url else settings.data_dir / "files"
    there = here + (_size_of(*files.rglob("*")) if files.is_dir() else 0)
    same = room.stat().st_dev == folder.stat().st_dev
    for place, need in ((room, here + (there if same else 0)), (folder, there + (here if same else 0))):
        free = shutil.disk_usage(place).free
        if free < need + _SPARE:
            short = (need + _SPARE - free) // 1024**2 + 1
            raise BackupRefused(line=f"{place} has {free // 1024**2} MB free, {short} MB too few for this backup; free some")


def _size_of_database(settings: Settings) -> int:
    if not settings.is_sqlite:
        return 0  # streamed; how large it is, only the server knows
    path = _sqlite_file(settings)
    return _size_of(path, path.with_name(path.name + "-wal"))


def _size_of(*files: Path) -> int:
    return sum(one.stat().st_size for one in files if one.is_file())


def _sqlite_file(settings: Settings) -> Path:
    return Path(str(Database(settings.database_url, data_dir=settings.data_dir).url.database))


@asynccontextmanager
async def _moment_of(
    settings: Settings, secret_key: str, room: Path, told: Told
) -> AsyncIterator[tuple[Database, AsyncConnection]]:
    """The database as it is at one moment, to be read in peace: on SQLite a copy of it, on PostgreSQL one transaction."""
    url = settings.database_url
    if settings.is_sqlite:
        source, copy = _sqlite_file(settings), room / FILE_NAME
        sqlite_copy.copy_online(source, copy, _tenths(told))
        url = f"sqlite:///{copy}"
    database = Database(url, data_dir=settings.data_dir, guest=True, master=SecretMasterKey(secret_key))
    try:
        await database.open(migrate=False)
        await database.unlock()
        async with database.moment() as connection:
            yield database, connection
    finally:
        await database.close()


def _tenths(told: Told) -> Callable[[int, int], None]:
    said = [0]

    def tell(left: int, total: int) -> None:
        done = 10 * (total - left) // max(total, 1)
        if done > said[0]:
            said[0] = done
            told(f"database {10 * done} %")

    return tell


async def _pack(work: _Work, secret_key: str) -> None:
    async with _moment_of(work.settings, secret_key, work.room, work.told) as (database, connection):
        if not await is_current(connection):
            raise BackupRefused(line="The database is not at this program's schema; run `homthu migrate` first")
        files = open_files(work.settings, database.keys)
        work.keys = [line async for line in apart.lines_apart(connection)]
        named = await _named_files(connection, files, work.room / "named.list")
        if not database.is_sqlite:
            await _pack_postgres(work, connection)
    if work.settings.is_sqlite:
        _pack_sqlite(work, work.room / FILE_NAME)
    _pack_city(work)
    # The database is done with: nobody's transaction stays open while files are read.
    await _pack_files(work, files, named)


def _pack_sqlite(work: _Work, copy: Path) -> None:
    sqlite_copy.drop_kept_apart(copy)
    work.tables = {name: Counted(*counted) for name, counted in sqlite_copy.hash_tables(copy).items()}
    work.packer.put_path(DATABASE + FILE_NAME, copy)


def _pack_city(work: _Work) -> None:
    """What `homthu wards import` took over."""
    city = work.settings.data_dir / "city"
    for path in sorted(city.iterdir()) if city.is_dir() else ():
        work.packer.put_path(CITY + path.name, path)


@dataclass
class _Parts:
    """A table's text on its way into the archive, in things of a few megabytes: how long it is shows only at its end."""

    packer: Packer
    table: str
    hashing: Any = field(default_factory=hashlib.sha256)
    _waiting: bytearray = field(default_factory=bytearray)
    _number: int = 0

    async def write(self, data: bytes) -> None:
        self.hashing.update(data)
        self._waiting += data
        if len(self._waiting) >= postgres_copy.PART:
            self.put()

    def put(self) -> None:
        self.packer.put_bytes(f"{DATABASE}{self.table}.{self._number:06d}", bytes(self._waiting))
        self._waiting.clear()
        self._number += 1


async def _pack_postgres(work: _Work, connection: AsyncConnection) -> None:
    order = []
    for stream in await postgres_copy.streams(connection):
        parts = _Parts(work.packer, stream.name)
        rows = await postgres_copy.copy_out(connection, stream, parts.write)
        parts.put()
        work.tables[stream.name] = Counted(rows, parts.hashing.hexdigest())
        order.append({"name": stream.name, "columns": stream.columns})
        work.told(f"{stream.name}: {rows} rows")
    work.packer.put_bytes(DATABASE + "order.json", json.dumps(order).encode())


async def _named_files(connection: AsyncConnection, files: ObjectFileStore, listed: Path) -> Path:
    """Where the files of this moment lie, one a line."""
    with listed.open("w", encoding="ascii") as out:
        for number, *named in (
            (attachments.c.id, attachments.c.key, attachments.c.shown_key),
            (board_checks.c.id, board_checks.c.photo, board_checks.c.shown_photo),
        ):
            after = 0
            while True:
                portion = select(number, *named).where(number > after).order_by(number).limit(_PORTION)
                rows = (await connection.execute(portion)).all()
                if not rows:
                    break
                after = rows[-1][0]
                for row in rows:
                    out.writelines(f"{files.place(key)}\n" for key in row[1:] if key)
    return listed


async def _pack_files(work: _Work, files: ObjectFileStore, named: Path) -> None:
    there = set()
    async for place, _size in files.places():
        try:
            data = await files.stored(place)
        except FileNotFoundError:  # removed since it was listed: nothing needed it any more
            continue
        work.packer.put_bytes(FILES + place, data)
        there.add(bytes.fromhex(place.rpartition("/")[2]))
        work.files += 1
        if work.files % 1000 == 0:
            work.told(f"{work.files} files")
    with named.open(encoding="ascii") as wanted:
        for line in wanted:
            if bytes.fromhex(line.strip().rpartition("/")[2]) not in there:
                work.missing += 1
    if work.missing:
        work.told(f"{work.missing} files that the database names are not in the file store; they are missing there as well")


def _manifest(work: _Work, now: datetime, contents: str, things: int, size: int) -> Manifest:
    try:
        program = version("homthu")
    except PackageNotFoundError:
        program = "from a checkout"
    return Manifest(
        made_at=now,
        version=program,
        engine="sqlite" if work.settings.is_sqlite else "postgresql",
        schema=HEAD,
        tables=work.tables,
        contents=contents,
        things=things,
        size=size,
        files=work.files,
        missing=work.missing,
    )


def _write_keys(path: Path, secret_key: str, now: datetime, lines: list[apart.Line]) -> None:
    """The file of keys, in place of the last one: what was forgotten since is in none any more."""
    new = path.with_name(path.name + ".part")
    with new.open("wb") as out:
        new.chmod(0o600)
        sealed = SealedWriter(out, secret_key)
        for line in ({"what": "keys", "made_at": now.isoformat()}, *lines, {"what": "end", "lines": len(lines)}):
            sealed.write(json.dumps(line).encode() + b"\n")
        sealed.close()
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
    sync_folder(path.parent)
