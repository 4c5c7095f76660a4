"""What comes back, what does not, and what is refused before anything is touched. On both engines where that differs."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import backup, open_files
from bot.archive.keeping import last_backup
from bot.archive.packing import CONTENTS, MANIFEST
from bot.domain.reply import HELD_AFTER_RESTORE
from bot.errors import BackupDamaged, BackupRefused, SettingsError
from bot.keys import FILE_NAME as KEY_FILE
from bot.ports.sealing import KeyPurpose
from bot.sealing import KeySealer
from storage.database import UNFINISHED_RESTORE
from storage.engine import FILE_NAME
from storage.tables import case_keys, cases, identities, inbox, messages, outbox, resident_keys, sessions
from tests.backup.day import HOA_WORDS, PHONE, PHOTO, WORDS, brings_back, forgets_lan, lives_a_day, rows_of
from tests.backup.installation import Installation
from tests.backup.tampering import Things, rewrite, things_in
from tests.conftest import Place
from tests.databases import PostgresDatabases
from tests.storage.cast import HOA, LAN, NOW, file_case


@pytest.fixture
def office(database_place: Place) -> Installation:
    return Installation(database_place)


@pytest.fixture
async def elsewhere(office: Installation, postgres_server: PostgresDatabases, tmp_path: Path) -> Installation:
    """Another machine of the same engine: nothing is there but the key from the safe."""
    place = office.place
    url = await postgres_server.empty() if place.url else ""
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / KEY_FILE).write_text(office.secret_key, encoding="ascii")
    return Installation(Place(place.engine, url, tmp_path / "new"))


async def test_everything_comes_back_row_by_row(office: Installation, elsewhere: Installation, tmp_path: Path) -> None:
    """Every row of every table, every file, what is sealed under its own key too; and the numbers go on."""
    day, archive = await lives_a_day(office), tmp_path / "monday"
    database = office.database()
    await database.open()
    before = await rows_of(database)
    await database.close()
    saved = await day.saves(archive)
    assert (saved.manifest.files, saved.manifest.missing, saved.manifest.tables["cases"].rows) == (1, 0, 2)
    restored = await brings_back(elsewhere, archive)
    assert restored.manifest == saved.manifest
    assert (restored.settled.sessions, restored.settled.held, restored.kept) == (1, 1, [])
    database = elsewhere.database()
    await database.open()
    assert await rows_of(database) == before
    sealer = KeySealer(database.keys[KeyPurpose.TEXTS])
    assert await open_files(elsewhere.settings, database.keys).get(day.key) == PHOTO
    async with database.begin() as uow:
        identity = await uow.identities.get(day.hoa.resident_id)
        assert identity
        assert sealer.open(identity.sealed) == PHONE
        assert (await file_case(uow)).id == day.hoa.id + 1
        assert await uow.audit.verify() is None
        assert await uow.sessions.get("a" * 64) is None
        await uow.commit()
    async with database.moment() as connection:
        assert [row.state for row in await connection.execute(select(inbox))] == ["waiting", "waiting"]
        [held] = (await connection.execute(select(outbox))).all()
        assert (held.state, held.error) == ("failed", HELD_AFTER_RESTORE)
        assert not (await connection.execute(select(sessions))).all()
    await database.close()


async def test_no_key_of_a_case_or_a_resident_is_in_the_archive(office: Installation, tmp_path: Path) -> None:
    """Not even where a row was deleted: they are in the one file of keys."""
    day, archive = await lives_a_day(office), tmp_path / "monday"
    saved = await day.saves(archive)
    database = office.database()
    await database.open()
    async with database.moment() as connection:
        wrapped = [row.wrapped for table in (case_keys, resident_keys) for row in await connection.execute(select(table))]
    await database.close()
    assert len(wrapped) == 4
    inside = b"".join(things_in(archive, office.secret_key).values())
    assert HOA_WORDS.encode() not in inside, "words lie sealed in the database, and so in its backup"
    assert [key for key in wrapped if key[:40].encode() in inside] == []
    assert saved.manifest.tables["case_keys"].rows == 0
    for raw in (archive.read_bytes(), saved.keys.read_bytes()):
        assert [needle for needle in (day.hoa.code, wrapped[0], "case_keys", "minh") if needle.encode() in raw] == []


async def test_whoever_was_forgotten_since_stays_forgotten(
    office: Installation, elsewhere: Installation, tmp_path: Path
) -> None:
    """Monday's backup, Lan's wish on Tuesday, Tuesday's keys: Monday comes back without her words, Hòa's are all there."""
    day, monday, tuesday = await lives_a_day(office), tmp_path / "monday", tmp_path / "tuesday"
    await day.saves(monday)
    await forgets_lan(office)
    saved = await day.saves(tuesday, days=1)
    restored = await brings_back(elsewhere, monday, keys=saved.keys)
    assert restored.settled.erased == 2  # the case, and the resident
    database = elsewhere.database()
    await database.open()
    async with database.moment() as connection:
        said = {row.text for row in await connection.execute(select(messages))}
        by_code = {row.code: row for row in await connection.execute(select(cases))}
        whose = [row.resident_id for row in await connection.execute(select(identities))]
    assert WORDS not in said
    assert HOA_WORDS in said
    assert by_code[day.lan.code].erased_at is not None
    assert (by_code[day.lan.code].external_id, by_code[day.hoa.code].text) == ("", HOA_WORDS)
    assert whose == [day.hoa.resident_id]
    async with database.reading() as uow:
        assert (await uow.conversations.get(LAN)).resident_id is None
        assert (await uow.conversations.get(HOA)).resident_id == day.hoa.resident_id
    await database.close()


def drops_a_table(things: Things) -> None:
    manifest = json.loads(things[MANIFEST])
    del manifest["tables"]["staff"]
    things[MANIFEST] = json.dumps(manifest).encode()


def changes_a_file(things: Things) -> None:
    [name] = [name for name in things if name.startswith("files/")]
    things[name] = things[name][:-1] + bytes([things[name][-1] ^ 1])


def drops_a_file(things: Things) -> None:
    del things[next(name for name in things if name.startswith("files/"))]


def adds_a_file(things: Things) -> None:
    manifest = things.pop(MANIFEST)
    things["files/ab/cd/" + "ab" * 32] = b"?"
    things[MANIFEST] = manifest


def leads_out_of_the_folder(things: Things) -> None:
    things["../homthu.sqlite3"] = b"?"


def changes_a_row(things: Things) -> None:
    """And every hash but the row's: whoever packed it made the mistake before hashing."""
    name = next(name for name in things if name in (f"database/{FILE_NAME}", "database/staff.000000"))
    changed = things[name].replace(b"minh", b"linh")
    assert changed != things[name]
    old, new = (hashlib.sha256(content).hexdigest() for content in (things[name], changed))
    things[name], things[CONTENTS] = changed, things[CONTENTS].replace(old.encode(), new.encode())
    manifest = json.loads(things[MANIFEST])
    manifest["contents"] = hashlib.sha256(things[CONTENTS]).hexdigest()
    things[MANIFEST] = json.dumps(manifest).encode()


