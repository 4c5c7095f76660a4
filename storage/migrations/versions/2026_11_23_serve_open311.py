"""Let other programs send cases in, and read those that everybody may see.

Adds `api_keys` and `service_lists`, empty, and an index over the cases that came in through Open311: a reader walks them
in the order they came. Walking down drops them; programs that send cases in need new keys afterwards.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_serve_open311"
down_revision = "2026_11_22_keep_the_ledger"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
OURS = "channel = 'open311' AND desk = 'general'"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", Id),
        sa.Column("revoked_at", Moment),
        sa.Column("used_on", sa.Date()),
        sa.Column("minute", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("uses", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name="fk_api_keys_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("secret_hash", name="uq_api_keys_secret_hash"),
    )
    op.create_table(
        "service_lists",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_service_lists"),
    )
    op.create_index(
        "ix_cases_open311", "cases", ["created_at", "code"], sqlite_where=sa.text(OURS), postgresql_where=sa.text(OURS)
    )


def downgrade() -> None:
    op.drop_index("ix_cases_open311", "cases")
    op.drop_table("service_lists")
    op.drop_table("api_keys")
