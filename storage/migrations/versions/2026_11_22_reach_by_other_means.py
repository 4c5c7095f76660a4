"""Know of which cases an answer did not reach its resident, and in which chats something was missed.

Adds `cases.reach_since` with an index of those that wait, `cases.heard_at` and `conversations.has_missed`, filled from the
outbox: what failed before has still reached nobody. Walking down drops them; the outbox still knows what failed.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_reach_by_other_means"
down_revision = "2026_11_22_wind_the_clocks"
branch_labels = None
depends_on = None

# The type as it was on this day: `storage.types` may change, this step may not.
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_WAITS = "reach_since IS NOT NULL"
_FILL = """
UPDATE cases SET reach_since = (
    SELECT max(outbox.finished_at) FROM outbox
    WHERE outbox.case_id = cases.id AND outbox.state = 'failed' AND outbox.message_id IS NOT NULL
) WHERE erased_at IS NULL AND channel <> 'counter'
    AND id IN (SELECT case_id FROM outbox WHERE state = 'failed' AND message_id IS NOT NULL AND case_id IS NOT NULL)
"""
_MARK = """
UPDATE conversations SET has_missed = true WHERE EXISTS (
    SELECT 1 FROM outbox WHERE outbox.channel = conversations.channel AND outbox.external_id = conversations.external_id
        AND outbox.state = 'failed' AND outbox.message_id IS NOT NULL
)
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("reach_since", Moment))
    op.add_column("cases", sa.Column("heard_at", Moment))
    op.add_column("conversations", sa.Column("has_missed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(sa.text(_FILL))
    op.execute(sa.text(_MARK))
    where = sa.text(_WAITS)
    columns = ["ward_code", "status", "due_at", "id", "desk"]
    op.create_index("ix_cases_reach", "cases", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_cases_reach", "cases")
    op.drop_column("conversations", "has_missed")
    op.drop_column("cases", "heard_at")
    op.drop_column("cases", "reach_since")
