"""Keep what staff correct about routing: the words, the ward that was guessed, the ward that was right.

Adds `routing_corrections`, empty: moves of before did not say whether the ward had been wrong, and a guess would teach
routing what is not so. Walking down drops the table and what it holds.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_keep_corrections"
down_revision = "2026_11_22_begin"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "routing_corrections",
        sa.Column("case_id", Id, nullable=False, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("guess", sa.Text(), nullable=False),
        sa.Column("truth", sa.String(length=5)),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_routing_corrections_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_routing_corrections"),
    )


def downgrade() -> None:
    op.drop_table("routing_corrections")
