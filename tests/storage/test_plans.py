"""What is asked all day is found through an index: the history may grow for years without slowing anybody down."""

import re

import pytest
from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite

from storage import (
    Database,
    case_rows,
    chat_lines,
    conversations,
    erasure,
    heard_again,
    inbox,
    outbox,
    published,
    retention,
    served,
)


async def plan(database: Database, statement: Executable) -> list[str]:
    """SQLite's plan, a line a step."""
    compiled = statement.compile(dialect=sqlite.dialect())  # type: ignore[attr-defined]  # every statement here has it
    sql = re.sub(r"__\[POSTCOMPILE_\w+\]", "?", str(compiled))
    assert database._readers is not None
    async with database._readers.connect() as connection:
        found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))
        return [str(row[-1]) for row in found]


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (inbox._claim, ["ix_inbox_waiting", "ix_inbox_waiting_address"]),
        (inbox._failed, ["ix_inbox_failed"]),
        (inbox._backlog, ["ix_inbox_waiting", "ix_inbox_failed"]),
        (outbox._claim, ["ix_outbox_waiting", "ix_outbox_waiting_address", "ix_inbox_waiting_address"]),
        (outbox._drop_earlier, ["ix_outbox_waiting_address"]),
        (outbox._take_back, ["ix_outbox_waiting_address"]),
        (outbox._next_due, ["ix_outbox_waiting", "ix_outbox_waiting_address"]),
        (outbox._backlog, ["ix_outbox_waiting", "ix_outbox_waiting_address", "ix_outbox_failed_case"]),
        (case_rows._by_serial, ["ix_cases_resident"]),
        (heard_again._newest, ["ix_messages_case"]),
        (heard_again._revisions, ["ix_messages_case", "ix_message_revisions_message_id"]),
        (conversations._get, ["sqlite_autoindex_conversations_1"]),
        (chat_lines._theirs, ["ix_inbox_webchat"]),
        (retention._old, ["ix_inbox_read"]),
        (retention._doomed, ["ix_doomed_files_due_at"]),
        (retention._is_attached, ["ix_attachments_key", "ix_attachments_shown_key"]),
        (retention._is_on_a_board, ["ix_board_checks_photo", "ix_board_checks_shown_photo"]),
        (retention._is_drafted, ["ix_conversations_draft_due"]),
        (retention._due_drafts, ["ix_conversations_draft_due", "ix_inbox_waiting_address"]),
        (erasure._cases_of, ["ix_cases_resident"]),
        (erasure._due, ["ix_cases_erase"]),
        (erasure._kept_mail.values(body=""), ["ix_inbox_read_address"]),
        (erasure._web_mail.values(body=""), ["ix_inbox_webchat"]),
        (erasure._drop_sent, ["ix_outbox_sent_address"]),
        (erasure._drop_web_sent, ["ix_outbox_webchat"]),
        (erasure._drop_waiting, ["ix_outbox_waiting_address"]),
        (published._PAGES[False, False], ["ix_publications_newest", "ix_cases_joined"]),
        (published._PAGES[True, False], ["ix_publications_ward", "ix_cases_joined"]),
        (published._PAGES[True, True], ["ix_publications_ward", "ix_cases_joined"]),
        (published._one, ["ix_cases_joined"]),
        (chat_lines._ours, ["ix_outbox_webchat"]),
        (chat_lines._ours_after, ["ix_outbox_webchat"]),
        (served._own.newest, ["ix_cases_open311"]),
        (served._own.oldest, ["ix_cases_open311"]),
    ],
)
async def test_the_index_is_used(sqlite_database: Database, statement: Executable, indexes: list[str]) -> None:
    """No step walks a whole table, none sorts, and the indexes meant for it are the ones taken."""
    steps = await plan(sqlite_database, statement)
    told = "\n".join(steps)
    assert steps
    for index in indexes:
        assert re.search(rf"\b{index}\b", told), told
    for step in steps:
        assert not step.startswith("SCAN") or "USING" in step or "CONSTANT ROW" in step, told
    if statement is not inbox._backlog and statement is not outbox._backlog:
        assert "TEMP B-TREE" not in told, told


async def test_a_plan_that_walks_a_table_would_be_seen(sqlite_database: Database) -> None:
    """The check above can fail: by source words there is no index."""
    from sqlalchemy import select

    from storage.tables import inbox as table

    assert any(
        step.startswith("SCAN inbox") for step in await plan(sqlite_database, select(table).where(table.c.body == "x"))
    )
