"""The texts that were put to residents before everybody may read them."""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table

from storage.tables.base import metadata, only_where
from storage.types import Id, SealedText, UtcDateTime

# One row for each text. Most never become public, hence sealed; the words of an ended one are empty. Nothing here makes a
# case public: see `storage.published`.
publications = Table(
    "publications",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("ward_code", String(5), nullable=False),  # then; a case that is moved takes its text along to nowhere
    Column("category", String(64), nullable=False),
    Column("slug", String(12), nullable=False, unique=True),
    Column("title", SealedText, nullable=False),
    Column("text", SealedText, nullable=False),
    Column("answer", SealedText, nullable=False),
    Column("lat", Float),  # rounded
    Column("lon", Float),
    Column("disputes", Integer, nullable=False),  # of its case then
    Column("proposed_by", Id, ForeignKey("staff.id"), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("approved_by", Id, ForeignKey("staff.id")),
    Column("asked_at", UtcDateTime),
    Column("agreed_at", UtcDateTime),
    Column("published_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Id, ForeignKey("staff.id")),
    Column("ending", String(16)),
    CheckConstraint("approved_by <> proposed_by", name="two_people"),
    CheckConstraint("(approved_by IS NULL) = (asked_at IS NULL)", name="approved"),
    CheckConstraint("agreed_at IS NULL OR asked_at IS NOT NULL", name="asked"),
)
_MAY_BE_READ = "agreed_at IS NOT NULL AND ended_at IS NULL"
Index("ix_publications_case", publications.c.case_id)
Index("ix_publications_live", publications.c.case_id, unique=True, **only_where("ended_at IS NULL"))
Index("ix_publications_newest", publications.c.published_at, publications.c.slug, **only_where(_MAY_BE_READ))
Index(
    "ix_publications_ward",
    *(publications.c[name] for name in ("ward_code", "published_at", "slug")),
    **only_where(_MAY_BE_READ),
)
