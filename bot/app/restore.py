"""Brings a backup back. Everything is taken out beside what is there and proved first; then it changes places with it.

On SQLite the restored file and folder are renamed into place, and what was there keeps its name with `.before-restore-…`
behind it. On PostgreSQL the tables are one transaction. Until all is in its place a marker lies in the data folder, so that
nothing starts on half of it. A backup of the one engine is not laid into the other: `homthu move-to` does that.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import open_files
from bot.app.settling import Settled, settle
from bot.archive.keeping import sync_folder
from bot.archive.packing import Counted, Manifest, unpack
from bot.archive.sealed import SealedReader
from bot.errors import BackupDamaged, BackupRefused, SettingsError
from bot.keys import FILE_NAME as KEY_FILE
from bot.ports.sealing import KeyPurpose
from bot.settings import Settings
from bot.vault import SecretMasterKey
from storage import Database
from storage.database import UNFINISHED_RESTORE
from storage.engine import FILE_NAME
from storage.files import ObjectFileStore
from storage.folder_lock import FolderLock
from storage.migrating import is_known, upgrade
from storage.presence import others_at_work
from storage.saving import apart, postgres_copy, sqlite_copy

_SPARE = 64 << 20  # bytes
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `kept`: under which names that lies which was there before."""

    manifest: Manifest
    settled: Settled
    kept: list[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the operator asked for. `keys` None: without the keys of cases and residents, what they close stays closed."""

    archive: Path
    keys: Path | None
    force: bool


async def restore(settings: Settings, wanted: Wanted, now: datetime, told: Told) -> Restored:
    """Put a backup in the place of what is there.

    Raises:
        BackupRefused: Something is there, something runs, or the backup is none for this program. Nothing was changed.
        SettingsError: The secret key is missing or another one.
    """
    secrets = _secret_keys(settings)
    if not wanted.archive.is_file():
        raise BackupRefused(line=f"There is no backup {wanted.archive}")
    lines, secret_key, keys_made_at = _read_keys(wanted.keys, secrets) if wanted.keys else ([], "", None)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock, room = FolderLock(settings.data_dir), settings.data_dir / "restoring"
    lock.take()
    try:
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(mode=0o700)
        manifest, opened_with = _take_out(wanted.archive, secrets, room, told)
        _check_engine(settings, manifest, wanted.archive.name)
        if keys_made_at and keys_made_at < manifest.made_at:
            raise BackupRefused(
                line=f"{wanted.keys} is older than the backup; give the newest file of keys, it is right for every backup"
            )
        given = _Given(settings, wanted.archive.name, wanted.force, manifest, room, lines, secret_key or opened_with, now)
        return await (_on_sqlite(given) if settings.is_sqlite else _on_postgres(given))
    finally:
        shutil.rmtree(room, ignore_errors=True)
        lock.give_back()


@dataclass(frozen=True, slots=True)
class _Given:
    settings: Settings
    name: str
    force: bool
    manifest: Manifest
    room: Path
    lines: list[apart.Line]
    secret_key: str
    now: datetime


def _secret_keys(settings: Settings) -> list[str]:
    """The keys the backup may have been made with. None is made here: a new one opens nothing.

    Raises:
        SettingsError: There is none.
    """
    given = [settings.secret_key.get_secret_value(), settings.secret_key_new.get_secret_value()]
    path = settings.data_dir / KEY_FILE
    if not given[0] and path.is_file():
        given[0] = path.read_text(encoding="ascii").strip()
    if not any(given):
        line = "HOMTHU_SECRET_KEY: is missing; a backup is opened with the key that the installation had when it was made"
        raise SettingsError(line=line)
    return [key for key in given if key]


def _read_keys(path: Path, secrets: Sequence[str]) -> tuple[list[apart.Line], str, datetime]:
    """Its lines, the secret key it was made with, and when.

    Raises:
        BackupRefused: It is not there or not whole.
        SettingsError: It was made with none of these keys.
    """
    try:
        with path.open("rb") as found:
            reader = SealedReader(found, secrets, path.name)
            lines = [json.loads(line) for line in reader.read().splitlines()]
    except OSError as gone:
        raise BackupRefused(
            line=f"{path} cannot be read ({gone.strerror}): the keys of what is sealed lie in it. Name it by --keys FILE, or"
            " give --without-keys: then contacts and what was covered in residents' words can never be opened"
        ) from gone
    except ValueError as wrong:
        raise BackupDamaged(line=f"{path.name} is damaged: it cannot be read") from wrong
    head, *rest, end = lines if len(lines) > 1 else ({}, {})
    if head.get("what") != "keys" or end.get("lines") != len(rest):
        raise BackupDamaged(line=f"{path.name} holds no keys of this program, or not all of them")
    return rest, reader.secret_key, datetime.fromisoformat(head["made_at"])


def _take_out(archive: Path, secrets: Sequence[str], room: Path, told: Told) -> tuple[Manifest, str]:
    """Unpacked and proved, and the secret key it was made with.

    Raises:
        BackupDamaged: It is not whole.
        BackupRefused: There is no room for it.
    """
    free, size = shutil.disk_usage(room).free, archive.stat().st_size
    if free < 2 * size + _SPARE:  # what is packed is smaller than what it holds
        raise BackupRefused(line=f"{room.parent} has {free // 1024**2} MB free; {2 * size // 1024**2 + 64} MB are needed")
    said = [0]

    def tell(done: int) -> None:
        if done // 100_000_000 > said[0]:
            said[0] = done // 100_000_000
            told(f"{done // 1_000_000} MB proved")

    with archive.open("rb") as found:
        reader = SealedReader(found, secrets, archive.name)
        return unpack(reader, room, archive.name, tell), reader.secret_key


def _check_engine(settings: Settings, manifest: Manifest, name: str) -> None:
    engine = "sqlite" if settings.is_sqlite else "postgresql"
    if manifest.engine != engine:
        raise BackupRefused(
            line=f"{name} is of {manifest.engine} and this is {engine}: restore it where it came from, then `homthu move-to`"
        )
    if not is_known(manifest.schema):
        raise BackupRefused(line=f"{name} was made by a newer version of this program; restore it with that one")


async def _on_sqlite(given: _Given) -> Restored:
    database = Path(str(Database(given.settings.database_url, data_dir=given.settings.data_dir).url.database))
    cut_off = (database.parent / UNFINISHED_RESTORE).exists()
    if not given.force and (cut_off or sqlite_copy.holds_anything(database) or _holds_files(given.settings)):
        raise _is_not_empty(str(given.settings.data_dir))
    restored = given.room / "database" / FILE_NAME
    _prove_sqlite(restored, given.manifest, given.name)
    opened = Database(f"sqlite:///{restored}")
    try:
        await opened.open()  # brings it to this program's schema
        async with opened.bare() as connection:
            settled = await _settle(given, connection)
            await connection.commit()
    finally:
        await opened.close()
    sqlite_copy.make_one_file(restored)
    kept = await _change_places(given, [(restored, database)], database.parent)
    _finish(database.parent)
    return Restored(given.manifest, settled, kept)


def _holds_files(settings: Settings) -> bool:
    """Whether a folder of files is there with anything in it; what lies in a bucket is in nobody's way."""
    folder = _files(settings).folder
    return folder is not None and any(path.is_file() for path in folder.rglob("*"))


def _files(settings: Settings) -> ObjectFileStore:
    return open_files(settings, dict.fromkeys(KeyPurpose, b"-" * 32))  # places and bytes only: nothing is opened


def _prove_sqlite(restored: Path, manifest: Manifest, name: str) -> None:
    """As SQLite sees it, and row by row.

    Raises:
        BackupDamaged: It is not what the manifest says.
    """
    if not restored.is_file() or not sqlite_copy.is_sound(restored):
        raise BackupDamaged(line=f"{name} is damaged: SQLite finds its database broken. Nothing was changed.")
    if sqlite_copy.schema_of(restored) != manifest.schema:
        raise BackupDamaged(line=f"{name} is damaged: its manifest names another schema. Nothing was changed.")
    found = {table: Counted(*counted) for table, counted in sqlite_copy.hash_tables(restored).items()}
    if wrong := _differing(found, manifest.tables):
        raise BackupDamaged(line=f"{name} is damaged: the rows of {wrong} are not as they were. Nothing was changed.")


def _differing(found: Mapping[str, Counted], expected: Mapping[str, Counted]) -> str:
    """The first table that is not the same on both sides; empty: they are all the same."""
    return next((name for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)), "")


