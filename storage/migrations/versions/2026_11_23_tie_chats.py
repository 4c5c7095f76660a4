"""Let one person tie their chats on several channels.

Adds `bonds`, empty. Walking down drops it: each chat is then on its own again, and an answer that had gone to the other
chat and still waits is sent there.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_tie_chats"
down_revision = "2026_11_23_walk_open311"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bonds",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("other_channel", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("other_external_id", sa.Text(), nullable=False, server_default=""),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_until", Moment),
        sa.Column("tied_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_bonds"),
    )
    op.create_index("ix_bonds_asker", "bonds", ["channel", "external_id"])
    op.create_index("ix_bonds_other", "bonds", ["other_channel", "other_external_id"])
    op.create_index("ix_bonds_code", "bonds", ["code_hash"])


def downgrade() -> None:
    op.drop_table("bonds")
