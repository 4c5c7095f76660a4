"""S3, S21: after a long story, with all that residents and staff wrote in it, the database alone names nobody.

Two ways of looking: every row of every table after the story, for words that were planted everywhere; and every column of
text there is, also one that no story reaches: it is sealed, or it stands here why it may lie open.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import String, Text

from bot.domain.assisting import ToldReport, Way
from bot.domain.case import CaseCode, CaseKind
from bot.domain.closing import Ground
from bot.domain.draft import DraftPart
from bot.domain.incoming import FileKind, IncomingKind, StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import Channel, Language, Role
from bot.domain.privacy import CONSENT_VERSION
from bot.domain.staffing import DraftForm, StaffDraft
from bot.domain.ward import WardCode
from bot.services.add_to_case import add_to_case
from bot.services.assist import file_for_someone
from bot.services.dispute_case import dispute_case
from bot.services.identity import ask_identity, decide_identity, open_identity
from bot.services.note_case import note_case
from bot.services.postpone_case import postpone_case
from bot.services.split_case import split_case
from bot.services.tie_cases import merge_case, part_case
from bot.services.two_people import close_or_propose, return_proposal
from bot.vault import SecretMasterKey
from handlers.dialogue import make_dialogue
from storage import Database
from storage.tables import metadata
from storage.types import CleanText, Json, Lexemes, SealedJson, SealedKey, SealedName, SealedText
from tests.closing import report
from tests.conftest import Place
from tests.dialogue.desk import Officer
from tests.dialogue.driver import MONDAY, Resident, hanoi
from tests.security.dumps import dump, where

CITY = hanoi()
KEY = "the key of the tests, forty letters long"
WARD, NEXT_WARD = "00103", "00091"
CHAT, NAME, HOME, PHONE = "7318842065", "Bùi Thị Bưởi Tía", "4717 ngõ Nghiêng Sương", "0987 318 842"
NEEDLES = [CHAT, NAME, "Bưởi", HOME, "Nghiêng", "nghieng", PHONE, "987318842", "Bưởi Tía.pdf", "buoitia"]

# Columns of free text that lie open, and why each may.
OPEN = {
    "staff": "accounts of staff: their names are on every answer; a password's hash",
    "templates": "ready texts of a ward or the city, about no case",
    "api_keys": "what operators call the programs that send cases in; the hash of a secret",
    "subscriptions": "what operators call the programs that are told of cases, and which kinds of event they asked for",
    "residential_groups": "the names of a ward's residential groups, which are no people",
    "ward_settings": "where a ward's office is, as residents are told",
    "calendar_days": "the name of a holiday",
    "category_settings": "an id of `categories.json`",
    "cases.category": "an id of `categories.json`",
    "cases.source_id": "a number of the channel's within a conversation that is not named",
    "messages.source_id": "as above",
    "messages.group_id": "as above",
    "conversations.last_group_id": "as above",
    "outbox.provider_id": "as above",
    "audit": "who did what to which case; details hold no words (tests/admin/test_audit_page.py)",
    "inbox.owner": "the number of a process",
    "outbox.owner": "as above",
    "inbox.reason": "a class of error and a line of ours (handlers/faults.py)",
    "outbox.error": "what a channel's server answered, on one line",
    "outbox.about": "the code of a case and a number",
    "conversations.pause_reason": "a word of `PauseReason`",
    "conversations.draft_files": "sealed by hand, key by key: they are looked for one by one",
    "routing_corrections.guess": "codes of wards",
    "closings.missing": "names of a form's parts",
    "attachments.media_type": "a type of the allow-list",
    "messages.sealed": "sealed with the key of its case",
    "message_revisions.sealed": "as above",
    "identities.sealed": "sealed with the key of its resident",
    "second_factors": "sealed with the secret key; the name of a colleague",
    "sessions.form_token": "of staff; a form's, no session's",
    "vault_keys.wrapped": "wrapped under the secret key",
    "case_keys.wrapped": "as above",
    "resident_keys.wrapped": "as above",
    "guesses.judged": "seconds of the clock, of whom only an HMAC knows",
    "long_works.file_name": "which paper, of which ward and days",
    "long_works.media_type": "a type of ours",
    "photo_prints.words": "numbers of a picture that is not there",
}


def test_s21_every_column_of_words_is_sealed_or_it_is_said_why_not() -> None:
    """S21: Also the next one that somebody adds. Short strings are codes and choices: at most 255 letters, given by us."""
    texts = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, CleanText | Json | Text) or (isinstance(column.type, String) and not column.type.length)
    }
    assert len(texts) > 20
    unsaid = {name for name in texts if name not in OPEN and name.partition(".")[0] not in OPEN}
    assert unsaid == set()
    assert {name for name in OPEN if name not in texts and not any(one.startswith(f"{name}.") for one in texts)} == set()
    sealed = [column for table in metadata.sorted_tables for column in table.c if _is_sealed(column.type)]
    assert len(sealed) > 30


def _is_sealed(kind: Any) -> bool:
    return isinstance(kind, SealedText | SealedJson | SealedName | SealedKey | Lexemes)


class OnTelegram(Resident):
    """Whose messages have numbers, and not their writer's name."""

    @property
    def last_source_id(self) -> str:
        return str(self.sent)