def comes_from_the_future(things: Things) -> None:
    manifest = json.loads(things[MANIFEST])
    manifest["schema"] = "2031_01_01"
    things[MANIFEST] = json.dumps(manifest).encode()


PLANTED: list[Callable[[Things], None]] = [
    drops_a_table,
    changes_a_file,
    drops_a_file,
    adds_a_file,
    leads_out_of_the_folder,
    changes_a_row,
    comes_from_the_future,
]


async def test_whatever_is_not_as_it_was_is_found_and_nothing_is_touched(
    office: Installation, elsewhere: Installation, tmp_path: Path
) -> None:
    """Each fault is planted with the right key in hand, over an installation that has something to lose."""
    day, archive = await lives_a_day(office), tmp_path / "monday"
    await day.saves(archive)
    whole = archive.read_bytes()
    await brings_back(elsewhere, archive)
    database = elsewhere.database()
    await database.open()
    before = await rows_of(database)
    await database.close()
    folder = sorted(str(path) for path in elsewhere.place.data_dir.rglob("*"))
    for plant in PLANTED:
        archive.write_bytes(whole)
        rewrite(archive, office.secret_key, plant)
        with pytest.raises(BackupRefused) as refused:
            await brings_back(elsewhere, archive, force=True)
        assert isinstance(refused.value, BackupDamaged) or plant is comes_from_the_future, plant
        assert sorted(str(path) for path in elsewhere.place.data_dir.rglob("*")) == folder, plant
    archive.write_bytes(whole[:2000] + bytes([whole[2000] ^ 4]) + whole[2001:])
    with pytest.raises(BackupDamaged, match="piece 0"):
        await brings_back(elsewhere, archive, force=True)
    await database.open()
    assert await rows_of(database) == before
    await database.close()
    archive.write_bytes(whole)
    rewrite(archive, office.secret_key, lambda things: None)  # packed anew without a fault, it is taken
    await brings_back(elsewhere, archive, force=True)


