"""Count wrong secrets: nobody tries a receipt's digits one after the other.

Adds `secret_tries`, empty: one row an address, written only when somebody guessed wrong. Walking down drops it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_count_wrong_secrets"
down_revision = "2026_11_22_open_the_desk"
branch_labels = None
depends_on = None

# The type as it was on this day: `storage.types` may change, this step may not.
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "secret_tries",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.PrimaryKeyConstraint("channel", "external_id", name="pk_secret_tries"),
    )


def downgrade() -> None:
    op.drop_table("secret_tries")
