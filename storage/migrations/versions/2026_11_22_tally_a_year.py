"""Count a year's cases without fetching one.

Adds to `cases` how many hours each waited for its answer and for its end, reckoned by the engine itself, and puts all that a
figure is counted from into the index of when they came. The indexes of the city's queue, of places and of spots learn the
ward or the desk, which they had to fetch. Nothing is lost on the way down.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_tally_a_year"
down_revision = "2026_11_22_tell_staff"
branch_labels = None
depends_on = None

_HOURS = {"answer_hours": "first_answer_at", "close_hours": "closed_at"}
_MAIN, _PLACE, _SPOT = "main_case_id IS NULL", "place_key <> ''", "lat IS NOT NULL"
_QUEUE = ["status", "due_at", "id", "desk", "kind", "category", "channel", "is_emergency", "owner_id", "accused_unit"]
_TALLIED = ["ward_code", "desk", "category", "channel", "status", "disputes", "hops", *_HOURS, "id"]


def upgrade() -> None:
    for name, moment in _HOURS.items():
        op.execute(sa.text(f"ALTER TABLE cases ADD COLUMN {name} INTEGER GENERATED ALWAYS AS ({_hours(moment)}) {_kept()}"))
    op.drop_index("ix_cases_created", "cases")
    _index("ix_cases_tally", ["created_at", *_TALLIED], _MAIN)
    _again("ix_cases_every_queue", [*_QUEUE, "ward_code"], _MAIN)
    _again("ix_cases_place", ["ward_code", "place_key", "id", "desk"], _PLACE)
    _again("ix_cases_spot", ["ward_code", "lat", "lon", "desk"], _SPOT)


def downgrade() -> None:
    _again("ix_cases_spot", ["ward_code", "lat", "lon"], _SPOT)
    _again("ix_cases_place", ["ward_code", "place_key", "id"], _PLACE)
    _again("ix_cases_every_queue", _QUEUE, _MAIN)
    op.drop_index("ix_cases_tally", "cases")
    _index("ix_cases_created", ["created_at"], _MAIN)
    for name in _HOURS:
        op.execute(sa.text(f"ALTER TABLE cases DROP COLUMN {name}"))


def _hours(moment: str) -> str:
    if _is_sqlite():
        return f"(CAST(strftime('%s', {moment}) AS INTEGER) - CAST(strftime('%s', created_at) AS INTEGER)) / 3600"
    return f"CAST(floor(extract(epoch FROM {moment} - created_at) / 3600) AS INTEGER)"


def _kept() -> str:
    """SQLite cannot add a stored one, PostgreSQL knows no other."""
    return "VIRTUAL" if _is_sqlite() else "STORED"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _again(name: str, columns: list[str], where: str) -> None:
    op.drop_index(name, "cases")
    _index(name, columns, where)


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "cases", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
