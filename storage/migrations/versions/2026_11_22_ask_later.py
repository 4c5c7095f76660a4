"""Remember when a resident is next asked whether a closing is still true.

Adds `closings.ask_due_at`, with an index of those that wait, and `closings.asked`. Closings of before are not asked about:
nobody told their residents. Walking down drops both.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_ask_later"
down_revision = "2026_11_22_reach_by_other_means"
branch_labels = None
depends_on = None

# The type as it was on this day: `storage.types` may change, this step may not.
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column("closings", sa.Column("ask_due_at", Moment))
    op.add_column("closings", sa.Column("asked", sa.Integer, nullable=False, server_default="0"))
    where = sa.text("ask_due_at IS NOT NULL")
    op.create_index("ix_closings_ask", "closings", ["ask_due_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_closings_ask", "closings")
    op.drop_column("closings", "asked")
    op.drop_column("closings", "ask_due_at")
