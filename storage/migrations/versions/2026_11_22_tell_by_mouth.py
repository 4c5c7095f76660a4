"""Remember since when an answer waits to be told at the counter or on the phone.

Adds `cases.tell_since` with an index of those that wait, filled for the counter's cases from their threads and timelines.
Walking down drops both; threads and timelines still know.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_tell_by_mouth"
down_revision = "2026_11_22_tally_a_year"
branch_labels = None
depends_on = None

# The type as it was on this day: `storage.types` may change, this step may not.
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_WAITS = "tell_since IS NOT NULL"
_FILL = """
UPDATE cases SET tell_since = (
    SELECT min(messages.at) FROM messages
    WHERE messages.case_id = cases.id AND messages.author = 'staff' AND NOT EXISTS (
        SELECT 1 FROM case_events
        WHERE case_events.case_id = cases.id AND case_events.kind = 'told' AND case_events.at >= messages.at
    )
) WHERE channel = 'counter' AND erased_at IS NULL
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("tell_since", Moment))
    op.execute(sa.text(_FILL))
    where = sa.text(_WAITS)
    op.create_index("ix_cases_tell", "cases", ["tell_since", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_cases_tell", "cases")
    op.drop_column("cases", "tell_since")
