"""Keep addresses, words and files' names sealed, each case with a key of its own.

Adds the tables of keys, and `conversations.draft_files`: which files a draft has can no longer be read in the draft, which
lies sealed. The rows there are stay as they are; the next start has the secret key and seals them (`storage.sealing_up`).
Walking down leaves sealed what was sealed by then, and takes the keys: only a database that was never opened with a secret
key goes on from there.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_seal_at_rest"
down_revision = "2026_11_22_count_what_is_known"
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    _keys("vault_keys", sa.Column("purpose", sa.String(16), nullable=False), points_to=None)
    _keys("case_keys", sa.Column("case_id", _id(), autoincrement=False, nullable=False), points_to="cases.id")
    _keys("resident_keys", sa.Column("resident_id", _id(), autoincrement=False, nullable=False), points_to="residents.id")
    op.create_table(
        "sealed_tables",
        sa.Column("name", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sealed_tables")),
    )
    op.add_column("conversations", sa.Column("draft_files", sa.Text(), nullable=False, server_default=""))
    _name_files()


def downgrade() -> None:
    op.drop_column("conversations", "draft_files")
    for name in ("sealed_tables", "resident_keys", "case_keys", "vault_keys"):
        op.drop_table(name)


def _keys(table: str, whose: sa.Column[int] | sa.Column[str], *, points_to: str | None) -> None:
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(whose.name, name=op.f(f"pk_{table}"))]
    if points_to:
        constraints.append(sa.ForeignKeyConstraint([whose.name], [points_to], name=op.f(f"fk_{table}_{whose.name}")))
    op.create_table(
        table,
        whose,
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        *constraints,
    )


def _name_files() -> None:
    """From the drafts that are open; one that cannot be read has none that anybody could still want."""
    bind = op.get_bind()
    put = sa.text("UPDATE conversations SET draft_files = :keys WHERE channel = :on AND external_id = :whom")
    for on, whom, draft in bind.execute(
        sa.text("SELECT channel, external_id, draft FROM conversations WHERE draft IS NOT NULL")
    ).all():
        try:
            files = [file for part in json.loads(draft)["parts"] for file in part["files"]]
            keys = " ".join(key for file in files for key in (file[0], file[5]) if key)
        except (ValueError, KeyError, TypeError, IndexError):
            continue
        if keys:
            bind.execute(put, {"keys": keys, "on": on, "whom": whom})


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
