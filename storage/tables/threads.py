"""What was said and done about a case, and the files that came with it."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, false

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, Lexemes, SealedJson, SealedKey, SealedText, UtcDateTime

# The words each case is found by; see `storage.case_words`. What an engine looks them up in is beside the tables: it is
# no table (`case_search`, FTS5) or of no index that SQLite has, so it is made by its migration alone.
case_words = Table(
    "case_words",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("words", SealedText, nullable=False),
    Column("lexemes", Lexemes),  # on PostgreSQL only
)


def is_ours(_object: object, name: str | None, *_: object) -> bool:
    """Whether Alembic may compare it with the tables here."""
    return not str(name).startswith(
        ("case_search", "ix_case_words", "lexemes", "answer_hours", "close_hours", "due_minute", "fate")
    )


case_events = Table(
    "case_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),
    Column("details", SealedJson),
    Index("ix_case_events_case", "case_id", "id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("author", String(16), nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),
    Column("text", SealedText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("source_id", CleanText, nullable=False),
    Column("group_id", CleanText, nullable=False),
    Column("sealed", CleanText, nullable=False, server_default=""),  # the words with their personal data, encrypted
    Column("repeats", Integer, nullable=False, server_default="0"),
    Index("ix_messages_case", "case_id", "id"),
)

# The words a message had before it was edited; `at` is when they were replaced.
message_revisions = Table(
    "message_revisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
    Column("text", SealedText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("sealed", CleanText, nullable=False, server_default=""),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, index=True),
    Column("key", SealedKey, nullable=False),  # in the file store; empty when `trouble` says why it is not there
    Column("shown_key", SealedKey, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", SealedText),
    Column("media_type", CleanText, nullable=False),
    Column("size", Id, nullable=False),  # bytes
    Column("trouble", String(16)),
    Column("is_printed", Boolean, nullable=False, server_default=false()),  # see `storage.prints`
)
Index("ix_attachments_unprinted", attachments.c.id, **only_where("NOT is_printed AND shown_key <> ''"))
Index("ix_attachments_key", attachments.c.key, **only_where("key <> ''"))
Index("ix_attachments_shown_key", attachments.c.shown_key, **only_where("shown_key <> ''"))

# Files that nothing may point to any more: removed from the store once that is so.
doomed_files = Table(
    "doomed_files",
    metadata,
    Column("key", SealedKey, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
)

# What staff corrected about routing, for the operator's export. One row a case.
routing_corrections = Table(
    "routing_corrections",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("text", SealedText, nullable=False),
    Column("spot", SealedJson),
    Column("lat", Float),  # of before points were sealed
    Column("lon", Float),
    Column("guess", CleanText, nullable=False),  # ward codes joined by ";", empty when unplaced
    Column("truth", String(5)),  # NULL while nobody knows
    Column("at", UtcDateTime, nullable=False),
)
