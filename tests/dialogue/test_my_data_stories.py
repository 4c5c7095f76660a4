"""My data: what is kept, a copy, a correction with the law's deadline, and being forgotten but for the counts."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.domain.case import Case, CaseStatus
from bot.domain.incoming import FileKind, IncomingKind, RemoteFile
from bot.domain.outcome import Outcome
from bot.domain.people import Channel, Language
from bot.file_keeper import SafeFileKeeper
from bot.ports import FileStore, RawUpdate
from handlers.dialogue.oneself.data_copy import pages_of
from handlers.timekeeping import DoomedFiles, DueErasures
from storage import Database
from storage.files import open_file_store
from storage.tables import attachments, audit, cases, inbox, metadata
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import Resident
from tests.files.pictures import phone_photo

NEEDLES = ("hẻm bí mật số bảy", "0912 345 678", "lan.nguyen@example.vn", "ảnh nhà tôi")


def of(resident: Resident) -> Database:
    assert isinstance(resident.storage, Database)
    return resident.storage


async def grep_everywhere(database: Database, *needles: str) -> list[str]:
    """Every table that the database has, known to us or not (a search index), column by column."""
    found = []
    async with database._transaction() as connection:
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if database.is_sqlite
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        names = [row[0] for row in (await connection.execute(text(listed))).all()]
        assert {table.name for table in metadata.sorted_tables} <= set(names)
        if database.is_sqlite:  # a table without content shows its words only this way
            await connection.execute(
                text("CREATE VIRTUAL TABLE temp.known_words USING fts5vocab('main', 'case_search', 'row')")
            )
            names = ["known_words" if name == "case_search" else name for name in names]
        for name in names:
            for row in (await connection.execute(text(f'SELECT * FROM "{name}"'))).mappings():
                found += [f"{name}.{column}: {n}" for column, value in row.items() for n in needles if n in str(value)]
    return found


async def keep_mail(resident: Resident, *bodies: str) -> None:
    """What intake keeps beside the dialogue: the raw updates, handled."""
    updates = [
        RawUpdate(channel=resident.channel, external_id=f"{resident.name}.{at}", address_id=resident.name, body=body)
        for at, body in enumerate(bodies)
    ]
    async with resident.storage.begin() as uow:
        await uow.inbox.keep(updates, resident.now)
        await uow.commit()
    async with of(resident)._transaction() as connection:
        await connection.execute(inbox.update().values(state="handled", handled_at=resident.now))
        await connection.commit()


async def files(resident: Resident, words: str) -> Case:
    await resident.says(words)
    await resident.presses("Gửi")
    return (await resident.cases())[-1]


async def close(resident: Resident, case: Case) -> None:
    async with resident.storage.begin() as uow:
        known = await uow.cases.by_code(case.code)
        assert known is not None
        await uow.cases.change(known, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=resident.now)
        await uow.commit()


async def row_of(database: Database, case: Case) -> dict[str, object]:
    async with database._transaction() as connection:
        return dict((await connection.execute(select(cases).where(cases.c.id == case.id))).mappings().one())


async def a_life(lan: Resident, store: FileStore) -> tuple[Case, Case]:
    """A closed case with a real photo, a contact, an open case, an edit, and the raw mail of it all."""
    photo = await SafeFileKeeper(store).keep(phone_photo(), RemoteFile("r1", FileKind.PHOTO, "ảnh nhà tôi.jpg"))

    await lan.gives(
        lan.incoming(IncomingKind.PHOTO, text="Rác ở hẻm bí mật số bảy, phường Tây Hồ, gọi 0912 345 678", files=(photo,))
    )
    await lan.presses("Gửi")
    closed = (await lan.cases())[-1]
    await lan.edits(f"{lan.name}-1", "Rác ở hẻm bí mật số bảy, viết lan.nguyen@example.vn")
    await lan.says("để lại số liên hệ", "tôi đồng ý", "0912 345 678")
    await close(lan, closed)
    await lan.commands("new")
    opened = await files(lan, "Ghế gãy ở hẻm bí mật số bảy, phường Ba Đình")
    await keep_mail(lan, '{"text": "hẻm bí mật số bảy, 0912 345 678"}')
    return closed, opened


@pytest.mark.parametrize("channel", [Channel.WEBCHAT, Channel.TELEGRAM])
async def test_a_forgotten_resident_leaves_counts_and_nothing_else(meet: Meet, channel: Channel) -> None:
    """With the open case closed on request: the words, the photo, the contact, the mail and the address are gone."""
    lan, store = meet("Lan"), open_file_store("memory://")
    lan.channel = channel
    closed, opened = await a_life(lan, store)
    database = of(lan)
    before = await stored_keys(store, database)
    assert len(before) == 2
    assert await grep_everywhere(database, "hẻm bí mật số bảy") != []
    await lan.says("xóa dữ liệu của tôi")
    assert "không hoàn lại" in lan.hears[-1]
    assert opened.code in lan.hears[-1]
    await lan.presses("đóng cả việc đang chờ")
    assert "Đã xóa dữ liệu của Bạn" in lan.hears[-1]
    assert await grep_everywhere(database, *NEEDLES) == []
    assert await DoomedFiles(database, store).do(lan.now) == 2
    for key in before:
        with pytest.raises(FileNotFoundError):
            await store.get(key)
    for case, outcome in ((closed, "done"), (opened, "no_action")):
        row = await row_of(database, case)
        assert (row["kind"], row["ward_code"], row["outcome"]) == (case.kind.value, case.ward_code, outcome)
        assert (row["external_id"], row["place_key"], row["lat"]) == ("", "", None)
        assert row["erased_at"] is not None
    assert (await lan.conversation()).resident_id is None
    async with database._transaction() as connection:
        actions = [row.action for row in (await connection.execute(select(audit.c.action))).all()]
    assert actions[-1] == "resident_forgotten"
    async with database.reading() as uow:
        assert await uow.audit.verify() is None
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    assert len(await lan.cases()) == 1


async def stored_keys(store: FileStore, database: Database) -> set[str]:
    """Of every attached file and its shown copy; each is in the store."""
    async with database._transaction() as connection:
        rows = (await connection.execute(select(attachments.c.key, attachments.c.shown_key))).all()
    keys = {key for row in rows for key in row if key}
    for key in keys:
        assert await store.get(key)
    return keys


async def test_an_open_case_is_answered_first_and_erased_a_week_after_it_is_closed(meet: Meet) -> None:
    lan, store = meet("Lan"), open_file_store("memory://")
    _, opened = await a_life(lan, store)
    database = of(lan)
    await lan.commands("forget")
    await lan.presses("Đồng ý xóa")
    assert "1 hồ sơ đang xử lý" in lan.hears[-1]
    assert {line.split(":")[0] for line in await grep_everywhere(database, *NEEDLES)} <= {"cases.text", "messages.text"}
    [still] = [case for case in await lan.cases() if case.erased_at is None]
    assert still.code == opened.code
    work = DueErasures(database)
    assert await work.do(lan.now + timedelta(days=30)) == 0
    await close(lan, still)
    assert await work.do(lan.now + timedelta(days=6)) == 0
    assert await work.do(lan.now + timedelta(days=7, seconds=1)) == 1
    assert await work.do(lan.now + timedelta(days=8)) == 0
    assert await grep_everywhere(database, *NEEDLES) == []
    assert (await lan.conversation()).resident_id is None


async def test_a_report_about_an_official_is_kept_by_law_without_its_resident(meet: Meet) -> None:
    """Its words stay with their dots for those named for it; whose they are and what was sealed is gone."""
    lan = meet("Lan")
    case = await files(lan, "Cán bộ một cửa phường Tây Hồ đòi phong bì, gọi tôi 0912 345 678")
    assert case.is_sensitive
    await lan.commands("forget")
    assert case.code in lan.hears[-1]
    assert not any("đóng cả" in label for label in lan.labels)
    await close(lan, case)
    await lan.commands("forget")
    await lan.presses("Đồng ý xóa")
    row = await row_of(of(lan), case)
    assert "đòi phong bì" in str(row["text"])
    assert row["external_id"] == ""
    assert await grep_everywhere(of(lan), "0912 345 678") == []
    async with lan.storage.reading() as uow:
        assert [message.is_masked for message in await uow.cases.thread(case.id)] == [False]


async def test_only_the_tap_on_the_last_question_forgets(meet: Meet) -> None:
    """Not an old button, not one pressed twice, not a forged one, not a question that was left meanwhile."""
    lan = meet("Lan")
    case = await files(lan, "Rác ở phường Tây Hồ")
    await close(lan, case)
    await lan.commands("forget")
    old = lan.button("Đồng ý xóa").data
    await lan.says("vẫn còn rác")
    await lan.presses_data(old)
    assert "đã cũ" in lan.hears[-1]
    for forged in ("md:sure:", "md:sure:ABCDEF", "md:all:", "md:sure"):
        await lan.commands("forget")
        await lan.presses_data(forged)
        assert "đã cũ" in lan.hears[-1]
    await lan.commands("forget")
    await lan.presses("Không xóa")
    assert "không có gì bị xóa" in lan.hears[-1]
    assert len(await lan.cases()) == 1
    await lan.commands("forget")
    again = lan.button("Đồng ý xóa").data
    await lan.presses_data(again)
    await lan.presses_data(again)
    assert "đã cũ" in lan.hears[-1]


async def test_it_can_be_said_in_words(meet_quickly: Meet) -> None:
    ann = meet_quickly("Ann", Language.EN)
    await ann.says("Rubbish in Tay Ho ward")
    await ann.presses("Send")
    await close(ann, (await ann.cases())[-1])
    await ann.says("forget me", "no way")
    assert len(await ann.cases()) == 1
    await close(ann, (await ann.cases())[-1])  # "no way" was heard as more about it, and opened it again
    await ann.says("forget me", "yes delete")
    assert "has been erased" in ann.hears[-1]
    assert await ann.cases() == []


async def test_a_stranger_has_nothing_to_forget(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.commands("forget")
    assert "chưa giữ" in lan.hears[-1]
    await lan.commands("mydata")
    assert "0 hồ sơ" in lan.hears[-1]


@pytest.mark.parametrize(
    "words",
    ["dữ liệu của tôi", "my data", "Đề nghị xóa số điện thoại của tôi khỏi hệ thống.", "Please delete my personal data."],
)
async def test_what_is_asked_in_words_is_answered_at_once(meet_quickly: Meet, words: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says(words)
    assert any("bản sao" in label or "copy" in label.lower() for label in lan.labels)
    assert (await lan.conversation()).draft is None


async def test_a_copy_holds_every_word_unmasked_for_who_wrote_them(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan, "Rác ở phường Tây Hồ, gọi 0912 345 678")
    await lan.says("để lại số liên hệ", "tôi đồng ý", "lan@example.vn")
    await lan.commands("mydata")
    await lan.presses("Xem bản sao")
    assert "gọi 0912 345 678" in lan.hears[-1]
    assert "lan@example.vn" in lan.hears[-1]
    for number in range(30):
        await lan.says(f"lời thứ {number} " + "dài " * 90)
    await lan.commands("mydata")
    await lan.presses("Xem bản sao")
    assert all(len(reply.text) <= 4000 for reply in lan.heard_now)
    await lan.presses("Trang sau")
    assert "trang 2/" in lan.heard_now[0].text
    for page in ("md:copy:99", "md:copy:-1", "md:copy:x", "md:copy:"):
        await lan.presses_data(page)
        assert "Bản sao dữ liệu" in lan.heard_now[0].text


def test_pages_hold_everything_in_order() -> None:
    lines = ["a" * 10, "b" * 25, "", "c"]
    pages = pages_of(lines, 12)
    assert all(len(page) <= 12 for page in pages)
    assert "".join(pages).replace("\n", "") == "".join(lines)
    assert pages_of([]) == [""]


async def test_a_correction_is_a_case_with_the_laws_deadline(meet: Meet) -> None:
    """Monday morning and two working days: Wednesday's end."""
    lan = meet("Lan")
    await files(lan, "Rác ở phường Tây Hồ")
    await lan.commands("mydata")
    await lan.presses("Yêu cầu sửa")
    await lan.says("Tên tôi là Lan, không phải Loan")
    case = (await lan.cases())[-1]
    assert case.code in lan.hears[-1]
    assert (case.category, case.text) == ("oth_data_request", "Yêu cầu về dữ liệu cá nhân: Tên tôi là Lan, không phải Loan")
    assert case.ward_code is not None
    assert f"{case.due_at:%d/%m/%Y}" == "18/11/2026"
    assert (await lan.conversation()).awaits is None
