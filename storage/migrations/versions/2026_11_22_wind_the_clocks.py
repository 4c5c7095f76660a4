"""Keep with each case what its clocks show, and what of a changed calendar is still to be laid again.

Adds the clocks' columns to `cases` and the table `calendar_sweeps`. Open cases of before keep their deadline as a date,
count as taken on when they were answered, and are warned of from now on; nobody promised their residents more. Nothing that
an event does not tell is lost on the way down.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_wind_the_clocks"
down_revision = "2026_11_22_close_with_proof"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENTS = (
    *("clocks_began_at", "counted_from", "accept_due_at", "answer_due_at"),
    *("accepted_at", "answered_at", "waits_since", "alarm_due_at"),
)
_NUMBERS = ("counted_days", "counted_more", "answer_days", "stood_seconds")
_ALARM = "alarm_due_at IS NOT NULL AND main_case_id IS NULL"
_AT_ONCE = 1_000
_BEFORE, _AFTER_FILING = timedelta(days=3), timedelta(days=30)


def upgrade() -> None:
    for name in _MOMENTS:
        op.add_column("cases", sa.Column(name, Moment))
    for name in _NUMBERS:
        op.add_column("cases", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("warned", sa.String(255), nullable=False, server_default=""))
    op.create_table(
        "calendar_sweeps",
        sa.Column("id", Id, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("after_id", Id, nullable=False, server_default="0"),
    )
    op.execute(
        sa.text(
            "UPDATE cases SET accepted_at = first_answer_at, answered_at = first_answer_at WHERE first_answer_at IS NOT NULL"
        )
    )
    _set_alarms()
    _index("ix_cases_alarm", ["is_emergency", "alarm_due_at"], _ALARM)
    _index("ix_cases_open", ["id"], "status = 'open'")


def downgrade() -> None:
    for name in ("ix_cases_open", "ix_cases_alarm"):
        op.drop_index(name, "cases")
    op.drop_table("calendar_sweeps")
    for name in ("warned", *_NUMBERS, *_MOMENTS):
        op.drop_column("cases", name)


def _set_alarms() -> None:
    """The first warning of what is open, as `bot.domain.clocks` had it on this day."""
    cases = sa.table(
        "cases", sa.column("id"), sa.column("status"), *(sa.column(name, Moment) for name in ("created_at", "due_at"))
    )
    asked = sa.select(cases.c.id, cases.c.created_at, cases.c.due_at).where(cases.c.status == "open").order_by(cases.c.id)
    connection = op.get_bind()
    write = sa.text("UPDATE cases SET alarm_due_at = :at WHERE id = :id").bindparams(sa.bindparam("at", type_=Moment))
    for rows in _portions(asked, cases.c.id):
        connection.execute(write, [{"id": row.id, "at": _alarm(row.created_at, row.due_at)} for row in rows])


def _portions(asked: sa.Select[Any], key: sa.ColumnClause[Any]) -> Iterator[list[Any]]:
    last = 0
    while rows := list(op.get_bind().execute(asked.where(key > last).limit(_AT_ONCE))):
        yield rows
        last = rows[-1].id


def _alarm(created_at: Any, due_at: Any) -> Any:
    created, due = _read(created_at), _read(due_at)
    at = min(due - min(_BEFORE, max(due - created, timedelta()) / 2), created + _AFTER_FILING)
    return at.isoformat(" ", "microseconds") if op.get_bind().dialect.name == "sqlite" else at


def _read(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "cases", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
