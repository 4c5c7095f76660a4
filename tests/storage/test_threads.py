"""What was said and done about a case is told in order, with its files, its edits and who did it."""

from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from storage import Database
from tests.storage.cast import LATER, NOW, every_case, file_case, hire, photo


async def test_the_thread_is_told_from_the_beginning(database: Database) -> None:
    """Lan's words with an album that arrives in two parts, Minh's note and answer with his name."""
    async with database.begin() as uow:
        case, minh = await file_case(uow), await hire(uow)
        first = await uow.cases.add_message(
            NewMessage(
                case_id=case.id,
                author=Author.RESIDENT,
                text="Đèn hỏng",
                at=NOW,
                source_id="5",
                group_id="album",
                files=(photo("a"),),
            )
        )
        assert await uow.cases.message_by_group(case.id, "album") == first
        assert await uow.cases.message_by_group(case.id, "") is None
        gone = StoredFile("", FileKind.VIDEO, "clip.mp4", "video/mp4", 30_000_000, "", FileTrouble.TOO_LARGE)
        await uow.cases.add_files(first, [photo("b"), gone])
        await uow.cases.add_files(first, [])
        for author in (Author.NOTE, Author.STAFF):
            await uow.cases.add_message(
                NewMessage(case_id=case.id, author=author, text=author.value, at=LATER, staff_id=minh.id)
            )
        await uow.commit()
    async with database.reading() as uow:
        lan, note, answer = await uow.cases.thread(case.id)
        [(exported, thread)] = await every_case(uow)
    assert [attachment.file for attachment in lan.attachments] == [photo("a"), photo("b"), gone]
    assert (lan.staff_name, lan.delivery, lan.edited_at) == ("", None, None)
    assert [(line.author, line.staff_name, line.at) for line in (note, answer)] == [
        (Author.NOTE, "Trần Minh", LATER),
        (Author.STAFF, "Trần Minh", LATER),
    ]
    assert thread == [lan, note, answer]
    assert exported.version == case.version + 4  # each message, and the album's later parts


async def test_an_edit_replaces_the_words_and_keeps_the_earlier_ones(database: Database) -> None:
    from sqlalchemy import select

    from storage.tables import message_revisions

    async with database.begin() as uow:
        case = await file_case(uow)
        message = await uow.cases.add_message(
            NewMessage(case_id=case.id, author=Author.RESIDENT, text="Ngõ 21", at=NOW, source_id="5")
        )
        assert await uow.cases.message_by_source(case.id, "5") == message
        assert await uow.cases.message_by_source(case.id, "6") is None
        await uow.cases.edit_message(message, "Ngõ 12", LATER)
        [line] = await uow.cases.thread(case.id)
        after = await uow.cases.by_code(case.code)
        await uow.commit()
    assert (line.text, line.edited_at) == ("Ngõ 12", LATER)
    assert after is not None
    assert after.version == case.version + 2
    assert database._readers is not None
    async with database._readers.connect() as connection:
        rows = (await connection.execute(select(message_revisions.c.text, message_revisions.c.at))).all()
    assert [tuple(row) for row in rows] == [("Ngõ 21", LATER)]


async def test_the_timeline_tells_what_was_done_and_by_whom(database: Database) -> None:
    async with database.begin() as uow:
        case, minh = await file_case(uow), await hire(uow)
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FILED, at=NOW))
        moved = CaseEvent(case_id=case.id, kind=EventKind.MOVED, at=LATER, staff_id=minh.id, details={"to": "00004"})
        await uow.cases.record(moved)
        filed, told = await uow.cases.timeline(case.id)
    assert (filed.kind, filed.staff_id, filed.staff_name, filed.details) == (EventKind.FILED, None, "", None)
    assert (told.kind, told.staff_id, told.staff_name, told.details) == (
        EventKind.MOVED,
        minh.id,
        "Trần Minh",
        {"to": "00004"},
    )
