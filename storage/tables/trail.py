"""Who did what, append-only: triggers refuse to change or delete a row of these tables, whoever asks.

`hash` covers a row and `prev_hash`. The tip says where the trail ends, so that a missing end shows; heads say the same
from time to time, signed.
"""

from sqlalchemy import CheckConstraint, Column, Index, String, Table

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, UtcDateTime

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", Id),  # no foreign key: the trail outlives an account
    Column("action", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("details", CleanText, nullable=False),  # canonical JSON, as it was hashed
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
Index("ix_audit_staff", audit.c.staff_id, audit.c.id, **only_where("staff_id IS NOT NULL"))

# One row; it may only count up.
audit_tip = Table(
    "audit_tip",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("rows", Id, nullable=False),
    Column("last_id", Id, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rows", Id, nullable=False),
    Column("last_id", Id, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("key", String(16), nullable=False),
    Column("signature", String(128), nullable=False),
)
