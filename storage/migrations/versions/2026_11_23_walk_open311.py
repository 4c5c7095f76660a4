"""Let both engines walk the cases of Open311 in the order they came.

The index's condition is said in other words: told `channel = 'open311'`, SQLite looks for the channel in another index and
sorts whatever ever came this way. Walking down says it in the words of before; no row changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_walk_open311"
down_revision = "2026_11_23_tell_neighbours"
branch_labels = None
depends_on = None

BEFORE = "channel = 'open311' AND desk = 'general'"
NOW = "NOT (channel <> 'open311') AND desk = 'general'"


def upgrade() -> None:
    _lay(NOW)


def downgrade() -> None:
    _lay(BEFORE)


def _lay(condition: str) -> None:
    op.drop_index("ix_cases_open311", "cases")
    where = sa.text(condition)
    op.create_index("ix_cases_open311", "cases", ["created_at", "code"], sqlite_where=where, postgresql_where=where)
