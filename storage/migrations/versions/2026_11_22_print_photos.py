"""Find a photo again, whatever was done to it, and keep what was found about those that were to prove something.

Adds `photo_prints`, `photo_words`, `evidence_checks` and `attachments.is_printed` with an index of those that have no print
yet: all of them, at first. Walking down drops them; prints are made again, findings are given up.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_print_photos"
down_revision = "2026_11_22_ask_later"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_UNPRINTED = "NOT is_printed AND shown_key <> ''"


def upgrade() -> None:
    op.create_table(
        "photo_prints",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("key", name="uq_photo_prints_key"),
    )
    op.create_table(
        "photo_words",
        sa.Column("word", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("print_id", Id, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence_checks",
        sa.Column("id", Id, primary_key=True),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id", name="fk_evidence_checks_case_id"), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff_id", Id, sa.ForeignKey("staff.id", name="fk_evidence_checks_staff_id"), nullable=False),
        sa.Column("photo", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("earlier_file", Id),
        sa.Column("earlier_case", Id),
        sa.Column("earlier_at", Moment),
        sa.Column("taken_at", Moment),
        sa.Column("metres", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_evidence_checks_case", "evidence_checks", ["case_id", "id"])
    op.add_column("attachments", sa.Column("is_printed", sa.Boolean(), nullable=False, server_default=sa.false()))
    where = sa.text(_UNPRINTED)
    op.create_index("ix_attachments_unprinted", "attachments", ["id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_attachments_unprinted", "attachments")
    op.drop_column("attachments", "is_printed")
    for table in ("evidence_checks", "photo_words", "photo_prints"):
        op.drop_table(table)
