"""Which errors of an engine mean "out of reach for now" and become StorageBusy; the rest are our own mistakes."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StorageBusy

# SQLite's primary result codes: locked by another process, no space, the disk failed, the file is gone,
# read-only or damaged.
_SQLITE_BUSY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,  # another file lies in its place: until somebody puts the right one back
        sqlite3.SQLITE_CORRUPT,
    }
)
# PostgreSQL's classes: connection, transaction rolled back (deadlock), resources, operator intervention, system error;
# then: lock not available, read-only (a standby), wrong catalogue (not created yet), refused sign-in,
# a database that accepts no connections (it is being restored or moved).
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_CLASSES = ("08", "40", "53", "57", "58")
_POSTGRES_STATES = frozenset({"55P03", "25006", "25P03", "3D000", "28000", "28P01", "55000"})


def is_out_of_reach(error: BaseException) -> bool:
    """Whether the same work may succeed later without anybody mending the program."""
    if isinstance(error, PoolTimeout | OSError):  # OSError: nobody listens where the database should be
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        cause: BaseException | None = error.orig
    else:
        cause = error
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_BUSY
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_POSTGRES_CLASSES) or state in _POSTGRES_STATES
    return False


def as_busy(error: BaseException) -> StorageBusy | None:
    """The StorageBusy to raise in its place, or None when it is none. Names the kind only: values may be personal."""
    if not is_out_of_reach(error):
        return None
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return StorageBusy(reason=getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or _name(cause))


def _name(cause: BaseException) -> str:
    """Of its type; where that says nothing (a read-only disk, a full one) the system's own word for it."""
    code = errno.errorcode.get(cause.errno or 0) if type(cause) is OSError else None
    return code or type(cause).__name__


def hush(error: BaseException) -> None:
    """Take the values out of an error's text, which may end in a log: PostgreSQL quotes rows and arguments in its own.

    What remains names the kind, the constraint and the statement. SQLite's texts name tables and columns only.
    """
    if not isinstance(error, DBAPIError) or isinstance(error.orig, sqlite3.Error):
        return
    cause = error.orig
    state = str(getattr(cause, "sqlstate", None) or "")
    words = str(cause).partition("\n")[0]  # what follows is DETAIL, the failing row
    if not state or state.startswith("22"):  # bad data: the first line quotes it as well
        words = type(cause).__name__
    error.args = (f"{words} ({state})",)
    error.__cause__ = None
    error.__suppress_context__ = True


def busy_or_hush(error: BaseException) -> StorageBusy | None:
    """`as_busy`; whatever is none loses its values and is the caller's to raise on."""
    busy = as_busy(error)
    if busy is None:
        hush(error)
    return busy


@contextmanager
def busy_when_out_of_reach() -> Iterator[None]:
    """Raises StorageBusy in place of an error of reach."""
    try:
        yield
    except Exception as error:
        if (busy := busy_or_hush(error)) is None:
            raise
        raise busy from None
