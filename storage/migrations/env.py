"""Alembic's entry: on the connection it is handed at start, or, from the `alembic` command, on `HOMTHU_DATABASE_URL`."""

import asyncio
import os
from pathlib import Path

from alembic import context
from sqlalchemy.engine import Connection

from storage.tables import is_ours, metadata


def migrate_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite alters most things only by copying the table
        transactional_ddl=True,  # both engines roll schema changes back; Alembic believes it of PostgreSQL only
        transaction_per_migration=False,
        compare_type=True,
        include_object=is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_command() -> None:
    from storage.database import Database

    data_dir = Path(os.environ.get("HOMTHU_DATA_DIR", "data"))
    database = Database(os.environ.get("HOMTHU_DATABASE_URL", ""), data_dir=data_dir)
    await database.open(migrate=False)
    try:
        async with database._transaction() as connection:
            await connection.run_sync(migrate_on)
            await connection.commit()
    finally:
        await database.close()


handed = context.config.attributes.get("connection")
if handed is not None:
    migrate_on(handed)
else:
    asyncio.run(migrate_by_command())
