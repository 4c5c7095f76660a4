"""Personal data in a resident's words: dots for whoever reads the case, the words themselves only for who holds the key.

Each test plants needles and then greps every column of every table that staff read from, on the real database.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Table, select

from bot.domain.case import Case, CaseKind
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Channel
from bot.ports import UnitOfWork
from bot.sealing import SecretKeySealer
from bot.services.add_to_case import Edited, add_to_case, edit_in_case
from bot.services.file_case import file_case
from bot.services.masking import hide, hide_all, own_words
from storage import Database
from storage.tables import audit, case_events, cases, message_revisions, messages, metadata, outbox, routing_corrections
from tests.dialogue.driver import MONDAY, hanoi

CITY = hanoi()
LAN = Address(Channel.TELEGRAM, "4711")
NEEDLES = {
    "phone": "0912 345 678",
    "identity": "001099012345",
    "plate": "29A-123.45",
    "email": "lan.nguyen@example.vn",
    "account": "19034567890123",
}
WORDS = {
    "phone": f"Rác ở phường Tây Hồ, gọi tôi số {NEEDLES['phone']} nhé",
    "identity": f"CCCD của tôi là {NEEDLES['identity']}",
    "plate": f"xe biển số {NEEDLES['plate']} đỗ trên vỉa hè",
    "email": f"viết cho {NEEDLES['email']}",
    "account": f"chuyển vào số tài khoản {NEEDLES['account']} Techcombank",
}
READ_BY_STAFF: tuple[Table, ...] = (cases, messages, message_revisions, audit, case_events, routing_corrections, outbox)


async def grep(database: Database, *needles: str, among: tuple[Table, ...] = READ_BY_STAFF) -> list[str]:
    """Where the needles stand, as "table.column: needle"; digits are compared without what parts them."""
    found = []
    async with database._transaction() as connection:
        for table in among:
            for row in (await connection.execute(select(table))).all():
                for name, value in row._asdict().items():
                    found += [f"{table.name}.{name}: {needle}" for needle in needles if _holds(str(value), needle)]
    return found


def _holds(text: str, needle: str) -> bool:
    return needle in text or _bare(needle) in _bare(text)


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


async def file(database: Database, *texts: str, files: tuple[StoredFile, ...] = ()) -> Case:
    parts = tuple(DraftPart(source_id=f"m{at}", text=text) for at, text in enumerate(texts, 1))
    parts = (replace(parts[0], files=files), *parts[1:])
    draft = Draft(serial="ABC234", started_at=MONDAY, parts=parts, kind=CaseKind.VIOLATION)
    async with database.begin() as uow:
        case = await file_case(uow, conversation=Conversation(address=LAN), draft=draft, city=CITY, now=MONDAY)
        await uow.commit()
    return case


async def edit(database: Database, case: Case, source_id: str, text: str) -> Edited:
    async with database.begin() as uow:
        found = await edit_in_case(
            uow, case=case, source_id=source_id, text=text, now=MONDAY + timedelta(minutes=1), city=CITY
        )
        await uow.commit()
    return found


async def _own(uow: UnitOfWork, case: Case) -> list[str]:
    return [await own_words(uow, message, CITY.sealer) for message in await uow.cases.thread(case.id)]


async def test_the_grep_finds_what_is_there(database: Database) -> None:
    """The other tests prove something only if this one would."""
    case = await file(database, "Rác ở phường Tây Hồ")
    async with database.begin() as uow:
        await uow.cases.edit_message((await uow.cases.thread(case.id))[0].id, "gọi 0912345678", MONDAY)
        await uow.commit()
    assert await grep(database, NEEDLES["phone"]) == ["messages.text: 0912 345 678"]


async def test_what_was_filed_added_and_edited_is_kept_without_personal_data(database: Database) -> None:
    """In the first words, a caption, a later message, an edit of each, and a file's name."""
    photo = StoredFile("a" * 64, FileKind.PHOTO, f"anh {NEEDLES['phone']}.jpg", "image/jpeg", 9)
    case = await file(database, *WORDS.values(), files=(photo,))
    async with database.begin() as uow:
        for at, words in enumerate(WORDS.values()):
            part = DraftPart(source_id=f"later{at}", text=words, files=(replace(photo, key="b" * 64),))
            case = await add_to_case(uow, case=case, part=part, now=MONDAY, city=CITY)
        await uow.commit()
    for source_id in ("m1", "later1", "later1"):
        assert await edit(database, case, source_id, f"sửa: {WORDS['account']} {source_id} {len(source_id)}") in Edited
    assert await grep(database, *NEEDLES.values(), among=(*READ_BY_STAFF, metadata.tables["attachments"])) == []
    async with database.reading() as uow:
        thread = await uow.cases.thread(case.id)
        assert all(message.is_masked for message in thread)
        assert (await _own(uow, case))[5:6] == [WORDS["phone"]]
        assert "Tây Hồ" in thread[5].text


