"""Find a case by the beginnings of its words, and a kind of case in the whole city.

What is looked up now holds the beginnings of words beside the words: to put them together for a search took half a second
in a large city. SQLite's index keeps no text of its own any more; PostgreSQL's rows take the beginnings in. Two indexes of
`cases` know the kind. Walking down makes the search anew as it was.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from storage.case_words import row_of, with_beginnings

revision = "2026_11_22_find_beginnings"
down_revision = "2026_11_22_settle_deadlines"
branch_labels = None
depends_on = None

_MAIN = sa.text("main_case_id IS NULL")
_FTS = (
    "CREATE VIRTUAL TABLE case_search USING "
    "fts5(words, content='{}', {}detail='none', columnsize=0, tokenize=\"ascii tokenchars '{}'\")"
)
_AT_ONCE = 500  # cases
_PAGE = sa.text("SELECT case_id, words FROM case_words WHERE case_id > :after ORDER BY case_id LIMIT :most")


def upgrade() -> None:
    if _is_sqlite():
        op.execute(sa.text("DROP TABLE case_search"))
        op.execute(sa.text(_FTS.format("", "", "@=<")))
        _rewrite("INSERT INTO case_search (rowid, words) VALUES (:case, :words)")
    else:
        _rewrite("UPDATE case_words SET words = :words WHERE case_id = :case")
    op.drop_index("ix_cases_category", table_name="cases")
    _index("category", ["status", "category", "due_at", "id", "kind", "channel"])
    _index("kind", ["status", "kind", "due_at", "id", "desk", "channel"])


def downgrade() -> None:
    if _is_sqlite():
        op.execute(sa.text("DROP TABLE case_search"))
        op.execute(sa.text(_FTS.format("case_words", "content_rowid='case_id', ", "@=")))
        op.execute(sa.text("INSERT INTO case_search (case_search) VALUES ('rebuild')"))
    else:
        _rewrite("UPDATE case_words SET words = :words WHERE case_id = :case", has_beginnings=False)
    op.drop_index("ix_cases_kind", table_name="cases")
    op.drop_index("ix_cases_category", table_name="cases")
    _index("category", ["status", "category", "due_at", "id"])


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _index(name: str, columns: Iterable[str]) -> None:
    op.create_index(f"ix_cases_{name}", "cases", list(columns), sqlite_where=_MAIN, postgresql_where=_MAIN)


def _rewrite(statement: str, *, has_beginnings: bool = True) -> None:
    connection, after = op.get_bind(), 0
    while page := connection.execute(_PAGE, {"after": after, "most": _AT_ONCE}).all():
        rows = [(row.case_id, row_of(row.words.split())) for row in page]
        told = [{"case": case_id, "words": with_beginnings(row) if has_beginnings else row} for case_id, row in rows]
        connection.execute(sa.text(statement), told)
        after = page[-1].case_id
