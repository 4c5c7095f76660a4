"""The SQLite file as a move reads it: table after table, in the order of the keys, a portion at a time.

Past SQLAlchemy and its types: what lies sealed is not opened, and what no type of ours would take is seen as it is.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from sqlalchemy import Table

from storage.moving.values import Plan

PORTION = 2000  # rows


class Source:
    """One moment of the file, read only. Whoever opened the file for us keeps everybody else from writing."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        place = f"file:{quote(str(self._file.absolute()))}?mode=ro"
        self._connection = sqlite3.connect(place, uri=True, check_same_thread=False, isolation_level=None)
        # What is no UTF-8 comes as lone surrogates, which `storage.types.clean` knows.
        self._connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        self._connection.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def count(self, table: Table) -> int:
        return int(self._execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608 - names of ours

    async def portions(self, plan: Plan, *, counts: bool = True) -> AsyncIterator[Sequence[tuple[Any, ...]]]:
        """Its rows, as PostgreSQL holds them. `counts`: what had to be replaced is counted in the plan.

        Raises:
            NotMoved: It cannot hold one of the values.
        """
        names = ", ".join(f'"{name}"' for name in plan.names)
        order = ", ".join(f'"{name}"' for name in plan.key)
        cursor = self._execute(f'SELECT {names} FROM "{plan.table.name}" ORDER BY {order}')  # noqa: S608 - names of ours
        while rows := await asyncio.to_thread(cursor.fetchmany, PORTION):
            yield [plan.fit(row, counts=counts) for row in rows]

    def _execute(self, statement: str) -> sqlite3.Cursor:
        if self._connection is None:
            raise RuntimeError("the source is closed")
        return self._connection.execute(statement)
