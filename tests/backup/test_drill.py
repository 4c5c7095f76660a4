"""The drill: a backup is made while everybody writes, the machine is lost, and a new one goes on where the backup ends."""

import asyncio
import hashlib
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.ports.sealing import KeyPurpose
from bot.sealed_files import KeyedFileSealer
from storage.files import open_file_store
from storage.tables import attachments, outbox
from tests.backup.installation import Installation, named_cases
from tests.bot_api import BotApiServer, Resident
from tests.conftest import Place
from tests.databases import PostgresDatabases
from tests.faults.oracle import read
from tests.faults.reporting import CODE, MARKER, Told, hears, keeps_reporting, shows
from tests.faults.scene import PATIENCE
from tests.files.pictures import phone_photo
from tests.kills.program import Program

RESIDENTS = 4
SERVING_WITHIN = 60.0  # seconds from the empty folder to the first answer; a small city's restore takes one or two


async def reports_with_a_photo(resident: Resident, told: Told) -> None:
    """One case with a picture in it."""
    marker = f"dấu-{resident.id}-0-hết"
    resident.sends_photo(phone_photo(size=(640, 480)), f"Ổ gà lớn ở ngõ 3 phường Phú Thượng {marker}")
    await hears(resident, shows(marker), PATIENCE)
    resident.presses("Gửi")
    found = CODE.search((await hears(resident, told.is_new, PATIENCE)).text)
    assert found
    told.codes[marker] = found[1]


async def has_codes(told: Told, many: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(told.codes) < many:
            await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_whatever_was_acknowledged_before_the_backup_began_is_there_after_the_loss(
    database_place: Place, postgres_server: PostgresDatabases, tmp_path: Path
) -> None:
    """R8: backed up under load, killed, wiped, restored, started: every case once with its code, its photo bit by bit.

    What Telegram brings a second time makes no second case.
    """
    place = database_place
    office, told, archive = Installation(place), Told(), tmp_path / "usb" / "monday.homthu"
    archive.parent.mkdir()
    async with BotApiServer() as api:
        program = Program(place, api, tmp_path / "program.log", {"HOMTHU_TELEGRAM_PER_SECOND": "1000"})
        residents = [api.resident(7100 + number) for number in range(RESIDENTS)]
        try:
            await asyncio.to_thread(program.starts)
            await reports_with_a_photo(residents[0], told)
            writing = [asyncio.create_task(keeps_reporting(one, told, lambda: True, PATIENCE)) for one in residents]
            await has_codes(told, 2 * RESIDENTS)
            before, old_updates = dict(told.codes), list(api.updates.ever)
            saved = await asyncio.to_thread(office.does, "backup", str(archive))
            during = len(told.codes) - len(before)
            await has_codes(told, len(told.codes) + RESIDENTS)  # and goes on: these are lost with the disk
            program.is_killed()
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)
            after_the_loss = await is_lost(office, postgres_server)

            began = time.monotonic()
            restored = await asyncio.to_thread(after_the_loss.does, "restore", str(archive))
            program.place = after_the_loss.place
            await asyncio.to_thread(program.starts)
            for update in old_updates[-6:]:
                api.feed_text(update.json, chat=update.chat, update_id=update.update_id)
            hoa = api.resident(7999)
            await reports_with_a_photo(hoa, told)
            took = time.monotonic() - began
            await asyncio.to_thread(program.is_asked_to_stop)
        finally:
            program.ends()
    assert named_cases(saved.stdout) == named_cases(restored.stdout) >= len(before)
    assert during > 0, "nobody was heard while the backup was made"
    held = await cases_by_marker(after_the_loss.place)
    assert {marker: held.get(marker) for marker in before} == {marker: [code] for marker, code in before.items()}
    assert all(len(codes) == 1 for codes in held.values())
    assert await files_are_whole(after_the_loss) == 4  # two photos, each with its shown copy
    assert took < SERVING_WITHIN
    print(f"{place.engine}: from the empty folder to a filed case in {took:.1f} s")


async def cases_by_marker(place: Place) -> dict[str, list[str]]:
    """What the database holds."""
    found: dict[str, list[str]] = {}
    for case in (await read(place)).cases:
        [marker] = set(MARKER.findall(case.text))
        found.setdefault(marker, []).append(case.code)
    return found


async def is_lost(office: Installation, server: PostgresDatabases) -> Installation:
    """The folder, and on PostgreSQL the whole database with it."""
    office.is_lost()
    if not office.place.url:
        return office
    return Installation(Place("postgresql", await server.empty(), office.place.data_dir))


async def files_are_whole(office: Installation) -> int:
    """Every file the database names has the hash it is named after; returns how many."""
    database = office.database()
    await database.open()
    files = open_file_store(str(office.place.data_dir / "files"), KeyedFileSealer(database.keys[KeyPurpose.FILES]))
    async with database.moment() as connection:
        rows = (await connection.execute(select(attachments.c.key, attachments.c.shown_key))).all()
        waiting = await connection.scalar(select(func.count()).select_from(outbox).where(outbox.c.state == "waiting"))
    assert waiting == 0
    keys = [key for row in rows for key in row if key]
    for key in keys:
        assert hashlib.sha256(await files.get(key)).hexdigest() == key
    await database.close()
    return len(keys)
