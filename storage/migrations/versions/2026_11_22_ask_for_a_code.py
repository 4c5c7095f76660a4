"""Ask for a code beside the password, and remember what is needed to list where somebody is signed in.

Adds `second_factors`, `recovery_codes`, `used_steps`, `half_sessions`, `staff.has_code` and `sessions.device`. Everybody
begins without a second factor; who must have one is led to make it at the next page. Walking down gives them all up.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_ask_for_a_code"
down_revision = "2026_11_22_let_cases_fade"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def _whose(table: str) -> sa.ForeignKey:
    return sa.ForeignKey("staff.id", name=f"fk_{table}_staff_id")


def upgrade() -> None:
    op.create_table(
        "half_sessions",
        sa.Column("id_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", Id, _whose("half_sessions"), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index("ix_half_sessions_staff_id", "half_sessions", ["staff_id"])
    op.create_table(
        "second_factors",
        sa.Column("staff_id", Id, _whose("second_factors"), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("since", Moment),
        sa.Column("reset_at", Moment),
        sa.Column("reset_by", sa.Text(), nullable=False, server_default=""),
    )
    op.create_table(
        "used_steps",
        sa.Column("staff_id", Id, _whose("used_steps"), primary_key=True, autoincrement=False),
        sa.Column("step", Id, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("staff_id", Id, _whose("recovery_codes"), primary_key=True, autoincrement=False),
        sa.Column("code_hash", sa.String(64), primary_key=True),
    )
    op.add_column("staff", sa.Column("has_code", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sessions", sa.Column("device", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("sessions", "device")
    op.drop_column("staff", "has_code")
    for table in ("recovery_codes", "used_steps", "second_factors", "half_sessions"):
        op.drop_table(table)