async def _on_postgres(given: _Given) -> Restored:
    database = Database(given.settings.database_url)
    await database.open(migrate=False)
    try:
        async with database.bare() as connection:
            if await others_at_work(connection):
                raise BackupRefused(line="HOMTHU_DATABASE_URL: a process is at work on this database; stop it first")
            if not given.force and (await postgres_copy.holds_anything(connection) or _holds_files(given.settings)):
                raise _is_not_empty("the database")
            await _lay_postgres(given, connection)
            settled = await _settle(given, connection)
            kept = await _change_places(given, [], given.settings.data_dir)
            await connection.commit()
            _finish(given.settings.data_dir)
    finally:
        await database.close()
    return Restored(given.manifest, settled, kept)


async def _lay_postgres(given: _Given, connection: AsyncConnection) -> None:
    """Every table anew, filled and asked again, in the open transaction."""
    folder = given.room / "database"
    try:
        order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
        names = [str(table["name"]) for table in order]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BackupDamaged(line=f"{given.name} is damaged: it does not say which tables it holds") from wrong
    if set(names) != set(given.manifest.tables):
        raise BackupDamaged(line=f"{given.name} is damaged: its manifest names other tables. Nothing was changed.")
    await postgres_copy.clear(connection)
    await upgrade(connection, given.manifest.schema)
    if other := await postgres_copy.not_among(connection, names):
        raise BackupDamaged(line=f"{given.name} is damaged: the table {other} is not in it. Nothing was changed.")
    await postgres_copy.empty(connection, names)
    for one in order:
        parts = sorted(folder.glob(f"{one['name']}.[0-9]*"))
        await postgres_copy.copy_in(connection, one["name"], one["columns"], parts)
    await postgres_copy.wind_sequences(connection)
    streams = await postgres_copy.streams(connection, names)
    found = {stream.name: Counted(*await postgres_copy.hash_table(connection, stream)) for stream in streams}
    if table := _differing(found, given.manifest.tables):
        raise BackupDamaged(line=f"{given.name} is damaged: the rows of {table} are not as they were. Nothing was changed.")
    await upgrade(connection)


