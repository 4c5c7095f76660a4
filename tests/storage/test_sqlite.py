"""What only SQLite asks for: durable commits, one writer, one process, files nobody else can read."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.errors import SettingsError, StorageBusy
from storage import Database
from storage.engine import FILE_NAME
from storage.folder_lock import NAME
from storage.tables import message_revisions
from tests.conftest import Place
from tests.storage.cast import NOW, keep, update


def other_connection(place: Place) -> sqlite3.Connection:
    """What another program on this machine would open."""
    return sqlite3.connect(place.data_dir / FILE_NAME, isolation_level=None, timeout=0)


async def pragma(database: Database, name: str, *, reader: bool = False) -> object:
    assert database._readers is not None
    async with database._readers.connect() if reader else database._transaction() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        return raw.driver_connection.sqlite.execute(f"PRAGMA {name}").fetchone()[0]


async def test_commits_are_durable_and_only_the_writer_tidies_up(sqlite_database: Database) -> None:
    """FULL is 2; anything less may lose what we acknowledged when the power goes."""
    for reader in (False, True):
        assert await pragma(sqlite_database, "journal_mode", reader=reader) == "wal"
        assert await pragma(sqlite_database, "synchronous", reader=reader) == 2
        assert await pragma(sqlite_database, "foreign_keys", reader=reader) == 1
        assert await pragma(sqlite_database, "trusted_schema", reader=reader) == 0
        assert await pragma(sqlite_database, "mmap_size", reader=reader) == 0
        assert await pragma(sqlite_database, "query_only", reader=reader) == int(reader)
        assert await pragma(sqlite_database, "wal_autocheckpoint", reader=reader) == (0 if reader else 1000)
    assert await pragma(sqlite_database, "busy_timeout", reader=True) == 5000


async def test_the_log_is_tidied_up_while_it_runs(sqlite_database: Database, sqlite_place: Place) -> None:
    """The write-ahead log does not grow for ever: the writer folds it back every thousand pages."""
    for number in range(600):
        await keep(sqlite_database, update(number, "lan"))
    log = sqlite_place.data_dir / f"{FILE_NAME}-wal"
    assert 0 < log.stat().st_size < 8 * 1024 * 1024


async def test_after_a_commit_that_failed_the_writer_goes_on(sqlite_database: Database) -> None:
    """A full disk fails a COMMIT. Previously the connection stayed in the failed transaction, which ended the process."""
    async with sqlite_database._transaction() as connection:
        await connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # so that it is the COMMIT that fails
        await connection.execute(insert(message_revisions).values(message_id=404, text="x", at=NOW))
        with pytest.raises(IntegrityError):
            await connection.commit()
    await sqlite_database.ping()
    await sqlite_database.free_claims_of_the_dead()
    await keep(sqlite_database, update(1, "lan"))


async def test_a_writer_waits_for_another_programs_lock(sqlite_place: Place) -> None:
    """A backup or a curious operator: the loop goes on meanwhile, and so do readers."""
    database = sqlite_place.database()
    await database.open()
    other = other_connection(sqlite_place)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(keep(database, update(1, "lan")))
    await asyncio.sleep(0.1)
    assert not writing.done()
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 0
    other.execute("ROLLBACK")
    await asyncio.wait_for(writing, 30)
    other.close()
    await database.close()


async def test_a_lock_that_is_not_given_back_is_storage_busy(sqlite_place: Place) -> None:
    """And as soon as it is, everything works again, without a restart."""
    database = Database("", data_dir=sqlite_place.data_dir, lock_timeout=0.1)
    await database.open()
    other = other_connection(sqlite_place)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        began = monotonic()
        with pytest.raises(StorageBusy, match="SQLITE_BUSY"):
            await keep(database, update(1, "lan"))
        assert monotonic() - began < 15
    with pytest.raises(StorageBusy):
        await database.ping()
    other.execute("ROLLBACK")
    other.close()
    await keep(database, update(1, "lan"))
    await database.ping()
    await database.close()


async def test_a_full_disk_is_storage_busy_and_loses_nothing(sqlite_place: Place) -> None:
    """What was acknowledged stays readable; writing works again once there is space."""
    database = sqlite_place.database()
    await database.open()
    await keep(database, update(1, "lan"))
    assert database._writer is not None
    assert database._writer.connection is not None
    raw = (await database._writer.connection.get_raw_connection()).driver_connection
    assert raw is not None
    pages = raw.sqlite.execute("PRAGMA page_count").fetchone()[0]
    raw.sqlite.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageBusy, match="SQLITE_FULL"):
        await keep(database, *(update(number, "x" * 500) for number in range(2, 200)))
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 1
    raw = (await database._writer.connection.get_raw_connection()).driver_connection
    assert raw is not None
    raw.sqlite.execute("PRAGMA max_page_count=1000000")
    await keep(database, *(update(number, "x" * 500) for number in range(2, 200)))
    await database.close()


async def test_one_that_never_ends_does_not_hold_up_the_rest_for_ever(sqlite_place: Place) -> None:
    """A unit of work inside another would wait for itself."""
    database = Database("", data_dir=sqlite_place.data_dir, lock_timeout=0.05)
    await database.open()
    async with database.begin():
        with pytest.raises(StorageBusy):
            async with database.begin():
                pass
    await database.ping()
    await database.close()


async def test_units_of_work_get_their_turn_in_the_order_they_asked(sqlite_database: Database) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        async with sqlite_database.begin() as uow:
            order.append(number)
            await uow.inbox.keep([update(number, "lan")], NOW)
            await uow.commit()

    await asyncio.gather(*(write(number) for number in range(30)))
    assert order == list(range(30))


async def test_a_second_process_on_the_folder_is_refused(sqlite_place: Place) -> None:
    """It says which setting to change; when the first is gone, also by a kill, the folder is free."""
    program = textwrap.dedent(
        """
        import asyncio, sys
        from pathlib import Path
        from storage import Database

        async def hold():
            await Database("", data_dir=Path(sys.argv[1])).open()
            print("open", flush=True)
            await asyncio.sleep(60)

        asyncio.run(hold())
        """
    )
    first = subprocess.Popen(
        [sys.executable, "-c", program, str(sqlite_place.data_dir)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        second = sqlite_place.database()
        with pytest.raises(SettingsError) as refused:
            await second.open()
        assert refused.value.values["line"].startswith("HOMTHU_DATA_DIR: ")
        assert "in use by another process" in refused.value.values["line"]

        guest = Database("", data_dir=sqlite_place.data_dir, guest=True)
        await guest.open()
        assert await pragma(guest, "wal_autocheckpoint") == 0
        await keep(guest, update(1, "lan"))
        await guest.close()
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        if first.stdout is not None:
            first.stdout.close()
    second = sqlite_place.database()
    await second.open()
    async with second.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 1
    await second.close()


async def test_two_in_one_process_exclude_each_other_too(sqlite_database: Database, sqlite_place: Place) -> None:
    with pytest.raises(SettingsError):
        await sqlite_place.database().open()
    await sqlite_database.ping()  # the refused one has not given back the first one's lock
    with pytest.raises(SettingsError):
        await sqlite_place.database().open()


async def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    database = Database("", data_dir=folder)
    await database.open()
    await database.ping()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", NAME):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    await database.close()


async def test_a_folder_that_cannot_be_made_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageBusy):
        await Database("", data_dir=tmp_path / "file" / "data").open()


async def test_no_thread_stays_behind(sqlite_place: Place) -> None:
    """A closed database has no connection and no thread."""
    import threading

    before = threading.active_count()
    for _ in range(3):
        database = sqlite_place.database()
        await database.open()
        await database.ping()
        await asyncio.gather(*(_read(database) for _ in range(4)))
        await database.close()
    for _ in range(100):
        if threading.active_count() <= before:
            break
        await asyncio.sleep(0.01)
    assert threading.active_count() <= before


async def _read(database: Database) -> None:
    async with database.reading() as uow:
        await uow.inbox.backlog()


async def test_a_file_in_somebody_elses_folder_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    """`sqlite:////tmp/x.db` must not close /tmp to everybody else."""
    tmp_path.chmod(0o755)
    database = Database(f"sqlite:///{tmp_path}/x.db")
    await database.open()
    await database.close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "x.db").stat().st_mode) == 0o600
