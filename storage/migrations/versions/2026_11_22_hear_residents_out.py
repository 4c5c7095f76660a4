"""Make room for what residents may say and ask beside a report.

A case knows whether it is about an official or leader, anonymous, urgent, joined to another, disputed; a message keeps what
was masked in it, encrypted, and how often it was repeated; a conversation knows what it waits for, when its draft is
due, and whether staff paused it. Tables for consents, sealed identities, ratings and how a ward is reached.

Cases that were reports about officials become sensitive. Walking down drops all of it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_hear_residents_out"
down_revision = "2026_11_22_remember_last_ward"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def only_where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


_CASES: tuple[sa.Column[Any], ...] = (
    sa.Column("is_sensitive", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_anonymous", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_emergency", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("accused", sa.String(16), nullable=False, server_default=""),
    sa.Column("draft_serial", sa.String(16), nullable=False, server_default=""),
    sa.Column("main_case_id", Id),
    sa.Column("joined_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("place_key", sa.Text, nullable=False, server_default=""),
    sa.Column("disputes", sa.Integer, nullable=False, server_default="0"),
)
_MESSAGES: tuple[sa.Column[Any], ...] = (
    sa.Column("sealed", sa.Text, nullable=False, server_default=""),
    sa.Column("repeats", sa.Integer, nullable=False, server_default="0"),
)
_CONVERSATIONS: tuple[sa.Column[Any], ...] = (
    sa.Column("awaits", sa.Text),
    sa.Column("draft_due_at", Moment),
    sa.Column("draft_reminded", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("paused_until", Moment),
    sa.Column("pause_reason", sa.Text, nullable=False, server_default=""),
)
_ALIKE = "status = 'open' AND desk = 'general' AND main_case_id IS NULL"


def upgrade() -> None:
    for column in _CASES:
        op.add_column("cases", column._copy())
    for column in _MESSAGES:
        op.add_column("messages", column._copy())
    op.add_column("message_revisions", sa.Column("sealed", sa.Text, nullable=False, server_default=""))
    for column in _CONVERSATIONS:
        op.add_column("conversations", column._copy())
    op.create_index(
        "ix_conversations_draft_due", "conversations", ["draft_due_at"], **only_where("draft_due_at IS NOT NULL")
    )
    op.create_index("ix_cases_joined", "cases", ["main_case_id"], **only_where("main_case_id IS NOT NULL"))
    op.create_index("ix_cases_alike", "cases", ["ward_code", "category", "created_at"], **only_where(_ALIKE))
    op.execute(sa.text("UPDATE cases SET is_sensitive = true WHERE kind = 'conduct_official'"))
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "consents",
        sa.Column("id", Id, primary_key=True),
        sa.Column("resident_id", Id, sa.ForeignKey("residents.id", name="fk_consents_resident_id"), nullable=False),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id", name="fk_consents_case_id")),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("text_version", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("withdrawn_at", Moment),
    )
    op.create_index("ix_consents_resident_id", "consents", ["resident_id"])
    op.create_table(
        "identities",
        sa.Column(
            "resident_id",
            Id,
            sa.ForeignKey("residents.id", name="fk_identities_resident_id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("consent_id", Id, sa.ForeignKey("consents.id", name="fk_identities_consent_id"), nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
    )
    op.create_table(
        "ratings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("case_id", Id, sa.ForeignKey("cases.id", name="fk_ratings_case_id"), nullable=False),
        sa.Column("closed_at", Moment, nullable=False),
        sa.Column("is_resolved", sa.Boolean, nullable=False),
        sa.Column("stars", sa.Integer),
        sa.Column("at", Moment, nullable=False),
        sa.UniqueConstraint("case_id", "closed_at", name="uq_ratings_case_id_closed_at"),
    )
    op.create_table(
        "ward_settings",
        sa.Column("ward_code", sa.String(5), primary_key=True),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("hours", sa.Text, nullable=False),
        sa.Column("hours_en", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
    )


def downgrade() -> None:
    for table in ("ward_settings", "ratings", "identities", "consents"):
        op.drop_table(table)
    for index, table in (
        ("ix_cases_alike", "cases"),
        ("ix_cases_joined", "cases"),
        ("ix_conversations_draft_due", "conversations"),
    ):
        op.drop_index(index, table_name=table)
    for column in _CONVERSATIONS:
        op.drop_column("conversations", column.name)
    op.drop_column("message_revisions", "sealed")
    for column in _MESSAGES:
        op.drop_column("messages", column.name)
    for column in _CASES:
        op.drop_column("cases", column.name)
