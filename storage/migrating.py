"""Brings the tables to this program's schema. The steps themselves are in `storage.migrations`."""

from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SettingsError
from storage.claiming import lock_number
from storage.migrations import HEAD

SCRIPTS = Path(__file__).parent / "migrations"
MOVING = "moving"  # stands where the version does until `storage.moving` has verified everything


async def is_current(connection: AsyncConnection) -> bool:
    """Whether nothing is to be done. Asked without Alembic, whose import alone would slow every start down.

    Raises:
        SettingsError: Everything was to be moved there, and that was not finished.
    """
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return False
    found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    if list(found) == [MOVING]:
        line = (
            "HOMTHU_DATABASE_URL: moving everything there was not finished; run `homthu move-to` again on the old database"
        )
        raise SettingsError(line=line)
    return list(found) == [HEAD]


def is_known(revision: str) -> bool:
    """Whether this program has come by this schema: it is no newer one's."""
    from alembic.script import ScriptDirectory

    return any(script.revision == revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions())


async def upgrade(connection: AsyncConnection, revision: str = "head") -> None:
    """Walk up inside the connection's transaction; the caller commits."""
    await connection.run_sync(_walk, "upgrade", revision)


async def downgrade(connection: AsyncConnection, revision: str) -> None:
    """Walk down inside the connection's transaction; the caller commits."""
    await connection.run_sync(_walk, "downgrade", revision)


def _walk(connection: Connection, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    if connection.dialect.name == "postgresql":  # two processes that start together: the second finds it done
        connection.execute(text("SET LOCAL lock_timeout = '10min'"))
        connection.execute(select(func.pg_advisory_xact_lock(lock_number("migrations"))))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        getattr(command, direction)(config, revision)
    except CommandError as wrong:
        name = "HOMTHU_DATA_DIR" if connection.dialect.name == "sqlite" else "HOMTHU_DATABASE_URL"
        line = f"{name}: the database there was made by a newer version of this program ({wrong}); start that one"
        raise SettingsError(line=line) from wrong
