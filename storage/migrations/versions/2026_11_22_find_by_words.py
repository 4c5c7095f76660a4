"""Find a case by its words.

Adds `case_words`, one row a case, and what each engine looks them up in. The rows are made from the cases there are, with
the rules of today: whoever searches uses those too. Walking down gives up nothing that is not also in the cases.
"""

import sqlalchemy as sa
from alembic import op

from bot.domain.case import CaseStatus, Desk
from bot.domain.words import words_to_find
from storage.case_words import place_words, row_of

revision = "2026_11_22_find_by_words"
down_revision = "2026_11_22_tie_cases"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_AT_ONCE = 500  # cases
_PAGE = sa.text("SELECT id, ward_code, desk, status, text, place_key FROM cases WHERE id > :after ORDER BY id LIMIT :most")
_SAID = sa.text("SELECT text FROM messages WHERE case_id = :case AND author <> 'note'")
_ADD = sa.text("INSERT INTO case_words (case_id, words) VALUES (:case, :words)")


def upgrade() -> None:
    op.create_table(
        "case_words",
        sa.Column(
            "case_id", Id, sa.ForeignKey("cases.id", name="fk_case_words_case_id"), primary_key=True, autoincrement=False
        ),
        sa.Column("words", sa.Text, nullable=False),
    )
    _fill()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            sa.text(
                "CREATE VIRTUAL TABLE case_search USING fts5(words, content='case_words', content_rowid='case_id', "
                "detail='none', columnsize=0, tokenize=\"ascii tokenchars '@='\")"
            )
        )
        op.execute(sa.text("INSERT INTO case_search (case_search) VALUES ('rebuild')"))
    else:
        op.execute(
            sa.text(
                "CREATE INDEX ix_case_words_words ON case_words USING gin (array_to_tsvector(string_to_array(words, ' ')))"
            )
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text("DROP TABLE case_search"))
    op.drop_table("case_words")


def _fill() -> None:
    connection, after = op.get_bind(), 0
    while page := connection.execute(_PAGE, {"after": after, "most": _AT_ONCE}).all():
        rows = []
        for case in page:
            words = words_to_find(f"{case.text} {case.place_key}")
            for message in connection.execute(_SAID, {"case": case.id}).scalars():
                words |= words_to_find(message)
            words |= place_words(case.ward_code, Desk(case.desk), CaseStatus(case.status))
            rows.append({"case": case.id, "words": row_of(words)})
        connection.execute(_ADD, rows)
        after = page[-1].id
