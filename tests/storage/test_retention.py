"""What is due without anybody asking: old mail is emptied, doomed files are named, drafts nobody goes on with are found."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Address, Channel
from bot.domain.thread import Author, NewMessage
from storage import Database
from storage.tables import inbox
from tests.conftest import Place
from tests.storage.cast import HOA, LAN, LAN_ON_THE_WEB, NOW, claim, file_case, keep, photo, update

LONG_AGO = NOW - timedelta(days=31)


async def bodies(database: Database) -> dict[str, str]:
    async with database._transaction() as connection:
        rows = (await connection.execute(select(inbox.c.external_id, inbox.c.body).order_by(inbox.c.id))).all()
    return {row.external_id: row.body for row in rows}


async def handle(database: Database, at: datetime, *numbers: int) -> None:
    """Mark these updates handled at that time."""
    async with database._transaction() as connection:
        names = [str(number) for number in numbers]
        statement = inbox.update().where(inbox.c.external_id.in_(names))
        await connection.execute(statement.values(state="handled", handled_at=at))
        await connection.commit()


async def test_old_mail_is_emptied_where_nobody_reads_it_back(database: Database) -> None:
    """A web chat's page shows its own lines for as long as they are there; failed and waiting updates stay to be handled."""
    await keep(database, update(1, "lan"), update(2, "lan"), update(3, "lan", unreadable="x"), update(4, "hoa"))
    await keep(database, update(5, LAN_ON_THE_WEB.external_id, channel=Channel.WEBCHAT))
    await handle(database, LONG_AGO, 1, 4, 5)
    await handle(database, NOW, 2)
    async with database.begin() as uow:
        assert await uow.retention.blank_old_mail(handled_before=NOW - timedelta(days=30), most=1) == 1
        assert await uow.retention.blank_old_mail(handled_before=NOW - timedelta(days=30), most=10) == 1
        assert await uow.retention.blank_old_mail(handled_before=NOW - timedelta(days=30), most=10) == 0
        await uow.commit()
    kept = await bodies(database)
    assert [number for number, body in kept.items() if not body] == ["1", "4"]


async def test_a_doomed_file_is_due_when_its_time_has_come_and_nothing_needs_it(database: Database) -> None:
    attached, drafted, free = "a" * 64, "b" * 64, "c" * 64
    part = DraftPart(source_id="m1", text="rác", files=(photo("b"),))
    draft = Draft(serial="ABC234", started_at=NOW, parts=(part,))
    async with database.begin() as uow:
        case = await file_case(uow)
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="", at=NOW, files=(photo(),)))
        await uow.conversations.put(Conversation(address=HOA, draft=draft, draft_due_at=NOW + timedelta(days=1)), NOW)
        await uow.retention.doom([attached, drafted, free, free], NOW)
        await uow.retention.doom(["d" * 64], NOW + timedelta(seconds=1))
        assert sorted(await uow.retention.doomed(now=NOW, most=9)) == [attached, drafted, free]
        needed = [await uow.retention.is_needed(key) for key in (attached, photo().shown_key, drafted, free)]
        assert needed == [True, True, True, False]
        await uow.retention.spare([attached, drafted, free])
        assert await uow.retention.doomed(now=NOW, most=9) == []
        await uow.commit()


async def test_a_draft_is_due_at_its_time_unless_its_resident_has_just_written(database: Database) -> None:
    draft = Draft(serial="ABC234", started_at=NOW)
    writer = Address(Channel.TELEGRAM, "1003")
    async with database.begin() as uow:
        for address, due_at in ((LAN, NOW), (HOA, NOW + timedelta(seconds=1)), (writer, NOW - timedelta(hours=1))):
            await uow.conversations.put(Conversation(address=address, draft=draft, draft_due_at=due_at), NOW)
        await uow.conversations.put(Conversation(address=LAN_ON_THE_WEB), NOW)
        await uow.commit()
    await keep(database, update(1, writer.external_id))
    async with database.begin() as uow:
        assert [found.address for found in await uow.retention.due_drafts(now=NOW, most=9)] == [LAN]
    assert await claim(database) == ["1"]
    await handle(database, NOW, 1)
    async with database.begin() as uow:
        due = await uow.retention.due_drafts(now=NOW, most=9)
        assert [found.address for found in due] == [writer, LAN]
        assert due[1].draft == draft
        assert [found.address for found in await uow.retention.due_drafts(now=NOW, most=1)] == [writer]


async def test_two_processes_never_take_the_same_draft(postgres_place: Place) -> None:
    """What one holds the other passes over; what one has moved on is due for nobody."""
    database = postgres_place.database()
    await database.open()
    draft = Draft(serial="ABC234", started_at=NOW)
    async with database.begin() as uow:
        await uow.conversations.put(Conversation(address=LAN, draft=draft, draft_due_at=NOW), NOW)
        await uow.commit()
    async with database.begin() as first, database.begin() as second:
        [mine] = await first.retention.due_drafts(now=NOW, most=9)
        assert await second.retention.due_drafts(now=NOW, most=9) == []
        await first.conversations.put(replace(mine, draft_due_at=NOW + timedelta(days=6)), NOW)
        await first.commit()
    async with database.begin() as uow:
        assert await uow.retention.due_drafts(now=NOW, most=9) == []
    await database.close()
