"""Let PostgreSQL compare a case's words without reading them first.

Adds `case_words.lexemes`, which only PostgreSQL fills, and moves its index there; the rows' text loses the beginnings that
it held for that index. Walking down puts both back.
"""

import sqlalchemy as sa
from alembic import op

from storage.case_words import row_of, with_beginnings

revision = "2026_11_22_match_words_at_once"
down_revision = "2026_11_22_count_by_ward"
branch_labels = None
depends_on = None

_AT_ONCE = 500  # cases
_PAGE = sa.text("SELECT case_id, words FROM case_words WHERE case_id > :after ORDER BY case_id LIMIT :most")


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(sa.text(f"ALTER TABLE case_words ADD COLUMN lexemes {'TEXT' if is_sqlite else 'TSVECTOR'}"))
    if not is_sqlite:
        op.execute(sa.text("DROP INDEX ix_case_words_words"))
        _rewrite(
            "UPDATE case_words SET words = :row, lexemes = array_to_tsvector(string_to_array(:all, ' ')) "
            "WHERE case_id = :case"
        )
        op.execute(sa.text("CREATE INDEX ix_case_words_lexemes ON case_words USING gin (lexemes)"))


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(sa.text("DROP INDEX ix_case_words_lexemes"))
        _rewrite("UPDATE case_words SET words = :all WHERE case_id = :case")
    op.drop_column("case_words", "lexemes")
    if not is_sqlite:
        expression = "array_to_tsvector(string_to_array(words, ' '))"
        op.execute(sa.text(f"CREATE INDEX ix_case_words_words ON case_words USING gin ({expression})"))


def _rewrite(statement: str) -> None:
    connection, after = op.get_bind(), 0
    names = [name for name in ("row", "all") if f":{name}" in statement]
    while page := connection.execute(_PAGE, {"after": after, "most": _AT_ONCE}).all():
        for case_id, words in page:
            row = row_of(words.split())
            told = {"row": row, "all": with_beginnings(row)}
            connection.execute(sa.text(statement), {"case": case_id} | {name: told[name] for name in names})
        after = page[-1].case_id
