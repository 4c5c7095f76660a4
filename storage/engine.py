"""How each engine is opened: its URL, its pragmas, its pool. What a transaction is, is in `storage.database`.

SQLite: one connection writes and checkpoints, a few others only read. That is both the quick way (no two writers ever
wait for each other's lock) and the safe one: before 3.51.3 two connections that write or checkpoint at the same moment
can corrupt the file (https://sqlite.org/wal.html#walresetbug).
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SettingsError
from storage.sqlite_driver import SqliteConnection
from storage.tables.base import know_postgres

FILE_NAME = "homthu.sqlite3"
LOCK_TIMEOUT = 5.0  # seconds to wait for another process's write lock, or for a free connection
READERS = 4  # pages read at the same moment on SQLite
CHECKPOINT_EVERY = 1000  # pages of the write-ahead log

# FULL: a commit is on the disk before it is confirmed; NORMAL may lose confirmed commits when the power goes.
# What may follow the "?": names of asyncpg's and of its dialect's; any other would fail at the first connection only.
_POSTGRES_OPTIONS = frozenset(
    {"host", "port", "ssl", "sslmode", "passfile", "target_session_attrs", "prepared_statement_cache_size"}
)

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",  # what a resident had erased is overwritten, and does not lie on in a free page
    "PRAGMA mmap_size=0",
    "PRAGMA temp_store=MEMORY",
)


def read_url(url: str, data_dir: Path | None) -> URL:
    """The URL with our driver in it.

    Args:
        url: `postgresql://…`, `postgres://…`, `sqlite:///file`, or empty for SQLite in `data_dir`.
        data_dir: The data folder; needed when `url` is empty.

    Raises:
        SettingsError: It is none of these.
    """
    if not url:
        if data_dir is None:
            raise SettingsError(line="HOMTHU_DATA_DIR: is missing, and so is HOMTHU_DATABASE_URL")
        return URL.create("sqlite+aiosqlite", database=str(data_dir / FILE_NAME))
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        line = "HOMTHU_DATABASE_URL: cannot be read; it must look like postgresql://role:password@host:5432/database"
        raise SettingsError(line=line) from None
    if found.get_backend_name() == "sqlite":
        if not found.database or found.database == ":memory:" or "mode=memory" in str(found.query):
            raise SettingsError(line="HOMTHU_DATABASE_URL: SQLite needs a file; leave it empty for one in HOMTHU_DATA_DIR")
        return found.set(drivername="sqlite+aiosqlite")
    if found.drivername not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise SettingsError(line="HOMTHU_DATABASE_URL: must begin with postgresql:// or be empty")
    query = dict(found.query)
    if unknown := sorted(query.keys() - _POSTGRES_OPTIONS):
        raise SettingsError(line=f"HOMTHU_DATABASE_URL: has an unknown option {unknown[0]!r}; take it out")
    if "sslmode" in query:  # libpq's name, which people paste; asyncpg calls it ssl
        query["ssl"] = query.pop("sslmode")
    return found.set(drivername="postgresql+asyncpg", query=query)


def prepare_file(path: Path, *, is_ours: bool) -> os.stat_result:
    """Make the file (0600) and its folder (0700, also one that was there if it `is_ours`).

    SQLite gives its side files the rights of the file. Returns what `is_still` compares with.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_ours:
        path.parent.chmod(0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    return path.stat()


def is_still(opened: os.stat_result, path: Path) -> bool:
    """Whether the file lies where it was opened. One that was removed can be written to, and is lost with the process."""
    try:
        return os.path.samestat(opened, path.stat())
    except OSError:
        return False


def open_sqlite_writer(url: URL, *, lock_timeout: float, checkpoints: bool) -> AsyncEngine:
    """The one connection that writes and checkpoints."""
    engine = create_async_engine(
        url,
        async_creator=_sqlite_creator(url, in_loop=True, lock_timeout=lock_timeout),
        pool_size=1,
        max_overflow=0,
        pool_reset_on_return=None,
        hide_parameters=True,  # an error's text must not carry a resident's words into a log
    )
    _on_connect(engine, (*_PRAGMAS, f"PRAGMA wal_autocheckpoint={CHECKPOINT_EVERY if checkpoints else 0}"))
    _on_begin(engine, "BEGIN IMMEDIATE")
    return engine


def open_sqlite_readers(url: URL, *, lock_timeout: float) -> AsyncEngine:
    """A few connections that cannot write and never checkpoint."""
    engine = create_async_engine(
        url,
        async_creator=_sqlite_creator(url, in_loop=False, lock_timeout=lock_timeout),
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=lock_timeout,
        hide_parameters=True,
    )
    _on_connect(engine, (*_PRAGMAS, "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON"))
    _on_begin(engine, "BEGIN")
    return engine


def open_postgres(url: URL, *, timeout: float) -> AsyncEngine:
    """A pool; a commit is on the disk before it is confirmed, and nobody can hold a lock for ever."""
    know_postgres()
    return create_async_engine(
        url,
        pool_size=5,
        max_overflow=10,
        pool_timeout=timeout,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "timeout": timeout,
            "server_settings": {
                "application_name": "homthu",
                "synchronous_commit": "on",
                "timezone": "UTC",
                "jit": "off",  # every statement is short; compiling it takes longer than running it
                "lock_timeout": f"{int(timeout * 1000)}",
                "idle_in_transaction_session_timeout": "60000",
                # A machine that vanished holds its locks until its connections are found dead: within half a minute.
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "3",
            },
        },
    )


def _sqlite_creator(url: URL, *, in_loop: bool, lock_timeout: float) -> Callable[..., Awaitable[SqliteConnection]]:
    async def connect(*_: Any, **__: Any) -> SqliteConnection:
        return SqliteConnection(str(url.database), in_loop=in_loop, lock_timeout=lock_timeout)

    return connect


def _on_connect(engine: AsyncEngine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()


def _on_begin(engine: AsyncEngine, statement: str) -> None:
    # SQLAlchemy leaves BEGIN to Python's sqlite3, which begins late and never IMMEDIATE: of 20 updates at the same
    # moment 19 were lost without a word.
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if not (isinstance(driver, SqliteConnection) and driver.sqlite.in_transaction):  # `storage.database` began it
            connection.exec_driver_sql(statement)
