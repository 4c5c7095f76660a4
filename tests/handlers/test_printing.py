"""Stored pictures get their prints by themselves, those of before too; one that is gone or broken holds nobody up."""

import asyncio
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.evidence_pictures import photo
from bot.domain.incoming import FileKind, RemoteFile, StoredFile
from bot.domain.thread import Author, NewMessage
from bot.file_keeper import SafeFileKeeper
from bot.imager import PrintsImager
from handlers.timekeeping import DuePrints
from storage import Database
from storage.files import open_file_store
from tests.storage.cast import a_case

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


async def test_pictures_are_printed_and_found(database: Database, tmp_path: Path) -> None:
    store, imager = open_file_store(str(tmp_path / "files")), PrintsImager()
    out = io.BytesIO()
    photo(10).save(out, "JPEG")
    whole = await SafeFileKeeper(store).keep(out.getvalue(), RemoteFile("x", FileKind.PHOTO))
    gone = StoredFile("1" * 64, FileKind.PHOTO, None, "image/jpeg", 9, shown_key="2" * 64)
    broken_key = await store.put(b"\xff\xd8\xff no picture")
    broken = StoredFile(broken_key, FileKind.PHOTO, None, "image/jpeg", 9, shown_key=broken_key)
    case = await a_case(database)
    async with database.begin() as uow:
        files = (gone, broken, whole)
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="x", at=NOW, files=files))
        await uow.commit()
    work = DuePrints(database, store, imager)
    assert await work.do(NOW) == 3
    assert await work.do(NOW) == 0
    asked = await imager.asked_words(await store.get(whole.shown_key))
    async with database.reading() as uow:
        assert await uow.prints.alike(asked, 9) == [whole.shown_key]


# Prints what the loop leaves behind in its own process: modules, and how its memory has grown with each picture (KB).
_LOOP = """
import asyncio, json, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.thread import Author, NewMessage
from bot.imager import PrintsImager
from handlers.timekeeping import DuePrints
from storage import Database
from storage.files import open_file_store
from tests.storage.cast import a_case

def memory():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

async def main():
    folder, now, grown = Path(sys.argv[1]), datetime(2026, 11, 22, 8, tzinfo=UTC), []
    database, store = Database("", data_dir=folder), open_file_store(str(folder / "files"))
    await database.open()
    work, case = DuePrints(database, store, PrintsImager()), await a_case(database)
    for picture in sorted(folder.glob("*.jpg")):
        key = await store.put(picture.read_bytes())
        file = StoredFile(key, FileKind.PHOTO, None, "image/jpeg", 9, shown_key=key)
        async with database.begin() as uow:
            message = NewMessage(case_id=case.id, author=Author.RESIDENT, text="x", at=now, files=(file,))
            await uow.cases.add_message(message)
            await uow.commit()
        before = memory()
        assert await work.do(now) == 1
        grown.append(memory() - before)
    await database.close()
    print(json.dumps([grown, [name for name in ("numpy", "PIL") if name in sys.modules]]))

asyncio.run(main())
"""


async def test_the_process_that_prints_pictures_stays_as_small_as_it_was(tmp_path: Path) -> None:
    """Two megapixels a picture, and numpy, are held by a process that ends; the loop's own knows only the words."""
    large = photo(10).resize((1600, 1200))
    for number in range(5):
        large.crop((0, 0, 1600, 1200 - number)).save(tmp_path / f"{number}.jpg")
    loop = await asyncio.create_subprocess_exec(sys.executable, "-c", _LOOP, str(tmp_path), stdout=asyncio.subprocess.PIPE)
    said, _ = await loop.communicate()
    grown, modules = json.loads(said)
    assert modules == []
    assert len(grown) == 5
    assert sum(grown[1:]) < 2000, grown
