"""Stored pictures get their prints by themselves, those of before too; one that is gone or broken holds nobody up."""

import io
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
