"""Know what a waiting reply is about, so that a burst of messages is answered once.

Adds `outbox.about`. Replies of before are about nothing: none of them is ever dropped for a newer one.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_answer_bursts_once"
down_revision = "2026_11_22_hear_residents_out"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("about", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("outbox", "about")
