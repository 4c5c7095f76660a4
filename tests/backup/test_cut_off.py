"""A restore that is killed while things change places, and a backup that an older program made. On both engines."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bot.app import backup
from bot.errors import SettingsError
from storage.database import UNFINISHED_RESTORE
from storage.migrating import downgrade
from tests.backup.day import brings_back, lives_a_day, rows_of
from tests.backup.installation import Installation
from tests.conftest import Place
from tests.ops.homthu import Homthu

OLDER = "2026_11_22_count_guesses"  # a schema before this one
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


async def test_an_older_programs_backup_is_brought_to_this_schema(
    database_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Last spring's archive: its rows are proved as they were then, and walk the steps that came since."""
    office, archive = Installation(database_place), tmp_path / "spring"
    day = await lives_a_day(office)
    database = office.database()
    await database.open(migrate=False)
    async with database.bare() as connection:
        await downgrade(connection, OLDER)
        await connection.commit()
    await database.close()
    with monkeypatch.context() as then:  # the program of that day, whose newest schema this was
        then.setattr("bot.app.backup.HEAD", OLDER)
        then.setattr("storage.migrating.HEAD", OLDER)
        saved = await day.saves(archive)
    assert saved.manifest.schema == OLDER
    restored = await brings_back(office, archive, force=True, keys=backup.keys_of(archive))
    assert restored.manifest.schema == OLDER
    database = office.database()
    await database.open()
    found = await rows_of(database)
    await database.close()
    assert len(found["cases"]) == 2, "read with today's columns"
