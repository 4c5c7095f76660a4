"""Statements on PostgreSQL, past SQLAlchemy's execution, as `storage.straight` does on SQLite; on asyncpg's prepared ones.

The transaction stays SQLAlchemy's: it is begun through its own adapter, so that whatever is not plain goes the usual way
beside it, and the commit is the usual one. What is saved is a greenlet, an execution context and a result with a cursor for
each statement; what the server does is the same, text for text.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Executable, Row
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from storage.straight import MOST_FORMS, SEEN_OFTEN, Found, is_plain


class _Plain:
    """A statement as text, and how its values go in and come out."""

    __slots__ = ("_columns", "_constants", "_dialect", "_places", "_shape", "text")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.text = str(compiled)
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        self._constants = {bind.key: bind.value for bind in binds if not bind.required}
        converters = [compiled._bind_processors.get(name) for name in compiled.positiontup or ()]
        self._places = [
            (bind.key, found if callable(found) else None) for bind, found in zip(binds, converters, strict=True)
        ]
        self._columns, self._dialect = compiled._result_columns, dialect
        self._shape: SimpleResultMetaData | None = None

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        constants = self._constants
        return [
            (given[name] if name in given else constants[name])
            if convert is None
            else convert(given[name] if name in given else constants[name])
            for name, convert in self._places
        ]

    def rows(self, found: Sequence[Any], attributes: Sequence[Any]) -> list[Row[Any]]:
        shape = self._shape
        if shape is None:  # some types need the server's own to know how they come out
            columns = self._columns
            into = [
                column.type._cached_result_processor(self._dialect, attribute.type.oid)
                for column, attribute in zip(columns, attributes, strict=True)
            ]
            keys, extra = [column.keyname for column in columns], [column.objects for column in columns]
            shape = self._shape = SimpleResultMetaData(keys, extra=extra, _processors=into)
        processors, places = shape._effective_processors, shape._key_to_index
        return [Row(shape, processors, places, tuple(row)) for row in found]


class _Known:
    """What is known of a database's statements."""

    def __init__(self) -> None:
        self.times: WeakKeyDictionary[Executable, int] = WeakKeyDictionary()
        self.kept: WeakKeyDictionary[Executable, dict[tuple[str, ...], _Plain | None]] = WeakKeyDictionary()


_known: WeakKeyDictionary[Dialect, _Known] = WeakKeyDictionary()


def adapter_of(connection: AsyncConnection) -> Any:
    """SQLAlchemy's adapter around asyncpg's connection; None on SQLite, and where each statement is a transaction."""
    if connection.dialect.name != "postgresql" or connection.sync_connection is None:
        return None
    adapter: Any = connection.sync_connection.connection.dbapi_connection
    return None if adapter.isolation_level == "autocommit" else adapter


async def run_on_postgres(adapter: Any, dialect: Dialect, statement: Executable, values: Mapping[str, Any]) -> Found | None:
    """What came of it inside the open transaction; None where it has to go the usual way.

    Raises:
        sqlalchemy.exc.DBAPIError: As SQLAlchemy itself would have raised it.
    """
    plain = _plain_form(dialect, statement, tuple(values))
    if plain is None:
        return None
    given = plain.values(values)
    try:
        found, attributes, status = await fetch(adapter, dialect, plain.text, given)
    except Exception as error:
        raise _as_sqlalchemys(adapter, dialect, plain.text, error) from error
    count = status.rpartition(" ")[2]
    return Found(plain.rows(found, attributes) if found else (), int(count) if count.isdigit() else -1)


async def fetch(adapter: Any, dialect: Any, words: str, given: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any], str]:
    """Records, what they consist of, and what the server says that it did. Begins the transaction if it is the first."""
    async with adapter._execute_mutex:
        if adapter._transaction is None:
            await adapter._start_transaction()
        prepared, attributes = await adapter._prepare(words, dialect._invalidate_schema_cache_asof)
        return await prepared.fetch(*given), attributes, prepared.get_statusmsg() or ""


def _as_sqlalchemys(adapter: Any, dialect: Dialect, words: str, error: Exception) -> Exception:
    errors = dialect.loaded_dbapi
    try:
        adapter._handle_exception(error)  # raises it anew, by the name that SQLAlchemy knows
    except errors.Error as known:
        gone = dialect.is_disconnect(known, adapter, None)
        made: Any = DBAPIError.instance(
            words, None, known, errors.Error, hide_parameters=True, connection_invalidated=gone, dialect=dialect
        )
        return made  # type: ignore[no-any-return]  # an error, for an error
    except Exception as other:
        return other
    return error


def _plain_form(dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> _Plain | None:
    known = _known.get(dialect)
    if known is None:
        known = _known[dialect] = _Known()
    forms = known.kept.get(statement)
    if forms is not None and names in forms:
        return forms[names]
    times = known.times[statement] = known.times.get(statement, 0) + 1
    if times < SEEN_OFTEN or (forms is not None and len(forms) >= MOST_FORMS):
        return None
    if forms is None:
        forms = known.kept[statement] = {}
    plain = forms[names] = _prepare(statement, names, dialect)
    return plain


def _prepare(statement: Executable, names: Sequence[str], dialect: Dialect) -> _Plain | None:
    if not isinstance(statement, ClauseElement):
        return None
    compiled = statement.compile(dialect=dialect, column_keys=sorted(names))
    return _Plain(compiled, dialect) if isinstance(compiled, SQLCompiler) and is_plain(compiled, names) else None
