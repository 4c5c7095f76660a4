"""A restore that is killed while things change places, and a backup that an older program made. On both engines."""

import asyncio
import hashlib
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.archive.packing import CONTENTS, MANIFEST, Counted
from bot.errors import SettingsError
from storage import Database
from storage.database import UNFINISHED_RESTORE
from storage.engine import FILE_NAME
from storage.migrating import downgrade
from storage.saving import sqlite_copy
from tests.backup.day import brings_back, lives_a_day, rows_of
from tests.backup.installation import Installation
from tests.backup.tampering import Things, rewrite, things_in
from tests.conftest import Place
from tests.ops.homthu import Homthu

OLDER = "2026_11_22_count_guesses"  # a schema of some steps ago
DATABASE_FILE = f"database/{FILE_NAME}"
MOMENTS = {"sqlite": (1, 2, 3), "postgresql": (1, 0, -1)}  # of the changing of places; see `tests.backup.killed_restore`


async def killed(office: Installation, moment: int, archive: Path) -> int:
    """How the process ended."""
    words = ("restore", str(archive), "--force")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.backup.killed_restore", str(moment), *words),
        env=Homthu.at(office.place).environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await asyncio.wait_for(process.wait(), 60)


@pytest.mark.slow
async def test_a_restore_that_is_killed_is_begun_again_and_loses_nothing(database_place: Place, tmp_path: Path) -> None:
    """Whenever it dies among the renames, nothing starts on the half of it, and the second time everything is there."""
    office, archive = Installation(database_place), tmp_path / "monday"
    day = await lives_a_day(office)
    await day.saves(archive)
    database = office.database()
    await database.open()
    before = await rows_of(database)
    await database.close()
    for moment in MOMENTS[database_place.engine]:
        assert await killed(office, moment, archive) == -signal.SIGKILL
        assert (database_place.data_dir / UNFINISHED_RESTORE).exists(), moment
        with pytest.raises(SettingsError, match="cut off"):
            await office.database().open()
    await brings_back(office, archive, force=True)
    database = office.database()
    await database.open()
    assert await rows_of(database) == before
    await database.close()
    kept = sorted((path.name for path in database_place.data_dir.glob("files*")), key=len)
    assert kept[0] == "files"
    assert len(kept) > 1, "what was there before is still somewhere"


async def test_an_older_programs_backup_is_brought_to_this_schema(sqlite_place: Place, tmp_path: Path) -> None:
    """Last spring's archive: its rows are proved as they were then, and walk the steps that came since."""
    office, archive = Installation(sqlite_place), tmp_path / "spring"
    day = await lives_a_day(office)
    await day.saves(archive)
    things = things_in(archive, office.secret_key)
    file = tmp_path / "older.sqlite3"
    file.write_bytes(things[DATABASE_FILE])
    database = Database(f"sqlite:///{file}")
    await database.open(migrate=False)
    async with database.bare() as connection:
        await downgrade(connection, OLDER)
        await connection.commit()
    await database.close()
    sqlite_copy.make_one_file(file)
    rewrite(archive, office.secret_key, lambda things: put_in(things, file))
    restored = await brings_back(office, archive, force=True)
    assert restored.manifest.schema == OLDER
    database = office.database()
    await database.open()
    found = await rows_of(database)
    await database.close()
    assert len(found["cases"]) == 2, "read with today's columns"


def put_in(things: Things, file: Path) -> None:
    """That database in the place of the archive's, as the program that made it would have packed it."""
    old, new = (hashlib.sha256(content).hexdigest() for content in (things[DATABASE_FILE], file.read_bytes()))
    lines = things[CONTENTS].splitlines(keepends=True)
    sizes = [str(len(things[DATABASE_FILE])).encode(), str(file.stat().st_size).encode()]
    lines = [
        line.replace(old.encode(), new.encode()).replace(sizes[0], sizes[1]) if old.encode() in line else line
        for line in lines
    ]
    things[DATABASE_FILE], things[CONTENTS] = file.read_bytes(), b"".join(lines)
    manifest = json.loads(things[MANIFEST])
    manifest |= {
        "schema": sqlite_copy.schema_of(file),
        "tables": {name: asdict(Counted(*counted)) for name, counted in sqlite_copy.hash_tables(file).items()},
        "contents": hashlib.sha256(things[CONTENTS]).hexdigest(),
    }
    things[MANIFEST] = json.dumps(manifest).encode()
