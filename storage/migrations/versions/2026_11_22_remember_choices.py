"""Remember the choices under what was said last, so that a number or a label's words answer them.

Adds `conversations.offered`. Walking down drops it: then only buttons answer.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Json

revision = "2026_11_22_remember_choices"
down_revision = "2026_11_22_match_words_at_once"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("offered", Json))


def downgrade() -> None:
    op.drop_column("conversations", "offered")
