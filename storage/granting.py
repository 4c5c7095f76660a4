"""Two roles on PostgreSQL: one owns the tables and migrates, the other serves and can change nothing of the trail.

What a role may do is said anew after each migration: `homthu migrate --grant ROLE`, as the owner. Whoever has the serving
role's password cannot write an audit row anew, drop one, or switch off the triggers that guard them: they are not its own.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SettingsError
from storage.tables import audit, audit_heads, audit_tip, case_keys, resident_keys
from storage.trouble import busy_when_out_of_reach

_MAINTAIN_SINCE = 17  # PostgreSQL; what `storage.wiping` does

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


async def grant(transaction: Transaction, role: str) -> list[str]:
    """Give the role what serving needs and nothing of the trail's past, in one transaction; returns the statements.

    Raises:
        SettingsError: It is no PostgreSQL, there is no such role, or it is the tables' owner or a superuser itself: nothing
            can be kept from those.
    """
    async with transaction() as connection:
        if connection.dialect.name != "postgresql":
            raise SettingsError(line="--grant: SQLite has no roles; it is for PostgreSQL")
        await _refuse(connection, role)
        version = int((await connection.execute(text("SHOW server_version_num"))).scalar_one()) // 10_000
        done = statements(connection.dialect.identifier_preparer.quote(role), version)
        for statement in done:
            await connection.exec_driver_sql(statement)
        with busy_when_out_of_reach():
            await connection.commit()
    return done


def statements(role: str, version: int) -> list[str]:
    """What is said to the server. Args: the role, quoted; the server's major version."""
    trail = f"{audit.name}, {audit_heads.name}"
    keys = f"{case_keys.name}, {resident_keys.name}"
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE UPDATE, DELETE ON {trail} FROM {role}",
        f"REVOKE INSERT, DELETE ON {audit_tip.name} FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
        *([f"GRANT MAINTAIN ON {keys} TO {role}"] if version >= _MAINTAIN_SINCE else []),
    ]


async def _refuse(connection: AsyncConnection, role: str) -> None:
    asked = text(
        "SELECT rolsuper, pg_has_role(rolname, tableowner, 'MEMBER') FROM pg_roles, pg_tables"
        " WHERE rolname = :role AND schemaname = 'public' AND tablename = :table"
    )
    found = (await connection.execute(asked, {"role": role, "table": audit.name})).one_or_none()
    if found is None:
        raise SettingsError(line=f"--grant: there is no role {role}; make it first: CREATE ROLE … LOGIN PASSWORD …")
    if any(found):
        raise SettingsError(line=f"--grant: {role} owns the tables or is a superuser; another role has to serve")
