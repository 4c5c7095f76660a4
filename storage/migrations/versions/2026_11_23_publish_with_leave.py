"""Keep the texts that residents are asked about before everybody may read them.

Adds `publications`, empty. Walking down drops it: nothing is public any more, and nobody is asked twice by an older program,
which asks nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_publish_with_leave"
down_revision = "2026_11_23_serve_open311"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_MAY_BE_READ = sa.text("agreed_at IS NOT NULL AND ended_at IS NULL")
_GOES_ON = sa.text("ended_at IS NULL")


def _to(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_publications_{column}")


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("ward_code", sa.String(length=5), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("disputes", sa.Integer(), nullable=False),
        sa.Column("proposed_by", Id, nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        sa.Column("approved_by", Id),
        sa.Column("asked_at", Moment),
        sa.Column("agreed_at", Moment),
        sa.Column("published_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", Id),
        sa.Column("ending", sa.String(length=16)),
        sa.CheckConstraint("approved_by <> proposed_by", name="ck_publications_two_people"),
        sa.CheckConstraint("(approved_by IS NULL) = (asked_at IS NULL)", name="ck_publications_approved"),
        sa.CheckConstraint("agreed_at IS NULL OR asked_at IS NOT NULL", name="ck_publications_asked"),
        _to("case_id", "cases"),
        *(_to(column, "staff") for column in ("proposed_by", "approved_by", "ended_by")),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.UniqueConstraint("slug", name="uq_publications_slug"),
    )
    op.create_index("ix_publications_case", "publications", ["case_id"])
    for name, columns, is_unique, where in (
        ("ix_publications_live", ["case_id"], True, _GOES_ON),
        ("ix_publications_newest", ["published_at", "slug"], False, _MAY_BE_READ),
        ("ix_publications_ward", ["ward_code", "published_at", "slug"], False, _MAY_BE_READ),
    ):
        op.create_index(name, "publications", columns, unique=is_unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("publications")
