"""Tell other programs what happens to cases.

Adds `subscriptions` and `deliveries`, empty: who is told, and how far each event has come. Walking down drops them; whoever
was subscribed has to be subscribed anew, with another secret.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_tell_neighbours"
down_revision = "2026_11_23_speak_on_zalo"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("kinds", sa.String(length=120), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("made_by", Id),
        sa.Column("disabled_at", Moment),
        sa.Column("ended", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("seen", Id, nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", Moment),
        sa.Column("paused_until", Moment),
        sa.Column("owner", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("leased_until", Moment),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name="fk_subscriptions_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("case_event_id", Id),
        sa.Column("case_id", Id),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", Moment),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=40), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="fk_deliveries_subscription_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("subscription_id", "case_event_id", name="uq_deliveries_subscription_id_case_event_id"),
    )
    waits, is_done = sa.text("state = 'waiting'"), sa.text("finished_at IS NOT NULL")
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["subscription_id", "id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_deliveries_newest", "deliveries", ["subscription_id", "id"])
    op.create_index("ix_deliveries_finished", "deliveries", ["finished_at"], sqlite_where=is_done, postgresql_where=is_done)


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("subscriptions")
