"""Tell staff in chats of their own that there is something new.

Adds what happened and was not yet told (`notice_facts`), whom it is to be told to (`notices`) and what each member wants
(`notice_choices`, which takes over who wants a digest from `staff_chats`), an end for codes that link a chat, and an index
of the cases that were disputed. Codes that still wait are void. Walking down drops all of it but who wants a digest.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_tell_staff"
down_revision = "2026_11_22_remember_choices"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

_REASONS = ("assigned", "mentioned", "resident", "arrived", "emergency")


def only_where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "notice_facts",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by_id", Id),
        sa.Column("about_id", Id),
        sa.Column("at", Moment, nullable=False),
        _of("notice_facts", "case_id", "cases"),
        _of("notice_facts", "by_id", "staff"),
        _of("notice_facts", "about_id", "staff"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_facts"),
    )
    op.create_table(
        "notices",
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("at", Moment, nullable=False),
        _of("notices", "staff_id", "staff"),
        _of("notices", "case_id", "cases"),
        sa.PrimaryKeyConstraint("staff_id", "case_id", "reason", name="pk_notices"),
    )
    op.create_table(
        "notice_choices",
        sa.Column("staff_id", Id, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in (*_REASONS, "digest")),
        sa.Column("pinged_at", Moment),
        sa.Column("due_at", Moment),
        sa.Column("digest_at", Moment),
        _of("notice_choices", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_notice_choices"),
    )
    for name in ("due", "digest"):
        op.create_index(
            f"ix_notice_choices_{name}", "notice_choices", [f"{name}_at"], **only_where(f"{name}_at IS NOT NULL")
        )
    op.create_index(
        "ix_cases_disputed",
        "cases",
        ["ward_code", "status", "due_at", "id", "desk"],
        **only_where("disputes > 0 AND main_case_id IS NULL"),
    )
    _take_over_choices()


def downgrade() -> None:
    op.add_column("staff_chats", sa.Column("wants_digest", sa.Boolean, nullable=False, server_default=sa.true()))
    op.execute(
        sa.text(
            "UPDATE staff_chats SET wants_digest = "
            "COALESCE((SELECT digest FROM notice_choices c WHERE c.staff_id = staff_chats.staff_id), wants_digest)"
        )
    )
    op.drop_column("staff_chats", "code_until")
    op.drop_index("ix_cases_disputed", table_name="cases")
    for table in ("notice_choices", "notices", "notice_facts"):
        op.drop_table(table)


def _take_over_choices() -> None:
    """Everybody with a linked chat; the digest of whoever wanted it comes with the next morning that passes."""
    op.add_column("staff_chats", sa.Column("code_until", Moment))
    op.execute(sa.text("DELETE FROM staff_chats WHERE linked_at IS NULL"))
    op.execute(
        sa.text(
            "INSERT INTO notice_choices "
            "(staff_id, assigned, mentioned, resident, arrived, emergency, digest, digest_at) "
            "SELECT staff_id, TRUE, TRUE, TRUE, TRUE, TRUE, MAX(CASE WHEN wants_digest THEN 1 ELSE 0 END) = 1, "
            "MAX(CASE WHEN wants_digest THEN linked_at END) FROM staff_chats GROUP BY staff_id"
        )
    )
    op.drop_column("staff_chats", "wants_digest")


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")