async def test_words_without_personal_data_are_kept_as_they_are(sqlite_database: Database) -> None:
    case = await file(sqlite_database, "Rác ở số 12 ngõ 345 phường Tây Hồ từ 20/11/2026", "1.500.000 đồng")
    async with sqlite_database.reading() as uow:
        thread = await uow.cases.thread(case.id)
        assert [message.is_masked for message in thread] == [False, False]
        assert [await uow.cases.sealed_words(message.id) for message in thread] == ["", ""]
        assert case.text == "Rác ở số 12 ngõ 345 phường Tây Hồ từ 20/11/2026\n1.500.000 đồng"


async def test_an_edit_keeps_the_words_before_sealed_as_well(database: Database) -> None:
    case = await file(database, WORDS["phone"])
    assert await edit(database, case, "m1", "Rác ở phường Tây Hồ") is Edited.CHANGED
    async with database.reading() as uow:
        [message] = await uow.cases.thread(case.id)
        assert (message.text, message.is_masked) == ("Rác ở phường Tây Hồ", False)
    async with database._transaction() as connection:
        [revision] = (await connection.execute(select(message_revisions))).all()
    assert CITY.sealer.open(revision.sealed) == WORDS["phone"]


async def test_edits_are_compared_as_they_were_written(database: Database) -> None:
    """The dots of two numbers are the same: a mended digit is a change all the same, and the same number is none."""
    case = await file(database, WORDS["phone"])
    assert await edit(database, case, "m1", WORDS["phone"]) is Edited.SAME
    assert await edit(database, case, "m1", WORDS["phone"].replace("678", "679")) is Edited.CHANGED
    async with database.reading() as uow:
        assert await _own(uow, case) == [WORDS["phone"].replace("678", "679")]


def test_a_number_is_known_by_the_message_before_it() -> None:
    announced, number = hide_all(["số điện thoại tôi là", "912 345 678"], CITY.sealer)
    assert (announced.text, announced.sealed) == ("số điện thoại tôi là", "")
    assert number.text == "••• ••• •••"
    assert CITY.sealer.open(number.sealed) == "912 345 678"


@pytest.mark.parametrize(
    "text", ["", "\n", "\0 0912345678", "\ud800 0912345678", "a\u0301 0912345678", "０９１２３４５６７８"]
)
def test_hostile_words_are_hidden_without_moving_anything(text: str) -> None:
    hidden = hide(text, CITY.sealer)
    assert len(hidden.text) == len(text)
    assert bool(hidden.sealed) == any(letter.isdigit() for letter in text)


@pytest.mark.parametrize("lat", [20.53, 20.912345, 21.385432])
def test_a_shared_place_is_no_personal_data(lat: float) -> None:
    for step in range(500):
        place = f"📍 {lat + step / 7000:.6f}, {105.285 + step / 1003:.6f}"
        assert hide(f"ở đây\n{place}", CITY.sealer).text == f"ở đây\n{place}"


async def test_with_another_key_the_resident_reads_dots_too(sqlite_database: Database) -> None:
    case = await file(sqlite_database, WORDS["phone"])
    async with sqlite_database.reading() as uow:
        [message] = await uow.cases.thread(case.id)
        assert await own_words(uow, message, SecretKeySealer("another key, thirty-two letters!")) == message.text
