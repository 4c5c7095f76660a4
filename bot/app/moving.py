"""`homthu move-to DSN`: from SQLite to PostgreSQL. How it is done is `storage.moving`'s; here it is asked for and told."""

import sys

from bot.app import open_database
from bot.errors import SettingsError
from bot.settings import Settings

FROM_STDIN = "-"  # an address on the command line is seen by everybody who lists processes; it has a password


async def move_to(settings: Settings, address: str) -> None:
    """Move everything to an empty PostgreSQL; prints a line for every table once all of them are compared.

    Raises:
        SettingsError: The settings do not name SQLite, another process has its folder, or `address` is no PostgreSQL's.
        NotMoved: The target is not empty or in use, or a value has no place in it.
    """
    if not settings.is_sqlite:
        raise SettingsError(line="HOMTHU_DATABASE_URL: is PostgreSQL already; `move-to` moves from SQLite")
    url = sys.stdin.readline().strip() if address == FROM_STDIN else address
    if not url.startswith(("postgresql://", "postgresql+asyncpg://", "postgres://")):
        raise SettingsError(line="move-to: wants an address like postgresql://role:password@host:5432/database")
    async with open_database(settings) as database:
        moved = await database.move_to(url, lambda line: print(line, file=sys.stderr, flush=True))
    for table in moved:
        print(f"{table.name}\t{table.rows}\t{table.sha256}\tthe same in both")
    print(
        f"{sum(table.rows for table in moved)} rows in {len(moved)} tables. Set HOMTHU_DATABASE_URL to the new address now."
    )
    print(f"Keep {_kept(settings)}: it did not move, and without the key nothing sealed can be opened.")


def _kept(settings: Settings) -> str:
    parts = [] if settings.secret_key.get_secret_value() else [f"{settings.data_dir}/secret.key"]
    parts += [] if settings.files_url else [f"{settings.data_dir}/files"]
    return " and ".join(parts) or "HOMTHU_SECRET_KEY"
