"""Statements on SQLite, straight to the driver.

SQLAlchemy writes every statement once; after that the same text is run again and again, and only the values change. Its
own way there (a coroutine in a greenlet, an execution context, a result with a cursor) costs four times what SQLite needs
for a step through an index. So a statement that was seen a few times is kept as text with the converters of its types, and
its rows are SQLAlchemy's own `Row`. Whatever is not as plain as that (a list of rows, an IN of any length, a default in
Python) goes the usual way. PostgreSQL's are `storage.straight_postgres`. A reader's statement leaves the loop either way.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Executable, Row
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from storage.sqlite_driver import SqliteConnection
from storage.vaults import vault_of

SEEN_OFTEN = 3  # times; a statement that is made anew for each call is never worth keeping
MOST_FORMS = 8  # sets of values that one statement is kept for

Convert = Callable[[Any], Any]


class Found(NamedTuple):
    """What came of a statement."""

    rows: Sequence[Row[Any]]
    rowcount: int


class _Plain:
    """A statement as text, and how its values go in and come out."""

    __slots__ = ("_constants", "_keys", "_places", "_shape", "text")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect, names: Collection[str]) -> None:
        self.text = str(compiled)
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        found = [compiled._bind_processors.get(name) for name in compiled.positiontup or ()]
        converters = [convert if callable(convert) else None for convert in found]
        # A name that is given takes its constant's place; a constant itself goes in as it was converted here, once.
        self._constants = {
            bind.key: bind.value if convert is None else convert(bind.value)
            for bind, convert in zip(binds, converters, strict=True)
            if not bind.required
        }
        self._places = [
            (bind.key, convert if bind.required or bind.key in names else None)
            for bind, convert in zip(binds, converters, strict=True)
        ]
        columns = compiled._result_columns
        self._keys = [column.keyname for column in columns]
        into = [column.type._cached_result_processor(dialect, None) for column in columns]
        self._shape = SimpleResultMetaData(self._keys, extra=[column.objects for column in columns], _processors=into)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """In the order of the text's question marks."""
        constants = self._constants
        return [
            (given[name] if name in given else constants[name])
            if convert is None
            else convert(given[name] if name in given else constants[name])
            for name, convert in self._places
        ]

    def rows(self, found: Sequence[Any]) -> list[Row[Any]]:
        shape = self._shape
        processors, places = shape._effective_processors, shape._key_to_index
        return [Row(shape, processors, places, row) for row in found]


class Forms:
    """How often a statement was seen, and what it is for each set of values; None where it is not plain."""

    __slots__ = ("kept", "times")

    def __init__(self) -> None:
        self.times = 0
        self.kept: dict[tuple[str, ...], _Plain | None] = {}


_seen: WeakKeyDictionary[Executable, Forms] = WeakKeyDictionary()


def plain_form(driver: SqliteConnection, dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> _Plain | None:
    """The statement as text for these names of values; None where it has to go the usual way."""
    kept = driver.kept.get((statement, names))
    return kept if kept is not None else _seen_again(driver, dialect, statement, names)


def run_at_once(driver: SqliteConnection, dialect: Dialect, plain: _Plain, given: Mapping[str, Any]) -> Found:
    """Run it inside the writer's open transaction.

    Raises:
        sqlalchemy.exc.DBAPIError: As SQLAlchemy itself would have raised it.
    """
    values = plain.values(given)
    try:
        rows, rowcount = driver.run_at_once(plain.text, values)
    except sqlite3.Error as error:
        raise _as_sqlalchemys(plain, dialect, error) from error
    return Found(plain.rows(rows) if rows else (), rowcount)


async def run_aside(driver: SqliteConnection, dialect: Dialect, plain: _Plain, given: Mapping[str, Any]) -> Found:
    """The same for a reader, who may wait for the disk."""
    values = plain.values(given)
    try:
        rows, rowcount = await driver.run_aside(plain.text, values)
    except sqlite3.Error as error:
        raise _as_sqlalchemys(plain, dialect, error) from error
    return Found(plain.rows(rows) if rows else (), rowcount)


async def run_each_aside(
    driver: SqliteConnection, dialect: Dialect, plain: _Plain, given: Sequence[Mapping[str, Any]]
) -> list[list[Row[Any]]]:
    """The rows for each set of values, after one change of threads. Raises as the others do."""
    values = [plain.values(one) for one in given]
    try:
        found = await driver.run_each_aside(plain.text, values)
    except sqlite3.Error as error:
        raise _as_sqlalchemys(plain, dialect, error) from error
    return [plain.rows(rows) for rows in found]


def _as_sqlalchemys(plain: _Plain, dialect: Dialect, error: sqlite3.Error) -> BaseException:
    return DBAPIError.instance(plain.text, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect)


def _seen_again(driver: SqliteConnection, dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> _Plain | None:
    seen = _seen if vault_of(dialect) is None else driver.seen  # a vault's converters are of one database only
    forms = seen.get(statement)
    if forms is None:
        forms = seen[statement] = Forms()
    if names in forms.kept:
        return forms.kept[names]
    forms.times += 1
    if forms.times < SEEN_OFTEN or len(forms.kept) >= MOST_FORMS:
        return None
    plain = forms.kept[names] = _prepare(statement, names, dialect)
    if plain is not None and vault_of(dialect) is not None:
        driver.kept[statement, names] = plain  # it was seen often, so it is one of ours and stays
    return plain


def _prepare(statement: Executable, names: Sequence[str], dialect: Dialect) -> _Plain | None:
    if not isinstance(statement, ClauseElement):
        return None
    compiled = statement.compile(dialect=dialect, column_keys=sorted(names))
    return _Plain(compiled, dialect, names) if isinstance(compiled, SQLCompiler) and is_plain(compiled, names) else None


def is_plain(compiled: SQLCompiler, names: Sequence[str]) -> bool:
    """Nothing of it is made at the moment of running, and every value is a name of its own."""
    binds = [compiled.binds[name] for name in compiled.positiontup or () if name in compiled.binds]
    keys = [column.keyname for column in compiled._result_columns]
    return not (
        compiled.post_compile_params
        or compiled.literal_execute_params
        or compiled.escaped_bind_names
        or compiled.insert_prefetch
        or compiled.update_prefetch
        or compiled._textual_ordered_columns
        or len(binds) != len(compiled.positiontup or ())
        or any(bind.callable is not None or (bind.required and bind.key not in names) for bind in binds)
        or len(set(keys)) != len(keys)
    )
