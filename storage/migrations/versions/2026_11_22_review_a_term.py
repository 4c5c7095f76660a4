"""Keep what staff write into a review, and begin the next one by itself.

Adds `reviews`, `review_drafts` and `review_rounds`, all empty. Walking down drops them and the words in them.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_review_a_term"
down_revision = "2026_11_22_make_papers"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ward_code", sa.String(5), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default="")
            for name in ("leadership", "shortcomings", "tasks", "proposals")
        ),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
        sa.Column("at", Moment),
        sa.Column("begun_at", Moment),
        sa.Column("tell_since", Moment),
        sa.UniqueConstraint("ward_code", "kind", "first", "last"),
    )
    untold = sa.text("tell_since IS NOT NULL")
    op.create_index("ix_reviews_tell", "reviews", ["id"], sqlite_where=untold, postgresql_where=untold)
    op.create_table(
        "review_drafts",
        sa.Column("review_id", Id, sa.ForeignKey("reviews.id"), primary_key=True, autoincrement=False),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "review_rounds",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("first", sa.Date(), primary_key=True),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("done_at", Moment),
    )
    undone = sa.text("done_at IS NULL")
    op.create_index("ix_review_rounds_due", "review_rounds", ["due_at"], sqlite_where=undone, postgresql_where=undone)


def downgrade() -> None:
    op.drop_table("review_rounds")
    op.drop_table("review_drafts")
    op.drop_table("reviews")
