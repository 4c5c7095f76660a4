"""Make room for the desk: more roles, units, absences, exclusions, owners, and what staff keep beside the cases.

A ward's leader and an inspector become possible, and a case can have an owner, a number of moves and the unit it is about.
The queue's indexes take in what a queue is filtered by, and leave out cases that joined another.

Walking down drops all of it. A leader becomes a restricted officer, who sees the same; an inspector's account is closed,
for no older role may see so much and change so little.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_open_the_desk"
down_revision = "2026_11_22_answer_bursts_once"
branch_labels = None
depends_on = None

# The types as they were on this day: `storage.types` may change, this step may not.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

_OLD_ROLES = "('ward_officer', 'restricted_officer')"
_NEW_ROLES = "('ward_officer', 'ward_leader', 'restricted_officer')"
_FILTERS = ["desk", "kind", "category", "channel", "is_emergency", "owner_id", "accused_unit"]
_MAIN = "main_case_id IS NULL"
_AT_CITY = "desk IN ('unplaced', 'leaders')"
_INDEXES: dict[str, tuple[list[str], str]] = {
    "queue": (["ward_code", "status", "due_at", "id", *_FILTERS], _MAIN),
    "newest": (["ward_code", "status", "id", *_FILTERS], _MAIN),
    "city_queue": (["status", "due_at", "id"], f"{_AT_CITY} AND {_MAIN}"),
    "city_newest": (["status", "id"], f"{_AT_CITY} AND {_MAIN}"),
    "every_queue": (["status", "due_at", "id", *_FILTERS], _MAIN),
    "every_newest": (["status", "id", *_FILTERS], _MAIN),
    "category": (["status", "category", "due_at", "id"], _MAIN),
    "emergency": (["status", "due_at", "id"], f"is_emergency AND {_MAIN}"),
    "owner": (["owner_id", "status", "due_at", "id"], f"owner_id IS NOT NULL AND {_MAIN}"),
    "owner_until": (["owner_until"], "owner_until IS NOT NULL"),
}
_TABLES = (
    "absences",
    "case_exclusions",
    "staff_drafts",
    "saved_views",
    "templates",
    "presences",
    "identity_openings",
    "staff_chats",
)


def only_where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _replace_roles(_OLD_ROLES, _NEW_ROLES)
    op.add_column("staff", sa.Column("unit", sa.String(16), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("accused_unit", sa.String(16), nullable=False, server_default=""))
    number = "INTEGER" if _is_sqlite() else "BIGINT"
    op.execute(sa.text(f"ALTER TABLE cases ADD COLUMN owner_id {number} CONSTRAINT fk_cases_owner_id REFERENCES staff (id)"))
    op.add_column("cases", sa.Column("owner_until", Moment))
    op.add_column("cases", sa.Column("hops", sa.Integer, nullable=False, server_default="0"))
    for name in ("queue", "city_queue"):
        op.drop_index(f"ix_cases_{name}", table_name="cases")
    for name, (columns, condition) in _INDEXES.items():
        op.create_index(f"ix_cases_{name}", "cases", columns, **only_where(condition))
    _make_tables_about_staff()
    _make_tables_about_cases()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    for name in _INDEXES:
        op.drop_index(f"ix_cases_{name}", table_name="cases")
    op.create_index("ix_cases_queue", "cases", ["ward_code", "status", "due_at", "id", "desk"])
    op.create_index("ix_cases_city_queue", "cases", ["status", "due_at", "id"], **only_where(_AT_CITY))
    for column in ("hops", "owner_until", "owner_id", "accused_unit"):
        op.drop_column("cases", column)
    op.drop_column("staff", "unit")
    op.execute(sa.text("UPDATE staff SET role = 'restricted_officer' WHERE role = 'ward_leader'"))
    op.execute(sa.text("UPDATE staff SET role = 'operator', is_disabled = true WHERE role = 'inspector'"))
    _replace_roles(_NEW_ROLES, _OLD_ROLES)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _replace_roles(before: str, after: str) -> None:
    """Which roles must have a ward.

    SQLite cannot alter a check, and the table cannot be copied in here: dropping it would break every reference to it.
    Changing the text of the schema is what SQLite offers for a constraint (https://sqlite.org/lang_altertable.html, "7.").
    """
    if not _is_sqlite():
        name = op.f("ck_staff_ck_staff_ward_of_role")  # what the first step's name became on this engine
        op.drop_constraint(name, "staff", type_="check")
        op.create_check_constraint(name, "staff", f"(role IN {after}) = (ward_code IS NOT NULL)")
        return
    op.execute(sa.text("PRAGMA writable_schema = ON"))
    replace = sa.text("UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = 'staff'")
    op.get_bind().execute(replace, {"before": before, "after": after})
    op.execute(sa.text("PRAGMA writable_schema = RESET"))


def _of(table: str, name: str, target: str, **options: Any) -> sa.Column[Any]:
    """A reference, by its name in the naming convention."""
    options.setdefault("nullable", False)
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}"), **options)


def _make_tables_about_staff() -> None:
    op.create_table(
        "absences",
        sa.Column("id", Id, primary_key=True),
        _of("absences", "staff_id", "staff"),
        _of("absences", "deputy_id", "staff"),
        sa.Column("from_at", Moment, nullable=False),
        sa.Column("until_at", Moment, nullable=False),
        _of("absences", "made_by", "staff"),
        sa.Column("made_at", Moment, nullable=False),
    )
    op.create_index("ix_absences_staff_id", "absences", ["staff_id"])
    op.create_index("ix_absences_deputy", "absences", ["deputy_id", "until_at"])
    op.create_table(
        "saved_views",
        sa.Column("id", Id, primary_key=True),
        _of("saved_views", "staff_id", "staff"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.UniqueConstraint("staff_id", "name", name="uq_saved_views_staff_id_name"),
    )
    op.create_table(
        "templates",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ward_code", sa.String(5)),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
    )
    op.create_index("ix_templates_ward_code", "templates", ["ward_code"])
    op.create_table(
        "staff_chats",
        sa.Column("id", Id, primary_key=True),
        _of("staff_chats", "staff_id", "staff"),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("linked_at", Moment),
        sa.Column("wants_digest", sa.Boolean, nullable=False),
    )
    op.create_index("ix_staff_chats_staff_id", "staff_chats", ["staff_id"])
    op.create_index("ix_staff_chats_code", "staff_chats", ["code_hash"], unique=True, **only_where("linked_at IS NULL"))
    op.create_index(
        "ix_staff_chats_linked",
        "staff_chats",
        ["channel", "external_id"],
        unique=True,
        **only_where("linked_at IS NOT NULL"),
    )


def _make_tables_about_cases() -> None:
    op.create_table(
        "case_exclusions",
        _of("case_exclusions", "case_id", "cases", primary_key=True, autoincrement=False),
        _of("case_exclusions", "staff_id", "staff", primary_key=True, autoincrement=False),
        sa.Column("why", sa.String(16), nullable=False),
    )
    op.create_index("ix_case_exclusions_staff_id", "case_exclusions", ["staff_id"])
    op.create_table(
        "staff_drafts",
        _of("staff_drafts", "staff_id", "staff", primary_key=True, autoincrement=False),
        _of("staff_drafts", "case_id", "cases", primary_key=True, autoincrement=False),
        sa.Column("form", sa.String(16), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
    )
    op.create_index("ix_staff_drafts_case_id", "staff_drafts", ["case_id"])
    op.create_table(
        "presences",
        _of("presences", "case_id", "cases", primary_key=True, autoincrement=False),
        _of("presences", "staff_id", "staff", primary_key=True, autoincrement=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("is_writing", sa.Boolean, nullable=False),
    )
    op.create_index("ix_presences_seen_at", "presences", ["seen_at"])
    op.create_table(
        "identity_openings",
        sa.Column("id", Id, primary_key=True),
        _of("identity_openings", "case_id", "cases"),
        _of("identity_openings", "asked_by", "staff"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        _of("identity_openings", "decided_by", "staff", nullable=True),
        sa.Column("is_granted", sa.Boolean),
        sa.Column("decided_at", Moment),
        sa.Column("opened_at", Moment),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_identity_openings_two_people")),
        sa.CheckConstraint("(is_granted IS NULL) = (decided_at IS NULL)", name=op.f("ck_identity_openings_decided")),
    )
    op.create_index("ix_identity_openings_case_id", "identity_openings", ["case_id"])
    op.create_index("ix_identity_openings_waiting", "identity_openings", ["id"], **only_where("decided_at IS NULL"))