async def live_long(database: Database) -> list[CaseCode]:
    """Bưởi is named wherever anybody can write anything, by herself and by staff."""
    minh = await Officer.hired(database, CITY, WARD)
    chi = await Officer.hired(database, CITY, WARD, "chi", Role.RESTRICTED_OFFICER, "Lê Chi")
    tu = await Officer.hired(database, CITY, WARD, "tu", Role.RESTRICTED_OFFICER, "Vũ Tú")
    boss = await Officer.hired(database, CITY, WARD, "boss", Role.WARD_LEADER, "Hà Boss")
    buoi = OnTelegram(database, make_dialogue(CITY), CHAT, channel=Channel.TELEGRAM)
    words = f"Tôi là {NAME} ở {HOME}, gọi {PHONE}"
    await buoi.says(f"Đèn đường ở phường Tây Hồ tắt ba đêm. {words}")
    file = StoredFile("a" * 64, FileKind.DOCUMENT, f"đơn của {NAME}, Bưởi Tía.pdf", "application/pdf", 9)
    await buoi.gives(buoi.incoming(IncomingKind.DOCUMENT, text=f"Ảnh đèn đường tắt. {words}", files=(file,)))
    await buoi.presses("Gửi")
    lamp = buoi.code
    first = buoi.last_source_id
    await buoi.says(f"Thêm: {words}")
    await buoi.edits(buoi.last_source_id, f"Sửa: {words}, không phải số 4718")
    await buoi.edits(first, f"Sửa nữa: {words}")
    await buoi.presses("Để lại số liên hệ")
    await buoi.presses("Tôi đồng ý")
    await buoi.says(f"{PHONE}, gặp {NAME}, {HOME}")
    quoted = f"Chị {NAME} ở {HOME} (điện thoại {PHONE}) đã phản ánh."
    await minh.answers(lamp, quoted)
    async with database.begin() as uow:
        version = (await minh.case(lamp)).version
        await note_case(uow, staff=minh.member, code=lamp, version=version, text=quoted, now=minh.now)
        await uow.commit()
    async with database.begin() as uow:
        case = await minh.case(lamp)
        for form, fields in ((DraftForm.REPLY, {}), (DraftForm.CLOSE, {"what": quoted, "unit": NAME})):
            draft = StaffDraft(
                staff_id=minh.member.id, case_id=case.id, form=form, text=quoted, updated_at=minh.now, fields=fields
            )
            await uow.drafts.put(draft)
        await uow.views.put(minh.member.id, f"Hồ sơ chị {NAME}", f"words={NAME}&place={HOME}")
        await uow.commit()
    async with database.begin() as uow:
        day = (minh.now + timedelta(days=35)).date()
        await postpone_case(
            uow,
            staff=minh.member,
            code=lamp,
            version=(await minh.case(lamp)).version,
            day=day,
            reason=quoted,
            now=minh.now,
            wards=CITY.wards,
            zone=CITY.zone,
        )
        await uow.commit()
    await sees_who_it_is(database, chi, boss, lamp, quoted)
    more: dict[str, Any] = {"what": quoted, "unit": NAME, "basis": quoted, "handed_to": f"Ông {NAME}"}
    await minh.closes(lamp, quoted, Outcome.DONE, **more)
    part = DraftPart(source_id="told", text=f"Chưa sửa! {words}")
    async with database.begin() as uow:
        await dispute_case(uow, case=await minh.case(lamp), part=part, city=CITY, now=minh.now)
        await uow.commit()
    an = await Officer.hired(database, CITY, WARD, "an", full_name="Đỗ An")
    await an.closes(lamp, quoted, Outcome.REFUSED, ground=Ground.REPEATED, basis=quoted)
    accused = await about_an_official(database, buoi, chi, tu, words, quoted)
    counter = await at_the_counter(database, minh, lamp, words)
    await buoi.commands("new")
    await buoi.says(f"Rác chất đống ở phường Phú Thượng ba tuần nay. {words}")
    return [lamp, accused, counter]


async def sees_who_it_is(database: Database, asks: Officer, decides: Officer, code: CaseCode, why: str) -> None:
    async with database.begin() as uow:
        opening = await ask_identity(uow, staff=asks.member, code=code, reason=why, now=asks.now)
        await decide_identity(uow, staff=decides.member, code=code, opening_id=opening.id, is_granted=True, now=asks.now)
        opened = await open_identity(
            uow, staff=asks.member, code=code, opening_id=opening.id, sealer=CITY.sealer, now=asks.now
        )
        await uow.commit()
    assert PHONE in opened.contact, "it is there for those two"


