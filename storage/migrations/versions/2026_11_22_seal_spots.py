"""Seal where a case is.

Adds `cases.spot` and `routing_corrections.spot`: the point with its accuracy, sealed; the program fills them at its next
start, since only it has the key, and leaves in `lat` and `lon` no more than what neighbours are looked up by. Walking down
keeps that: the exact point is gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_seal_spots"
down_revision = "2026_11_22_count_guesses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("cases", "routing_corrections"):
        op.add_column(table, sa.Column("spot", sa.Text()))


def downgrade() -> None:
    for table in ("cases", "routing_corrections"):
        op.drop_column(table, "spot")
