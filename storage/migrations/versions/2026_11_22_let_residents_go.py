"""Let residents be forgotten, and know what is due about them.

Adds `cases.erase_asked_at` and `erased_at`, `conversations.pause_told_at`, the table `doomed_files`, and the indexes by
which an address's handled messages, old messages, due erasures and the users of a file are found. Nobody has asked yet, so
older rows stay empty; what was erased stays erased on the way down.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "2026_11_22_let_residents_go"
down_revision = "2026_11_22_count_wrong_secrets"
branch_labels = None
depends_on = None

_READ = "state <> 'waiting' AND body <> '' AND channel <> 'webchat'"
_SENT = "state <> 'waiting' AND channel <> 'webchat'"


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.add_column("cases", sa.Column("erase_asked_at", UtcDateTime))
    op.add_column("cases", sa.Column("erased_at", UtcDateTime))
    op.add_column("conversations", sa.Column("pause_told_at", UtcDateTime))
    op.create_table(
        "doomed_files",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_doomed_files"),
    )
    op.create_index("ix_doomed_files_due_at", "doomed_files", ["due_at"])
    _partial("ix_cases_erase", "cases", ["closed_at"], "erase_asked_at IS NOT NULL")
    _partial("ix_inbox_read_address", "inbox", ["channel", "address_id", "id"], _READ)
    _partial("ix_inbox_read", "inbox", ["handled_at"], _READ)
    _partial("ix_outbox_sent_address", "outbox", ["channel", "external_id", "id"], _SENT)
    _partial("ix_attachments_key", "attachments", ["key"], "key <> ''")
    _partial("ix_attachments_shown_key", "attachments", ["shown_key"], "shown_key <> ''")


def downgrade() -> None:
    for name, table in (
        ("ix_attachments_shown_key", "attachments"),
        ("ix_attachments_key", "attachments"),
        ("ix_outbox_sent_address", "outbox"),
        ("ix_inbox_read", "inbox"),
        ("ix_inbox_read_address", "inbox"),
        ("ix_cases_erase", "cases"),
    ):
        op.drop_index(name, table)
    op.drop_table("doomed_files")
    op.drop_column("conversations", "pause_told_at")
    op.drop_column("cases", "erased_at")
    op.drop_column("cases", "erase_asked_at")