async def _settle(given: _Given, connection: AsyncConnection) -> Settled:
    master = SecretMasterKey(given.secret_key)
    return await settle(connection, master, given.lines, made_at=given.manifest.made_at, now=given.now)


def _is_not_empty(place: str) -> BackupRefused:
    return BackupRefused(line=f"There is something in {place} already; `--force` puts the backup in its place")


async def _change_places(given: _Given, moves: list[tuple[Path, Path]], marked: Path) -> list[Path]:
    """Files, city and (on SQLite) the database; what was there keeps its name with the moment behind it.

    Args:
        marked: The folder that is marked as half restored, until `_finish`.

    Returns:
        Where that lies now which was there.

    Raises:
        BackupRefused: Something cannot be renamed; what had been is renamed back.
    """
    data_dir, files = given.settings.data_dir, _files(given.settings)
    laid = given.room / "files"
    if files.folder is None:
        for path in sorted(laid.rglob("*")) if laid.is_dir() else ():
            if path.is_file():
                await files.put_stored(str(path.relative_to(laid)), path.read_bytes())
    else:
        laid.mkdir(mode=0o700, exist_ok=True)
        beside = files.folder.with_name(files.folder.name + ".restoring")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.move(laid, beside)
        moves = [(beside, files.folder), *moves]
    if (given.room / "city").is_dir():
        moves = [(given.room / "city", data_dir / "city"), *moves]
    marker = marked / UNFINISHED_RESTORE
    was_cut_off = marker.exists()
    marker.touch(mode=0o600)
    sync_folder(marked)
    suffix = _unused_suffix([place for _, place in moves], given.now)
    done: list[tuple[Path, Path]] = []
    try:
        for new, place in moves:
            # The log of a SQLite file belongs to the old file: beside the new one it would break it.
            for end in ("", "-wal", "-shm"):
                old = place.with_name(place.name + end)
                if old.is_dir() and not any(old.iterdir()):
                    old.rmdir()
                if old.exists():
                    _rename(old, place.with_name(place.name + suffix + end), done)
            _rename(new, place, done)
            sync_folder(place.parent)
    except OSError as trouble:
        for before, after in reversed(done):
            after.rename(before)
        if not was_cut_off:
            _finish(marked)
        raise BackupRefused(
            line=f"{trouble.filename} cannot be renamed ({trouble.strerror}); nothing was changed"
        ) from trouble
    return [after for _, after in done if after.name.endswith(suffix)]


def _finish(marked: Path) -> None:
    """Everything is in its place: what is there may be started."""
    (marked / UNFINISHED_RESTORE).unlink()
    sync_folder(marked)


def _unused_suffix(places: Sequence[Path], now: datetime) -> str:
    """What is put behind the names of what was there; two restores within a second have two."""
    first = f".before-restore-{now:%Y%m%dT%H%M%SZ}"
    several = (first, *(f"{first}-{number}" for number in range(2, 1000)))
    return next(one for one in several if not any(place.with_name(place.name + one).exists() for place in places))


def _rename(before: Path, after: Path, done: list[tuple[Path, Path]]) -> None:
    before.rename(after)
    done.append((before, after))
