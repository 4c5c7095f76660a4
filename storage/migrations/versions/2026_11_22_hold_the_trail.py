"""Let the audit trail only grow: nobody changes or deletes a row of it by mistake, and a missing end shows.

Adds triggers that refuse on either engine, takes the rights away on PostgreSQL (also from the tables' owner, who could
give them back: that is an act, not a slip), adds `audit_tip` (filled from the trail there is) and `audit_heads`.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_hold_the_trail"
down_revision = "2026_11_22_tally_closings"
branch_labels = None
depends_on = None

_SAYS = "the audit trail only grows"
_GROWING = ("audit", "audit_heads")
_COUNTS_UP = "NEW.id = 1 AND NEW.rows > OLD.rows AND NEW.last_id > OLD.last_id"
_TIP = """
INSERT INTO audit_tip (id, rows, last_id, hash) SELECT 1, count(*), coalesce(max(id), 0),
    coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '') FROM audit
"""
_FUNCTION = f"""
CREATE FUNCTION homthu_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'insufficient_privilege'; END $$
"""


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_tip",
        sa.Column("id", identity, nullable=False, autoincrement=False),
        sa.Column("rows", identity, nullable=False),
        sa.Column("last_id", identity, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_audit_tip_one"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_tip"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("number", identity, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(32) if _is_sqlite() else sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", identity, nullable=False),
        sa.Column("last_id", identity, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_heads"),
    )
    op.execute(sa.text(_TIP))
    for statement in _sqlite_up() if _is_sqlite() else _postgres_up():
        op.execute(sa.text(statement))


def downgrade() -> None:
    for name in _sqlite_triggers() if _is_sqlite() else ():
        op.execute(sa.text(f"DROP TRIGGER {name}"))
    op.drop_table("audit_heads")
    op.drop_table("audit_tip")
    if not _is_sqlite():
        op.execute(sa.text("DROP TRIGGER audit_only_grows ON audit"))
        op.execute(sa.text("DROP TRIGGER audit_is_not_emptied ON audit"))
        op.execute(sa.text("GRANT UPDATE, DELETE, TRUNCATE ON audit TO CURRENT_USER"))
        op.execute(sa.text("DROP FUNCTION homthu_only_grows"))


def _sqlite_triggers() -> dict[str, str]:
    """Each trigger's name, and when it refuses. REPLACE deletes without asking, so a number that is taken is refused too."""
    found = {}
    for table in _GROWING:
        key = "id" if table == "audit" else "number"
        found[f"{table}_is_not_changed"] = f"BEFORE UPDATE ON {table}"
        found[f"{table}_is_not_deleted"] = f"BEFORE DELETE ON {table}"
        found[f"{table}_is_not_replaced"] = (
            f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - names of ours
        )
    found["audit_tip_is_not_deleted"] = "BEFORE DELETE ON audit_tip"
    found["audit_tip_is_not_replaced"] = "BEFORE INSERT ON audit_tip WHEN EXISTS (SELECT 1 FROM audit_tip)"
    found["audit_tip_counts_up"] = f"BEFORE UPDATE ON audit_tip WHEN NOT ({_COUNTS_UP})"
    return found


def _sqlite_up() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    return [f"CREATE TRIGGER {name} {when} {refuse}" for name, when in _sqlite_triggers().items()]


def _postgres_up() -> list[str]:
    made, refuse = [_FUNCTION], "EXECUTE FUNCTION homthu_only_grows()"
    for table in (*_GROWING, "audit_tip"):
        acts = ("DELETE",) if table == "audit_tip" else ("UPDATE", "DELETE")
        made += [
            f"CREATE TRIGGER {table}_only_grows BEFORE {' OR '.join(acts)} ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} {refuse}",
            f"REVOKE {', '.join(acts)}, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER",
        ]
    counts_up = f"BEFORE UPDATE ON audit_tip FOR EACH ROW WHEN (NOT ({_COUNTS_UP})) {refuse}"
    return [*made, f"CREATE TRIGGER audit_tip_counts_up {counts_up}"]


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
