"""Let the words of closed cases go when their time is over.

Adds `retention_rules` (what the city decided of each kind), when a case was announced and when its words went, and the index
of those that still have them. Walking down forgets the rules and the announcements; what is gone stays gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_let_cases_fade"
down_revision = "2026_11_22_seal_at_rest"
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_WHERE = "closed_at IS NOT NULL AND faded_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_rules")),
    )
    for name in ("fading_told_at", "faded_at"):
        op.add_column("cases", sa.Column(name, Moment))
    where = sa.text(_WHERE)
    op.create_index("ix_cases_fading", "cases", ["kind", "closed_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_cases_fading", "cases")
    for name in ("faded_at", "fading_told_at"):
        op.execute(sa.text(f"ALTER TABLE cases DROP COLUMN {name}"))
    op.drop_table("retention_rules")
