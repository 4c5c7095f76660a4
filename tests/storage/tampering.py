"""What somebody with the database in their hands does to the audit trail: first its guards are taken away, on purpose."""

from sqlalchemy import Executable, text

from storage import Database

TABLES = ("audit", "audit_heads", "audit_tip")


async def tamper(database: Database, *statements: Executable) -> None:
    """Carry them out with nothing in the way; the guards stay away."""
    async with database._transaction() as connection:
        if database.is_sqlite:
            names = await connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'")
            )
            off = [f"DROP TRIGGER {name}" for name in names.scalars()]
        else:
            off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
        for statement in off:
            await connection.execute(text(statement))
        for wanted in statements:
            await connection.execute(wanted)
        await connection.commit()
