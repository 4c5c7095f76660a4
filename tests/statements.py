"""What is asked of the database meanwhile, whichever way a statement goes there."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from storage import Database, straight_postgres
from storage.sqlite_driver import SqliteConnection


@contextmanager
def statements_of(database: Database, *, writes: bool = False) -> Iterator[list[str]]:
    """The statements of its readers in order, without the BEGINs; with `writes` also those of its writers."""
    assert database._readers is not None
    assert database._writers is not None
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            heard.append(statement)

    straight = SqliteConnection.run_at_once

    def run(self: SqliteConnection, statement: str, values: Sequence[Any]) -> tuple[Sequence[Any], int]:
        if writes or not self.runs_in_loop:
            heard.append(statement)
        return straight(self, statement, values)

    on_postgres = straight_postgres.fetch

    async def fetch(
        adapter: Any, dialect: Any, statement: str, values: Sequence[Any]
    ) -> tuple[Sequence[Any], Sequence[Any], str]:
        if writes or adapter.readonly:
            heard.append(statement)
        return await on_postgres(adapter, dialect, statement, values)

    engines = {database._writers.sync_engine if writes else database._readers.sync_engine}
    if database.is_sqlite:  # on PostgreSQL the readers are the writers, set to read only: they would be heard twice
        engines.add(database._readers.sync_engine)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(SqliteConnection, "run_at_once", run)
        patch.setattr(straight_postgres, "fetch", fetch)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", hear)
            stack.callback(event.remove, engine, "before_cursor_execute", hear)
        yield heard
