"""`column IN (these numbers)`, and a word for each, as one value: a statement that stays the same however many there are.

Only such a statement is written out once (`storage.straight`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class Numbers(TypeDecorator[Sequence[int]]):
    """An array; SQLite has none and reads it from JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger()))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _packed if dialect.name == "sqlite" else None


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # or SQLite would compare it with 1, and use no index


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the numbers that are given under this name."""
    return _Among(column, bindparam(name, type_=Numbers()))


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 - a column and a bound value, as compiled


@compiles(_Among)
def _in_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({numbers})"


class Words(TypeDecorator[Mapping[int, str]]):
    """Words by number, as JSON."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        return json.dumps


class _Told(FunctionElement[str]):
    name = "told"
    type = Text()
    inherit_cache = True


def told_of(column: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """The word for the column's number, of those that are given under this name."""
    return _Told(column, bindparam(name, type_=Words()))


@compiles(_Told, "sqlite")
def _of_json(element: _Told, compiler: SQLCompiler, **options: Any) -> str:
    column, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({words}, '$.\"' || {column} || '\"')"


@compiles(_Told)
def _of_object(element: _Told, compiler: SQLCompiler, **options: Any) -> str:
    column, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CAST({words} AS JSON) ->> CAST({column} AS TEXT))"


def _packed(numbers: Sequence[int]) -> str:
    return json.dumps(list(numbers))
