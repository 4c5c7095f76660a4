"""What somebody holds who has the database, the data folder and the log, but not the secret key: all of it, as bytes."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.engine import read_url
from tests.conftest import Place

NOT_THE_THIEFS = ("secret.key",)  # a city keeps it elsewhere (`HOMTHU_SECRET_KEY`)


async def dump(place: Place) -> dict[str, bytes]:
    """Every table as text, and every file of the data folder; what is compressed there is not opened."""
    found = {
        str(path.relative_to(place.data_dir)): path.read_bytes()
        for path in sorted(place.data_dir.rglob("*"))
        if path.is_file() and path.name not in NOT_THE_THIEFS
    }
    engine = create_async_engine(read_url(place.url, place.data_dir))
    async with engine.connect() as connection:
        for table in await _tables(connection):
            rows = (await connection.execute(text(f'SELECT * FROM "{table}"'))).all()
            found[f"table {table}"] = "\n".join("\t".join(map(str, row)) for row in rows).encode()
    await engine.dispose()
    return found


async def _tables(connection: AsyncConnection) -> list[str]:
    if connection.dialect.name == "sqlite":
        # A search index without content shows its words only this way.
        await connection.execute(text("CREATE VIRTUAL TABLE temp.known USING fts5vocab('main', 'case_search', 'row')"))
        listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'case_search' UNION SELECT 'known'"
    else:
        listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    return [row[0] for row in (await connection.execute(text(listed))).all()]


def where(needles: list[str], found: dict[str, bytes]) -> list[str]:
    """The places in which one of them stands, in any of the ways in which it could have been written down."""
    return [f"{place}: {needle}" for place, content in found.items() for needle in needles if _stands(needle, content)]


def _stands(needle: str, content: bytes) -> bool:
    ways = {needle, needle.replace(" ", ""), needle.casefold(), needle.encode("unicode_escape").decode()}
    return any(way.encode(coding) in content for way in ways for coding in ("utf-8", "utf-16-le"))


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