async def test_what_may_not_be_is_refused_in_one_line(
    office: Installation, elsewhere: Installation, tmp_path: Path, sqlite_place: Place
) -> None:
    """Something there, somebody at work, another key, keys that are older or not there."""
    day, monday, tuesday = await lives_a_day(office), tmp_path / "monday", tmp_path / "tuesday"
    first = await day.saves(monday)
    await day.saves(tuesday, days=1)
    with pytest.raises(BackupRefused, match="--force"):
        await brings_back(office, tuesday)
    with pytest.raises(BackupRefused, match="older than the backup"):
        await brings_back(elsewhere, tuesday, keys=first.keys)
    with pytest.raises(BackupRefused, match="--without-keys"):
        await brings_back(elsewhere, tuesday, keys=tmp_path / "nowhere")
    (elsewhere.place.data_dir / KEY_FILE).write_text("another key of forty-three letters, not ours", encoding="ascii")
    with pytest.raises(SettingsError, match="HOMTHU_SECRET_KEY"):
        await brings_back(elsewhere, tuesday)
    (elsewhere.place.data_dir / KEY_FILE).unlink()
    with pytest.raises(SettingsError, match="HOMTHU_SECRET_KEY"):
        await brings_back(elsewhere, tuesday)
    running = office.database()
    await running.open()
    with pytest.raises((SettingsError, BackupRefused), match="stop it"):
        await brings_back(office, tuesday, force=True)
    await running.close()
    if office.place.url:
        (sqlite_place.data_dir / KEY_FILE).write_text(office.secret_key, encoding="ascii")
        with pytest.raises(BackupRefused, match="move-to"):
            await brings_back(Installation(sqlite_place), tuesday)


async def test_what_was_there_is_kept_beside_and_a_restore_that_was_cut_off_lets_nothing_start(
    sqlite_place: Place, tmp_path: Path
) -> None:
    office, archive = Installation(sqlite_place), tmp_path / "monday"
    day = await lives_a_day(office)
    await day.saves(archive)
    restored = await brings_back(office, archive, force=True)
    assert [path.name.partition(".before-restore-")[0] for path in restored.kept] == ["files", FILE_NAME]
    marker = sqlite_place.data_dir / UNFINISHED_RESTORE
    marker.touch()
    with pytest.raises(SettingsError, match="cut off"):
        await office.database().open()
    with pytest.raises(BackupRefused, match="--force"):
        await brings_back(office, archive)
    await brings_back(office, archive, force=True)
    assert not marker.exists()


async def test_a_backup_writes_nothing_into_the_database(sqlite_place: Place, tmp_path: Path) -> None:
    """Another writer at the wrong moment can break a file of this SQLite: a backup is none."""
    office = Installation(sqlite_place)
    day = await lives_a_day(office)
    running = office.database()
    await running.open()
    await running.ping()  # something is in the log, and not yet in the file
    watched = [path for path in sqlite_place.data_dir.iterdir() if path.name in (FILE_NAME, FILE_NAME + "-wal")]
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in watched]
    saved = await day.saves(tmp_path / "monday")
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in watched] == before
    assert len(watched) == 2
    await running.close()
    assert saved.manifest.tables["heartbeat"].rows == 1


async def test_a_folder_of_backups_has_one_file_of_keys_and_loses_the_oldest(sqlite_place: Place, tmp_path: Path) -> None:
    """Night after night; what a killed one left goes too, and any of them is restored with the newest keys."""
    office, folder = Installation(sqlite_place), tmp_path / "usb"
    await lives_a_day(office)
    folder.mkdir()
    (folder / "homthu-20261101T000000Z.homthu.part").write_bytes(b"half")
    (folder / "letter.part").write_bytes(b"somebody else's")
    for night in range(1, 5):  # from Monday on
        await backup.back_up_into(office.settings, folder, 2, NOW + timedelta(days=night), lambda _: None)
    names = sorted(path.name for path in folder.iterdir())
    kept = [name for name in names if name.endswith(".homthu")]
    assert names == [*kept, "homthu.keys", "letter.part"]
    assert len(kept) == 3  # two nights, and one of the week before them
    assert last_backup(sqlite_place.data_dir) is not None
    restored = await brings_back(office, folder / kept[0], force=True)
    assert restored.manifest.tables["cases"].rows == 2


async def test_a_backup_that_has_no_room_or_is_made_twice_is_refused(sqlite_place: Place, tmp_path: Path) -> None:
    office = Installation(sqlite_place)
    day = await lives_a_day(office)
    with pytest.raises(BackupRefused, match="no folder"):
        await day.saves(tmp_path / "nowhere" / "monday")
    with (sqlite_place.data_dir / "files" / "sparse").open("wb") as large:
        large.truncate(1 << 50)  # a petabyte that takes no room
    with pytest.raises(BackupRefused, match="MB too few"):
        await day.saves(tmp_path / "monday")
    assert not (tmp_path / "monday").exists()
