"""Let the city settle deadlines, and remember when a case was first answered.

Adds the table `category_settings`, `cases.first_answer_at` (older rows get the time of their first answer in the thread),
and two indexes: cases by when they came, for the figures of a period, and the trail by who acted. On the way down the
deadlines of `categories.json` hold again.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import CleanText, UtcDateTime

revision = "2026_11_22_settle_deadlines"
down_revision = "2026_11_22_find_by_words"
branch_labels = None
depends_on = None

_FIRST_ANSWERS = """
UPDATE cases SET first_answer_at = (
    SELECT min(messages.at) FROM messages WHERE messages.case_id = cases.id AND messages.author = 'staff'
)
"""


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "category_settings",
        sa.Column("category", CleanText, nullable=False),
        sa.Column("working_days", sa.Integer, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("category", name="pk_category_settings"),
    )
    op.add_column("cases", sa.Column("first_answer_at", UtcDateTime))
    op.execute(_FIRST_ANSWERS)
    _partial("ix_cases_created", "cases", ["created_at"], "main_case_id IS NULL")
    _partial("ix_audit_staff", "audit", ["staff_id", "id"], "staff_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_audit_staff", "audit")
    op.drop_index("ix_cases_created", "cases")
    op.drop_column("cases", "first_answer_at")
    op.drop_table("category_settings")
