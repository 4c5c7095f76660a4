"""How long it takes to find who shares a photo's words, in a real database that holds a city's prints."""

import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select, text

from bot.services.check_evidence import MOST_CANDIDATES
from storage import Database
from storage.tables import photo_prints, photo_words

_AT_ONCE = 1000  # prints


async def time_lookups(prints: Sequence[Sequence[int]], asked: Sequence[Sequence[int]], dsn: str) -> None:
    """Fill a database with these prints and look each of those asked about up."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(dsn, data_dir=Path(folder))
        await database.open()
        held = await _fill(database, prints)
        wall, cpu, size = [], [], [len(one) for one in asked]
        for words in asked:
            async with database.reading() as uow:
                begun, worked = time.perf_counter(), time.process_time()
                await uow.prints.alike(words, MOST_CANDIDATES)
                wall.append((time.perf_counter() - begun) * 1000)
                cpu.append((time.process_time() - worked) * 1000)
        await database.close()
        on_disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) >> 20
    print(
        f"{held:,} photos, {statistics.median(size):.0f} words asked ({'PostgreSQL' if dsn else f'SQLite, {on_disk} MB'}):"
        f" median {statistics.median(wall):.1f} ms, 95 % {_most(wall):.1f} ms, longest {max(wall):.1f} ms;"
        f" of this process's processor {statistics.median(cpu):.1f} and {_most(cpu):.1f} ms",
        flush=True,
    )


def _most(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


async def _fill(database: Database, prints: Sequence[Sequence[int]]) -> int:
    now = datetime.now(UTC)
    async with database._transaction() as connection:
        for start in range(0, len(prints), _AT_ONCE):
            some = list(enumerate(prints[start : start + _AT_ONCE], start + 1))
            rows = [{"word": int(word), "print_id": one} for one, words in some for word in words]
            await connection.execute(
                insert(photo_prints), [{"id": one, "key": f"{one:064x}", "words": [], "at": now} for one, _ in some]
            )
            if rows:
                await connection.execute(insert(photo_words), rows)
        if connection.dialect.name == "postgresql":
            await connection.execute(text("ANALYZE photo_prints"))
            await connection.execute(text("ANALYZE photo_words"))
        await connection.commit()
        return int((await connection.execute(select(func.count()).select_from(photo_prints))).scalar() or 0)
