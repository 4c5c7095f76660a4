"""Count what happened to a case on its row, so that figures which resist gaming cost no more than the others.

Adds `cases.tally` (filled from the events there are), and, reckoned by the engine, the minute of the deadline and what
became of the case as one number; they take the place of four columns in the index of a year's figures. Hours are now exact
to the microsecond on SQLite too, which was a second off. Walking down loses nothing that the events do not tell.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_tally_closings"
down_revision = "2026_11_22_print_photos"
branch_labels = None
depends_on = None

_MAIN = "main_case_id IS NULL"
_INDEX = "ix_cases_tally"
_BEFORE = ("ward_code", "desk", "category", "channel", "status", "disputes", "hops", "answer_hours", "close_hours", "id")
_AFTER = (
    "ward_code",
    "desk",
    "category",
    "channel",
    "status",
    "fate",
    "tally",
    "answer_hours",
    "close_hours",
    "due_minute",
    "id",
)
# Digits in base 32, as `storage.case_tally` had them on this day; what else it counts no event of before tells.
_FILL = """
UPDATE cases SET tally = (
    SELECT CASE WHEN closings < 31 THEN closings ELSE 31 END
        + 32 * CASE WHEN objections < 31 THEN objections ELSE 31 END
        + 1024 * CASE WHEN reopenings < 31 THEN reopenings ELSE 31 END
        + 35184372088832 * CASE WHEN undelivered < 31 THEN undelivered ELSE 31 END
    FROM (
        SELECT count(*) FILTER (WHERE kind = 'closed') AS closings,
            count(*) FILTER (WHERE kind = 'disputed') AS objections,
            count(*) FILTER (WHERE kind IN ('added', 'edited') AND details LIKE '%"reopened"%') AS reopenings,
            count(*) FILTER (WHERE kind = 'undelivered') AS undelivered
        FROM case_events WHERE case_events.case_id = cases.id
    ) AS happened
) WHERE id IN (SELECT case_id FROM case_events WHERE kind IN ('closed', 'disputed', 'undelivered', 'added', 'edited'))
"""


# As `storage.figures` read it on this day. On SQLite a moment is text of one length: what follows its seconds says whether
# the last one is whole.
_SQLITE = {
    "answer_hours": "(CAST(strftime('%s', first_answer_at) AS INTEGER) - CAST(strftime('%s', created_at) AS INTEGER)"
    " - (substr(first_answer_at, 20) < substr(created_at, 20))) / 3600",
    "close_hours": "(CAST(strftime('%s', closed_at) AS INTEGER) - CAST(strftime('%s', created_at) AS INTEGER)"
    " - (substr(closed_at, 20) < substr(created_at, 20))) / 3600",
    "due_minute": "(CAST(strftime('%s', due_at) AS INTEGER) - 946684800) / 60",
}
_POSTGRES = {
    "answer_hours": "CAST(floor(extract(epoch FROM first_answer_at - created_at) / 3600) AS INTEGER)",
    "close_hours": "CAST(floor(extract(epoch FROM closed_at - created_at) / 3600) AS INTEGER)",
    "due_minute": "CAST(floor(extract(epoch FROM due_at - TIMESTAMPTZ '2000-01-01 00:00:00+00') / 60) AS INTEGER)",
}
_FATE = """
CASE outcome WHEN 'done' THEN 1 WHEN 'planned' THEN 2 WHEN 'not_ours' THEN 3 WHEN 'refused' THEN 4 WHEN 'duplicate' THEN 5
    WHEN 'no_action' THEN 6 ELSE 0 END
+ CASE WHEN disputes > 0 THEN 8 ELSE 0 END
+ CASE WHEN hops > 0 THEN 16 ELSE 0 END
+ CASE WHEN closed_at > due_at THEN 32 ELSE 0 END
+ CASE WHEN tally = 1 THEN 64 ELSE 0 END
"""


def upgrade() -> None:
    op.drop_index(_INDEX, "cases")
    for name in ("answer_hours", "close_hours"):
        _drop(name)
    op.add_column("cases", sa.Column("tally", _id(), nullable=False, server_default="0"))
    op.execute(sa.text(_FILL))
    how = _SQLITE if _is_sqlite() else _POSTGRES
    for name, reckoned in how.items():
        _generated(name, reckoned)
    _generated("fate", _FATE)
    _index(_AFTER)


def downgrade() -> None:
    op.drop_index(_INDEX, "cases")
    for name in ("fate", "tally", "due_minute", "close_hours", "answer_hours"):
        _drop(name)
    for name, moment in (("answer_hours", "first_answer_at"), ("close_hours", "closed_at")):
        _generated(name, _hours(moment))
    _index(_BEFORE)


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _drop(name: str) -> None:
    op.execute(sa.text(f"ALTER TABLE cases DROP COLUMN {name}"))


def _generated(name: str, how: str) -> None:
    """SQLite cannot add a stored one, PostgreSQL knows no other."""
    kept = "VIRTUAL" if _is_sqlite() else "STORED"
    op.execute(
        sa.text(f"ALTER TABLE cases ADD COLUMN {name} INTEGER GENERATED ALWAYS AS ({how}) {kept}".replace(":", "\\:"))
    )


def _hours(moment: str) -> str:
    if _is_sqlite():
        return f"({_seconds(moment)} - {_seconds('created_at')}) / 3600"
    return f"CAST(floor(extract(epoch FROM {moment} - created_at) / 3600) AS INTEGER)"


def _seconds(moment: str) -> str:
    return f"CAST(strftime('%s', {moment}) AS INTEGER)"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _index(columns: tuple[str, ...]) -> None:
    where = sa.text(_MAIN)
    op.create_index(_INDEX, "cases", ["created_at", *columns], sqlite_where=where, postgresql_where=where)
