"""Let the city judge what was disputed twice, and let nobody read who rated.

The city's queues are indexed with its third desk, and the timelines give up their ratings, which staff could read; `ratings`
still has them. Walking down gives the timelines one line a rating again (the last word of each, not the thoughts before it),
and the third desk's cases go back to their wards, or to the unplaced where they have none.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_hear_the_last_word"
down_revision = "2026_11_22_tell_by_mouth"
branch_labels = None
depends_on = None

_INDEXES = {"ix_cases_city_queue": ["status", "due_at", "id"], "ix_cases_city_newest": ["status", "id"]}
_TELL_AGAIN = """
INSERT INTO case_events (case_id, kind, at, details)
SELECT case_id, 'rated', at,
    '{"resolved":"' || CASE WHEN is_resolved THEN 'yes' ELSE 'no' END || '"'
    || CASE WHEN stars IS NULL THEN '' ELSE ',"stars":"' || stars || '"' END || '}'
FROM ratings ORDER BY id
"""


def upgrade() -> None:
    _index("'unplaced', 'leaders', 'disputed'")
    op.execute(sa.text("DELETE FROM case_events WHERE kind = 'rated'"))


def downgrade() -> None:
    op.execute(sa.text("UPDATE cases SET desk = 'general' WHERE desk = 'disputed' AND ward_code IS NOT NULL"))
    op.execute(sa.text("UPDATE cases SET desk = 'unplaced' WHERE desk = 'disputed'"))
    op.execute(sa.text(_TELL_AGAIN.replace(":", r"\:")))
    _index("'unplaced', 'leaders'")


def _index(desks: str) -> None:
    where = sa.text(f"desk IN ({desks}) AND main_case_id IS NULL")
    for name, columns in _INDEXES.items():
        op.drop_index(name, "cases")
        op.create_index(name, "cases", columns, sqlite_where=where, postgresql_where=where)
