"""A column as SQLite's planner must not look for it in an index.

SQLite knows no figures about its tables here, and takes a narrow index that it must sort by over the one that already has
the order wanted. A unary plus is its own way to be told (https://sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_);
PostgreSQL keeps figures, and is left alone.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class unindexed(FunctionElement[Any]):  # noqa: N801 - reads as a function, like SQLAlchemy's own
    """`unindexed(cases.c.category) == "lighting"`."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _as_it_is(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(unindexed, "sqlite")
def _with_a_plus(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
