"""What takes long to make for somebody at the desk, and the texts that a ward reads out."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedJson, SealedText, UtcDateTime

# A paper that takes seconds: how far it is, and where its pieces lie in the file store. Gone an hour after it ended.
long_works = Table(
    "long_works",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(8), nullable=False),
    Column("asked", SealedJson, nullable=False),
    Column("file_name", CleanText, nullable=False),
    Column("media_type", CleanText, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("size", Id, nullable=False),  # bytes
    Column("keys", SealedJson, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
)
Index("ix_long_works_running", long_works.c.staff_id, unique=True, **only_where("state = 'running'"))
Index("ix_long_works_of", long_works.c.staff_id, long_works.c.id)

# What a ward's loudspeakers say about some days, as staff last left it.
bulletins = Table(
    "bulletins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("text", SealedText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),  # who changed it last
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("ward_code", "first", "last"),
)
