"""Reviews that staff work on: their own words in them, and when the next ones are begun by themselves."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import metadata, only_where
from storage.types import Id, SealedJson, SealedText, UtcDateTime

# One for a ward, or the city (an empty code), and a term. Figures are never kept: they are counted each time.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ward_code", String(5), nullable=False),
    Column("kind", String(16), nullable=False),  # of the term
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    *(
        Column(name, SealedText, nullable=False, server_default="")
        for name in ("leadership", "shortcomings", "tasks", "proposals")
    ),
    Column("version", Integer, nullable=False, server_default="0"),  # 0: nobody has written anything
    Column("staff_id", Id, ForeignKey("staff.id")),  # who wrote last
    Column("at", UtcDateTime),
    Column("begun_at", UtcDateTime),  # when it appeared on the desk by itself
    Column("tell_since", UtcDateTime),  # those whom it concerns have to be told
    UniqueConstraint("ward_code", "kind", "first", "last"),
)
Index("ix_reviews_tell", reviews.c.id, **only_where("tell_since IS NOT NULL"))

# What somebody typed into one and has not saved for all.
review_drafts = Table(
    "review_drafts",
    metadata,
    Column("review_id", Id, ForeignKey("reviews.id"), primary_key=True, autoincrement=False),
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("texts", SealedJson, nullable=False),
    Column("version", Integer, nullable=False),  # of the review, when it was typed
    Column("at", UtcDateTime, nullable=False),
)

# The terms whose reviews begin by themselves: one row each, the next ones waiting.
review_rounds = Table(
    "review_rounds",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("last", Date, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)
Index("ix_review_rounds_due", review_rounds.c.due_at, **only_where("done_at IS NULL"))
