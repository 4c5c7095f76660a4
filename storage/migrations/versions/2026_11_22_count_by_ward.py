"""Count a ward's cases of a period without looking at the ward's whole history.

Adds an index of cases by ward and by when they came. Nothing is lost on the way down.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_count_by_ward"
down_revision = "2026_11_22_find_beginnings"
branch_labels = None
depends_on = None

_MAIN = sa.text("main_case_id IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_cases_ward_created", "cases", ["ward_code", "created_at"], sqlite_where=_MAIN, postgresql_where=_MAIN
    )


def downgrade() -> None:
    op.drop_index("ix_cases_ward_created", "cases")
