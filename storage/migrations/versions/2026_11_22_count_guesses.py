"""Count guesses of passwords and codes for all processes together.

Adds `guesses`. Nothing is carried over: until now each process counted for itself, in memory. Walking down forgets them.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_count_guesses"
down_revision = "2026_11_22_ask_for_a_code"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guesses",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("judged", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
    )
    op.create_index("ix_guesses_last", "guesses", ["last"])


def downgrade() -> None:
    op.drop_table("guesses")
