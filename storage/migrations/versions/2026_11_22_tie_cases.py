"""Tell a colleague that a note names them, and find the cases that are about the same spot.

Adds the table `mentions` and two indexes of `cases`: by the street or spot the words name, and by where it lies. On the way
down the mentions go; the notes that made them stay.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Id, UtcDateTime

revision = "2026_11_22_tie_cases"
down_revision = "2026_11_22_let_residents_go"
branch_labels = None
depends_on = None


def _partial(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "cases", columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_mentions"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_mentions_case_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_mentions_message_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_mentions_staff_id"),
    )
    op.create_index("ix_mentions_staff", "mentions", ["staff_id", "id"])
    op.create_index("ix_mentions_message", "mentions", ["message_id"])
    _partial("ix_cases_place", ["ward_code", "place_key", "id"], "place_key <> ''")
    _partial("ix_cases_spot", ["ward_code", "lat", "lon"], "lat IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_cases_spot", "cases")
    op.drop_index("ix_cases_place", "cases")
    op.drop_table("mentions")
