"""Keep the campaign ledger: boards of the codes, what was done for them, and who is to be praised.

Adds its eight tables, empty, and `conversations.preset_board`: whose QR code was read. Walking down drops them with what
they hold; the pictures of boards stay in the file store until nothing needs them.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_keep_the_ledger"
down_revision = "2026_11_22_review_a_term"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("preset_board", Id))
    _boards()
    _done()
    _praised()


def _boards() -> None:
    op.create_table(
        "boards",
        sa.Column("id", Id, nullable=False),
        sa.Column("ward_code", sa.String(length=5), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("condition", sa.String(length=8), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
    )
    op.create_index("ix_boards_ward", "boards", ["ward_code", "due_on"])
    op.create_table(
        "board_checks",
        sa.Column("id", Id, nullable=False),
        sa.Column("board_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("look", sa.String(length=8), nullable=False),
        sa.Column("condition", sa.String(length=8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=False),
        sa.Column("shown_photo", sa.String(length=64), nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name="fk_board_checks_board_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_board_checks_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_board_checks"),
    )
    op.create_index("ix_board_checks_board", "board_checks", ["board_id", "day", "id"])
    op.create_index(
        "ix_board_checks_photo",
        "board_checks",
        ["photo"],
        sqlite_where=sa.text("photo <> ''"),
        postgresql_where=sa.text("photo <> ''"),
    )
    op.create_index(
        "ix_board_checks_photo_at",
        "board_checks",
        ["at"],
        sqlite_where=sa.text("photo <> ''"),
        postgresql_where=sa.text("photo <> ''"),
    )
    op.create_index(
        "ix_board_checks_shown_photo",
        "board_checks",
        ["shown_photo"],
        sqlite_where=sa.text("shown_photo <> ''"),
        postgresql_where=sa.text("shown_photo <> ''"),
    )
    op.create_table(
        "board_cases",
        sa.Column("case_id", Id, nullable=False, autoincrement=False),
        sa.Column("is_about", sa.Boolean(), nullable=False, autoincrement=False),
        sa.Column("board_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_board_cases_case_id"),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name="fk_board_cases_board_id"),
        sa.PrimaryKeyConstraint("case_id", "is_about", name="pk_board_cases"),
    )
    op.create_index("ix_board_cases_board_id", "board_cases", ["board_id"])


def _done() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("ward_code", sa.String(length=5), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("is_planned", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("found", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("reminded", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("criticised", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("disciplined", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("doubts", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("sure_by", Id),
        sa.Column("sure_at", Moment),
        sa.Column("made_by", Id, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("struck_at", Moment),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name="fk_ledger_entries_made_by"),
        sa.ForeignKeyConstraint(["sure_by"], ["staff.id"], name="fk_ledger_entries_sure_by"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
    )
    op.create_index("ix_ledger_entries_day", "ledger_entries", ["day"])
    op.create_index("ix_ledger_entries_ward", "ledger_entries", ["ward_code", "day"])
    op.create_table(
        "residential_groups",
        sa.Column("id", Id, nullable=False),
        sa.Column("ward_code", sa.String(length=5), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_residential_groups"),
    )
    op.create_index("ix_residential_groups_ward", "residential_groups", ["ward_code", "name"], unique=True)
    op.create_table(
        "entry_groups",
        sa.Column("entry_id", Id, nullable=False, autoincrement=False),
        sa.Column("group_id", Id, nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["group_id"], ["residential_groups.id"], name="fk_entry_groups_group_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], name="fk_entry_groups_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", "group_id", name="pk_entry_groups"),
    )
    op.create_index("ix_entry_groups_group", "entry_groups", ["group_id"])
    op.create_table(
        "ledger_settings",
        sa.Column("ward_code", sa.String(length=5), nullable=False),
        sa.Column("check_months", sa.Integer(), nullable=False),
        sa.Column("inhabitants", sa.Integer()),
        sa.Column("updated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("ward_code", name="pk_ledger_settings"),
    )


def _praised() -> None:
    op.create_table(
        "praises",
        sa.Column("id", Id, nullable=False),
        sa.Column("ward_code", sa.String(length=5)),
        sa.Column("case_id", Id),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("submitter", sa.Text(), nullable=False),
        sa.Column("agreed_at", Moment),
        sa.Column("praised_id", Id),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("is_essay", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("consent", sa.String(length=16), nullable=False),
        sa.Column("consent_how", sa.Text(), nullable=False),
        sa.Column("consent_on", sa.Date()),
        sa.Column("shortlisted_on", sa.Date()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decided_by", Id),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment),
        sa.Column("is_faded", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["praised_id"], ["staff.id"], name="fk_praises_praised_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name="fk_praises_decided_by"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_praises_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_praises"),
        sa.UniqueConstraint("case_id", name="uq_praises_case_id"),
    )
    op.create_index(
        "ix_praises_decided",
        "praises",
        ["decided_on"],
        sqlite_where=sa.text("NOT is_faded AND decided_on IS NOT NULL"),
        postgresql_where=sa.text("NOT is_faded AND decided_on IS NOT NULL"),
    )
    op.create_index("ix_praises_ward", "praises", ["ward_code", "day"])


def downgrade() -> None:
    for table in (
        *("praises", "ledger_settings", "entry_groups", "residential_groups", "ledger_entries"),
        *("board_cases", "board_checks", "boards"),
    ):
        op.drop_table(table)
    op.drop_column("conversations", "preset_board")
