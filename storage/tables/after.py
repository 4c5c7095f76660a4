"""What residents agreed to, how they may be reached, and what they think of a closing."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import metadata, only_where
from storage.types import CleanText, Id, SealedName, SealedText, UtcDateTime

# What a resident agreed to, and to which words: the proof that the law asks for.
consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("resident_id", Id, ForeignKey("residents.id"), nullable=False, index=True),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("purpose", String(16), nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("language", String(2), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
)

# How a resident may be reached, if they chose to say. Encrypted; opened only as `identity_openings` records.
identities = Table(
    "identities",
    metadata,
    Column("resident_id", Id, ForeignKey("residents.id"), primary_key=True, autoincrement=False),
    Column("sealed", CleanText, nullable=False),
    Column("consent_id", Id, ForeignKey("consents.id"), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

# What a resident thinks of a closing; one row for each time the case was closed.
ratings = Table(
    "ratings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
    Column("is_resolved", Boolean, nullable=False),
    Column("stars", Integer),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "closed_at"),
)

# Wrong secrets of receipts, so that nobody tries one after the other. One row an address.
secret_tries = Table(
    "secret_tries",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("external_id", SealedName, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# Somebody asks who a resident is, somebody else decides.
identity_openings = Table(
    "identity_openings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False, index=True),
    Column("asked_by", Id, ForeignKey("staff.id"), nullable=False),
    Column("reason", SealedText, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("decided_by", Id, ForeignKey("staff.id")),
    Column("is_granted", Boolean),
    Column("decided_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    CheckConstraint("decided_by <> asked_by", name="two_people"),
    CheckConstraint("(is_granted IS NULL) = (decided_at IS NULL)", name="decided"),
)
Index("ix_identity_openings_waiting", identity_openings.c.id, **only_where("decided_at IS NULL"))
