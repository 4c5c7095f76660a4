"""Remember how each case was closed: by whom, with what proof, on which ground; and what waits for a second person.

Adds `closings`, with a row for each case that is closed (its outcome and its moment: the rest nobody asked for then, so it
is marked as before the gate), and `proposals`. A draft of a closing remembers its other fields too (`staff_drafts.fields`).
Walking down drops all three: cases keep their outcomes.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_close_with_proof"
down_revision = "2026_11_22_hear_the_last_word"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_FILL = """
INSERT INTO closings (case_id, at, outcome, is_gated)
SELECT id, closed_at, outcome, :is_gated FROM cases
WHERE status = 'closed' AND outcome IS NOT NULL AND closed_at IS NOT NULL ORDER BY closed_at, id
"""


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    op.create_table(
        "closings",
        sa.Column("id", Number, nullable=False),
        sa.Column("case_id", Number, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("closer_id", Number),
        sa.Column("proposed_by", Number),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("message_id", Number),
        *(_words(name) for name in ("words", "what", "unit")),
        sa.Column("done_on", sa.Date),
        sa.Column("planned_for", sa.Date),
        _words("handed_to"),
        sa.Column("is_handed_over", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("ground", sa.String(16)),
        _words("basis"),
        sa.Column("duplicate_of", Number),
        sa.Column("has_evidence", sa.Boolean, nullable=False, server_default=sa.false()),
        *(_words(name) for name in ("missing", "override_reason")),
        sa.Column("overridden_by", Number),
        sa.Column("minutes_open", sa.Integer),
        sa.Column("disputed_at", Moment),
        sa.Column("returns_at", Moment),
        sa.Column("is_gated", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("id", name="pk_closings"),
        _to("closings", "case_id", "cases"),
        _to("closings", "duplicate_of", "cases"),
        _to("closings", "message_id", "messages"),
        *(_to("closings", name, "staff") for name in ("closer_id", "proposed_by", "overridden_by")),
    )
    op.execute(sa.text(_FILL).bindparams(is_gated=False))
    op.create_index("ix_closings_case", "closings", ["case_id", "id"])
    _partial("ix_closings_returns", "closings", ["returns_at"], "returns_at IS NOT NULL")
    op.create_table(
        "proposals",
        sa.Column("id", Number, nullable=False),
        sa.Column("case_id", Number, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("staff_id", Number, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content", sa.Text),
        _words("override_reason"),
        sa.Column("due_at", Moment),
        _words("words"),
        sa.Column("verdict", sa.String(16)),
        sa.Column("decided_by", Number),
        sa.Column("decided_at", Moment),
        _words("answer"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        _to("proposals", "case_id", "cases"),
        *(_to("proposals", name, "staff") for name in ("staff_id", "decided_by")),
        sa.CheckConstraint(
            "verdict NOT IN ('confirmed', 'returned') OR decided_by <> staff_id", name=op.f("ck_proposals_two_people")
        ),
    )
    op.create_index("ix_proposals_case_id", "proposals", ["case_id"])
    _partial("ix_proposals_waiting", "proposals", ["case_id"], "verdict IS NULL", unique=True)
    op.add_column("staff_drafts", sa.Column("fields", sa.Text))


def _partial(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_column("staff_drafts", "fields")
    op.drop_table("proposals")
    op.drop_table("closings")
