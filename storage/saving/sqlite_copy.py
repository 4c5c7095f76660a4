"""A copy of a SQLite file that is being written to, and the hashes of its tables.

The copy is made by SQLite's own backup, inside one read transaction of a connection that can only read: it sees one
moment however long it takes, holds nobody up, and neither writes nor checkpoints (`storage.engine` says why nobody else
may). A file that is copied by other means, without its log, is a broken one.
"""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from bot.errors import BackupDamaged, BackupRefused, StorageBusy
from storage.saving import KEPT_APART

_PAGES = 1024  # between two reports
_PORTION = 1000  # rows

Hashes = dict[str, tuple[int, str]]  # table to rows and SHA-256


def copy_online(source: Path, target: Path, told: Callable[[int, int], None]) -> None:
    """Copy what is committed now, without the keys that are kept apart.

    Args:
        told: Pages that are still to be copied, and all of them.

    Raises:
        StorageBusy: It cannot be read.
        BackupRefused: It is not there.
    """
    if not source.exists():
        raise BackupRefused(line=f"There is no database in {source.parent}; is HOMTHU_DATA_DIR right?")
    try:
        with (
            closing(
                sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=ro", uri=True, isolation_level=None)
            ) as live,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            target.chmod(0o600)
            live.execute("PRAGMA busy_timeout=10000")
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the moment begins with the first look
            live.backup(copy, pages=_PAGES, progress=lambda _status, left, total: told(left, total), sleep=0.01)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    except sqlite3.Error as trouble:
        raise StorageBusy(reason=getattr(trouble, "sqlite_errorname", type(trouble).__name__)) from trouble


def drop_kept_apart(path: Path) -> None:
    """Overwrite the keys in a copy: they lie beside the backup, not in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA secure_delete=ON")
        for table in KEPT_APART:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608  # our own two names


def make_one_file(path: Path) -> None:
    """Take its log into it: it can be renamed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def hash_tables(path: Path) -> Hashes:
    """Every table but what a search's index is made of: rows and hash, in the order of its key."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as copy:
        return {table: _hash(copy, table) for table in _tables(copy)}


def _tables(copy: sqlite3.Connection) -> list[str]:
    rows = copy.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    return sorted(name for (name,) in rows if not name.startswith("sqlite_"))


def _hash(copy: sqlite3.Connection, table: str) -> tuple[int, str]:
    key = [name for name, at in copy.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY pk", (table,)) if at]
    order = ", ".join(f'"{name}"' for name in key) or "rowid"
    # Every column of it but those the engine reckons itself: how it does that may change with its version.
    columns = [f'"{name}"' for (name,) in copy.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    rows, hashing = 0, hashlib.sha256("\x1f".join(columns).encode())
    found = copy.execute(f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY {order}')  # noqa: S608  # the schema's names
    while portion := found.fetchmany(_PORTION):
        rows += len(portion)
        for row in portion:
            hashing.update(repr(row).encode("utf-8", "surrogateescape"))
    return rows, hashing.hexdigest()


def is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file, and every reference leads somewhere."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as copy:
            whole = copy.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            return whole and copy.execute("PRAGMA foreign_key_check").fetchone() is None
    except sqlite3.DatabaseError:
        return False


def schema_of(path: Path) -> str:
    """The revision its tables are at.

    Raises:
        BackupDamaged: It has none.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as copy:
            return str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError) as wrong:
        raise BackupDamaged(line=f"{path.name} is no database of this program") from wrong


def holds_anything(path: Path) -> bool:
    """Whether anybody would miss the file: what cannot be read counts as well."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as found:
            tables = {name for (name,) in found.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            asked = [name for name in ("cases", "inbox", "staff", "audit") if name in tables]
            return any(found.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in asked)  # noqa: S608  # ours
    except sqlite3.Error:
        return True
