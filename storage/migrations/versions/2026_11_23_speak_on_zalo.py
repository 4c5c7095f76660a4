"""Speak on Zalo: pictures go out by links, and whose words are withheld is told so once in some hours.

Adds `file_links`, empty: a row lives two minutes. Adds `conversations.withheld_told_at`, empty: nobody was told before.
Walking down drops both; a picture that Zalo was about to fetch is sent again.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_speak_on_zalo"
down_revision = "2026_11_23_publish_with_leave"
branch_labels = None
depends_on = None

# The type as it was on this day: `storage.types` may change, this step may not.
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "file_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_file_links"),
    )
    op.create_index("ix_file_links_until", "file_links", ["until"])
    op.add_column("conversations", sa.Column("withheld_told_at", Moment))


def downgrade() -> None:
    op.drop_column("conversations", "withheld_told_at")
    op.drop_index("ix_file_links_until", "file_links")
    op.drop_table("file_links")
