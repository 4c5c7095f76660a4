"""Brings the tables of a SQLite file to this program's schema in a process of its own, before `run` begins.

What walks the steps, Alembic, takes eleven megabytes for as long as the process lives that imported it, and after the first
start nobody needs it. This only does early what opening the database does: whatever goes wrong here is met there again, and
told there. On PostgreSQL, where somebody else may be walking, nothing is done.
"""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.memory import end_with_parent
from bot.settings import Settings
from storage import Database
from storage.migrations import HEAD


def migrate_apart(settings: Settings) -> None:
    """At once when the schema is the right one. To be called before the process has threads: it forks."""
    database = Database(settings.database_url, data_dir=settings.data_dir)
    if not database.is_sqlite or not hasattr(os, "fork") or _is_current(Path(str(database.url.database))):
        return
    parent, child = os.getpid(), os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        end_with_parent(parent)
        asyncio.run(_migrate(database))
    finally:
        os._exit(0)  # nothing of what the parent has open is closed here


async def _migrate(database: Database) -> None:
    try:
        await database.open()
    finally:
        await database.close()


def _is_current(path: Path) -> bool:
    """Whether the file is there and has this schema; only read."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, timeout=1.0)) as connection:
            return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    except sqlite3.Error:  # no such table yet; or no database at all
        return False
