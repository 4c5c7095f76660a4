"""Remember what is being made for somebody at the desk, and what a ward's loudspeakers say.

Adds `long_works` and `bulletins`, both empty. Walking down drops them; pieces of papers that lie in the file store then are
removed by nobody, and nobody can open them either: their keys were in the rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_make_papers"
down_revision = "2026_11_22_seal_spots"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "long_works",
        sa.Column("id", Id, primary_key=True),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("beat_at", Moment, nullable=False, index=True),
        sa.Column("ended_at", Moment),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_long_works_running", "long_works", ["staff_id"], unique=True, sqlite_where=running, postgresql_where=running
    )
    op.create_index("ix_long_works_of", "long_works", ["staff_id", "id"])
    op.create_table(
        "bulletins",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ward_code", sa.String(5), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("ward_code", "first", "last"),
    )


def downgrade() -> None:
    op.drop_table("bulletins")
    op.drop_table("long_works")
