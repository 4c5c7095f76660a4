"""Remember the ward of each address's last case, to offer it when a ward has to be asked for.

Adds `conversations.last_ward`, filled from the newest case of the address that has a ward: where staff moved it, the
ward it came to. Walking down drops the column; the cases still know.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_remember_last_ward"
down_revision = "2026_11_22_keep_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("last_ward", sa.String(length=5)))
    op.execute(
        sa.text(
            "UPDATE conversations SET last_ward = ("
            " SELECT cases.ward_code FROM cases"
            " WHERE cases.channel = conversations.channel AND cases.external_id = conversations.external_id"
            " AND cases.ward_code IS NOT NULL"
            " ORDER BY cases.id DESC LIMIT 1)"
        )
    )


def downgrade() -> None:
    op.drop_column("conversations", "last_ward")
