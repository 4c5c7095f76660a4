"""What is known of photos: what each is found by again, and what was found about those that were to prove something."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import metadata
from storage.types import Id, Json, SealedKey, SealedText, UtcDateTime

# A print is of a file, not of an attachment: the same picture in two cases has one.
photo_prints = Table(
    "photo_prints",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", SealedKey, nullable=False, unique=True),  # of the copy that is shown
    Column("words", Json, nullable=False),  # those below: a print is taken away by them
    Column("at", UtcDateTime, nullable=False),
)

# Looked up by word alone, and read in that order: the table is its own index.
photo_words = Table(
    "photo_words",
    metadata,
    Column("word", Integer, primary_key=True, autoincrement=False),
    Column("print_id", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# No foreign key to what may be erased: that a photo had been used before stays true, and names nobody.
evidence_checks = Table(
    "evidence_checks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("photo", SealedKey, nullable=False),  # the shown copy's key; empty once the case is erased
    Column("kind", String(16), nullable=False),
    Column("earlier_file", Id),  # the attachment that it is
    Column("earlier_case", Id),
    Column("earlier_at", UtcDateTime),
    Column("taken_at", UtcDateTime),
    Column("metres", Integer),
    Column("reason", SealedText, nullable=False),  # why it was sent all the same; empty where nobody had to say
    Index("ix_evidence_checks_case", "case_id", "id"),
)
