"""Begin: residents and their cases, the inbox and the outbox, staff, the audit trail, the working calendar.

The calendar starts with the swap of 2026 that the `holidays` package does not know: Friday 2 January off, Saturday
10 January worked.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_begin"
down_revision = None
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def only_where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _add_residents_and_cases()
    _add_inbox_and_outbox()
    _add_the_rest()


def downgrade() -> None:
    for table in (
        "heartbeat",
        "calendar_days",
        "audit",
        "outbox",
        "inbox",
        "attachments",
        "message_revisions",
        "messages",
        "case_events",
        "cases",
        "sessions",
        "staff",
        "conversations",
        "addresses",
        "residents",
    ):
        op.drop_table(table)


def _add_residents_and_cases() -> None:
    op.create_table(
        "residents",
        sa.Column("id", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_residents"),
    )
    op.create_table(
        "addresses",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("resident_id", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_addresses_resident_id"),
        sa.PrimaryKeyConstraint("channel", "external_id", name="pk_addresses"),
    )
    op.create_index("ix_addresses_resident_id", "addresses", ["resident_id"])
    op.create_table(
        "conversations",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("resident_id", Id, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("draft", sa.Text()),
        sa.Column("asked", sa.String(length=16)),
        sa.Column("case_code", sa.String(length=16)),
        sa.Column("preset_ward", sa.String(length=5)),
        sa.Column("last_group_id", sa.Text(), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel", "external_id"], ["addresses.channel", "addresses.external_id"], name="fk_conversations_address"
        ),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_conversations_resident_id"),
        sa.PrimaryKeyConstraint("channel", "external_id", name="pk_conversations"),
    )
    op.create_table(
        "staff",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("folded_username", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("ward_code", sa.String(length=5)),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.CheckConstraint(
            "(role IN ('ward_officer', 'restricted_officer')) = (ward_code IS NOT NULL)", name="ck_staff_ward_of_role"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("folded_username", name="uq_staff_folded_username"),
    )
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_sessions_staff_id"),
        sa.PrimaryKeyConstraint("id_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_staff_id", "sessions", ["staff_id"])
    op.create_table(
        "cases",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("ward_code", sa.String(length=5)),
        sa.Column("desk", sa.String(length=16), nullable=False),
        sa.Column("resident_id", Id, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=16)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("accuracy", sa.Float()),
        sa.Column("routing_trace", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("closed_at", Moment),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("desk NOT IN ('general', 'restricted') OR ward_code IS NOT NULL", name="ck_cases_ward_of_desk"),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_cases_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("channel", "external_id", "source_id", name="uq_cases_channel_external_id_source_id"),
        sa.UniqueConstraint("code", name="uq_cases_code"),
    )
    op.create_index(
        "ix_cases_city_queue", "cases", ["status", "due_at", "id"], **only_where("desk IN ('unplaced', 'leaders')")
    )
    op.create_index("ix_cases_queue", "cases", ["ward_code", "status", "due_at", "id", "desk"])
    op.create_index("ix_cases_resident", "cases", ["resident_id", "id"])
    op.create_table(
        "case_events",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff_id", Id),
        sa.Column("details", sa.Text()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_case_events_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
    )
    op.create_index("ix_case_events_case", "case_events", ["case_id", "id"])
    op.create_table(
        "messages",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("staff_id", Id),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("edited_at", Moment),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_messages_case_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_messages_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_case", "messages", ["case_id", "id"])
    op.create_table(
        "message_revisions",
        sa.Column("id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_revisions_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message_revisions"),
    )
    op.create_index("ix_message_revisions_message_id", "message_revisions", ["message_id"])
    op.create_table(
        "attachments",
        sa.Column("id", Id, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("shown_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("trouble", sa.String(length=16)),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_message_id", "attachments", ["message_id"])


def _add_inbox_and_outbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("address_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("leased_until", Moment),
        sa.Column("due_at", Moment),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("handled_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "external_id", name="uq_inbox_channel_external_id"),
    )
    op.create_index("ix_inbox_failed", "inbox", ["id"], **only_where("state = 'failed'"))
    op.create_index("ix_inbox_waiting", "inbox", ["id"], **only_where("state = 'waiting'"))
    op.create_index("ix_inbox_waiting_address", "inbox", ["channel", "address_id", "id"], **only_where("state = 'waiting'"))
    op.create_index("ix_inbox_webchat", "inbox", ["address_id", "id"], **only_where("channel = 'webchat'"))
    op.create_table(
        "outbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", Id),
        sa.Column("case_id", Id),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("leased_until", Moment),
        sa.Column("due_at", Moment),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_outbox_case_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_outbox_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_failed_case", "outbox", ["case_id"], **only_where("state = 'failed'"))
    op.create_index(
        "ix_outbox_message",
        "outbox",
        ["message_id"],
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["id"], **only_where("state = 'waiting'"))
    op.create_index(
        "ix_outbox_waiting_address", "outbox", ["channel", "external_id", "id"], **only_where("state = 'waiting'")
    )
    op.create_index("ix_outbox_webchat", "outbox", ["external_id", "id"], **only_where("channel = 'webchat'"))


def _add_the_rest() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff_id", Id),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_worked", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_days"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beats", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    calendar_days = sa.table(
        "calendar_days", sa.column("day", sa.Date), sa.column("is_worked", sa.Boolean), sa.column("note", sa.Text)
    )
    op.bulk_insert(
        calendar_days,
        [
            {"day": date(2026, 1, 2), "is_worked": False, "note": "Nghỉ hoán đổi dịp Tết Dương lịch 2026"},
            {"day": date(2026, 1, 10), "is_worked": True, "note": "Làm bù cho ngày 02/01/2026"},
        ],
    )
    op.execute(sa.text("INSERT INTO heartbeat (id, beats) VALUES (1, 0)"))