async def about_an_official(
    database: Database, buoi: Resident, chi: Officer, tu: Officer, words: str, quoted: str
) -> CaseCode:
    """A closing is proposed and sent back; both write of her."""
    await buoi.says(f"Cán bộ một cửa phường Tây Hồ đòi tôi tiền. {words}")
    await buoi.presses("Gửi")
    code = buoi.code
    done = report(Outcome.DONE, quoted, chi.now.date(), what=quoted, unit=NAME)
    async with database.begin() as uow:
        await close_or_propose(
            uow,
            staff=chi.member,
            code=code,
            version=(await chi.case(code)).version,
            report=done,
            override=quoted,
            now=chi.now,
            wards=CITY.wards,
            zone=CITY.zone,
        )
        await uow.commit()
    async with database.begin() as uow:
        case = await chi.case(code)
        proposal = await uow.proposals.waiting(case.id)
        assert proposal is not None
        await return_proposal(
            uow, staff=tu.member, code=code, version=case.version, proposal_id=proposal.id, answer=quoted, now=tu.now
        )
        await uow.commit()
    return code


async def at_the_counter(database: Database, minh: Officer, other: CaseCode, words: str) -> CaseCode:
    """Written down for her, split, merged and parted again."""
    told = ToldReport(
        ticket="t1",
        way=Way.COUNTER,
        language=Language.VI,
        text=f"Rác trước nhà. {words}",
        ward_code=WardCode(WARD),
        category="vio_litter",
        contact=f"{NAME} {PHONE}",
        consent_version=CONSENT_VERSION,
    )
    async with database.begin() as uow:
        made = await file_for_someone(uow, staff=minh.member, told=told, city=CITY, now=minh.now)
        await uow.commit()
    code: CaseCode = made.case.code
    async with database.begin() as uow:
        more = DraftPart(source_id="told later", text=f"Thêm: {words}")
        await add_to_case(uow, case=await minh.case(code), part=more, city=CITY, now=minh.now)
        case = await uow.cases.by_id(made.case.id)
        assert case is not None
        thread = await uow.cases.thread(case.id)
        new = await split_case(
            uow,
            staff=minh.member,
            code=code,
            version=case.version,
            message_ids=[thread[0].id],
            kind=CaseKind.SUGGESTION,
            now=minh.now,
            calendar=CITY.calendar,
        )
        await uow.commit()
    for act in ("merge", "part"):
        async with database.begin() as uow:
            at = await minh.case(new.code)
            if act == "merge":
                await merge_case(uow, staff=minh.member, code=at.code, version=at.version, into=code, now=minh.now)
            else:
                await part_case(uow, staff=minh.member, code=at.code, version=at.version, now=minh.now)
            await uow.commit()
    await minh.moves(new.code, NEXT_WARD, f"Chị Bưởi nói nhà ở {HOME}")
    return code


async def test_s3_s21_after_a_long_story_no_row_names_whoever_it_is_about(database_place: Place) -> None:
    """S3, S21: Her name, home, number, chat and file, in every way of writing them."""
    place = database_place
    database = Database(place.url, data_dir=place.data_dir, master=SecretMasterKey(KEY))
    await database.open()
    codes = await live_long(database)
    during = await dump(place)
    await database.close()
    for found in (during, await dump(place)):
        assert all(any(code.encode() in content for content in found.values()) for code in codes)
        assert where(NEEDLES, found) == []


async def test_the_story_plants_them_in_every_table_that_holds_words(sqlite_place: Place) -> None:
    """What the other test proves: without keys, the same story tells her name in every place in which it may be written."""
    database = sqlite_place.database()
    await database.open()
    await live_long(database)
    await database.close()
    told = {one.rpartition(": ")[0].removeprefix("table ") for one in where([NAME, "Bưởi"], await dump(sqlite_place))}
    assert told >= {
        *("cases", "messages", "message_revisions", "attachments", "case_events", "closings", "proposals", "staff_drafts"),
        *("identity_openings", "saved_views", "outbox", "conversations"),
    }


async def test_s21_what_staff_wrote_of_her_goes_with_her(sqlite_place: Place) -> None:
    """S21: Without keys, to see what is really gone: once her case is erased, nothing that hangs on it names her."""
    database = sqlite_place.database()
    await database.open()
    lamp, _, _ = await live_long(database)
    async with database.begin() as uow:
        case = await uow.cases.by_code(lamp)
        assert case is not None
        timeline = [event.kind for event in await uow.cases.timeline(case.id)]
        await uow.erasure.erase(case, tombstone="–", now=MONDAY)
        await uow.commit()
    async with database._transaction() as connection:
        for table in metadata.sorted_tables:
            if "case_id" in table.c and table.name != "outbox":  # what is on its way to her goes with `drop_replies`
                rows = (await connection.execute(table.select().where(table.c.case_id == case.id))).all()
                assert where(NEEDLES, {table.name: str(rows).encode()}) == []
    async with database.reading() as uow:
        assert [event.kind for event in await uow.cases.timeline(case.id)] == timeline, "that it happened stays"
    await database.close()
