"""The accused never reads the report: whoever its words name finds nothing of it, wherever they look."""

from datetime import timedelta

import pytest

from bot.bell import Bell
from bot.domain.case import Accused, Case, CaseKind, Desk
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Channel, Language, Role, StaffId, StaffMember, Unit
from bot.domain.queueing import QueueFilter
from bot.domain.staffing import Why
from bot.errors import BotError, CaseNotFound
from bot.ports import Viewer
from bot.services.add_to_case import add_to_case
from bot.services.exclude import NobodyToBar, bar_from_case, let_back_in, named_in, unit_in
from bot.services.file_case import file_case
from bot.services.mentioning import NobodyOfThatName
from bot.services.note_case import note_case
from storage import Database
from tests.admin.desk import PHU_THUONG, StaffDesk, open_desk
from tests.dialogue.driver import MONDAY, hanoi

CITY = hanoi()


def member(number: int, full_name: str) -> StaffMember:
    return StaffMember(
        id=StaffId(number),
        username=f"m{number}",
        full_name=full_name,
        role=Role.WARD_OFFICER,
        ward_code=PHU_THUONG,
        language=Language.VI,
        is_disabled=False,
        must_change_password=False,
    )


AN, HOA, OTHER_HOA, TU = (
    member(1, "Nguyễn Văn An"),
    member(2, "Trần Thị Hoa"),
    member(3, "Lê Hoa"),
    member(4, "Phạm Anh Tú"),
)
WARD = (AN, HOA, OTHER_HOA, TU)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Ông Nguyễn Văn An đòi tiền", [AN]),
        ("ong nguyen van an doi tien", [AN]),
        ("Văn An ở phường vòi tiền", [AN]),
        ("Đồng chí An cáu gắt", [AN]),
        ("cán bộ Tú không nhận hồ sơ", [TU]),
        ("Mr Tu shouted at me", [TU]),
        ("Cô Hoa ở một cửa quát dân", []),  # two of them: the words do not say which
        ("Bà Lê Hoa quát dân", [OTHER_HOA]),
        ("Ông An và chị Trần Thị Hoa", [AN, HOA]),
        ("Công an phường không làm gì", []),
        ("Sống không an toàn", []),
        ("Ông Ấn vòi tiền", []),  # another name: the marks say so
        ("", []),
    ],
)
def test_a_name_is_heard_as_residents_write_it(words: str, named: list[StaffMember]) -> None:
    assert named_in(words, WARD) == named


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("Bộ phận một cửa đuổi tôi về", Unit.ONE_STOP),
        ("cong an phuong danh nguoi", Unit.POLICE),
        ("Đội trật tự thu bảo kê", Unit.ORDER_TEAM),
        ("Cán bộ địa chính đòi phong bì", Unit.INFRASTRUCTURE),
        ("Cán bộ tư pháp bắt chờ", Unit.JUSTICE),
        ("Công an và đội trật tự cùng đứng nhìn", Unit.NONE),
        ("Đèn hỏng", Unit.NONE),
    ],
)
def test_a_unit_is_heard(words: str, unit: Unit) -> None:
    assert unit_in(words) is unit


async def filed(desk: StaffDesk, text: str, *, accused: Accused = Accused.OFFICIAL) -> Case:
    photo = StoredFile("a" * 64, FileKind.PHOTO, "x.jpg", "image/jpeg", 9, shown_key="b" * 64)
    draft = Draft(
        serial="ABC234",
        started_at=MONDAY,
        parts=(DraftPart(source_id="m1", text=text, files=(photo,)),),
        kind=CaseKind.CONDUCT if accused else CaseKind.VIOLATION,
        ward_codes=(PHU_THUONG,),
        is_sensitive=bool(accused),
        accused=accused,
    )
    lan = Conversation(address=Address(Channel.WEBCHAT, "lan"))
    async with desk.database.begin() as uow:
        case = await file_case(uow, conversation=lan, draft=draft, city=CITY, now=MONDAY)
        await uow.commit()
    return await desk.now_is(case.code)


async def finds_nothing(desk: StaffDesk, case: Case, who: StaffMember) -> None:
    """In the list, by code and words, in counts, events, files, related cases, templates of drafts: nothing."""
    viewer = Viewer.of(who)
    async with desk.database.reading() as uow:
        assert (await uow.cases.queue(viewer)).lines == ()
        for words in (case.code, "phong bì"):
            assert (await uow.cases.queue(viewer, QueueFilter(words=words, status=None))).lines == ()
        assert await uow.cases.count(viewer) == 0
        counts = await uow.cases.counts(viewer, now=MONDAY, today_ends=MONDAY + timedelta(days=1))
        assert (counts.open, counts.unowned, counts.late) == (0, 0, 0)
        assert await uow.cases.visible(viewer, case.code) is None
        [photo] = [file for message in await uow.cases.thread(case.id) for file in message.attachments]
        assert await uow.cases.attachment(viewer, case.code, photo.id) is None
        assert await uow.news.visible_codes(viewer, [case.id]) == {}
        assert await uow.ties.among(viewer, [case.code]) == []


async def test_the_accused_finds_nothing_and_the_others_find_the_case(database: Database, bell: Bell) -> None:
    async with open_desk(database, bell) as desk:
        an = await desk.staff("an", Role.RESTRICTED_OFFICER, full_name="Nguyễn Văn An")
        chief = await desk.staff("chief", Role.WARD_LEADER, full_name="Vũ Thị Thu")
        case = await filed(desk, "Ông Nguyễn Văn An đòi phong bì")
        assert case.desk is Desk.RESTRICTED
        await finds_nothing(desk, case, an)
        async with desk.database.begin() as uow:
            assert len((await uow.cases.queue(Viewer.of(chief))).lines) == 1
            [barred] = await uow.exclusions.of_case(case.id)
            assert (barred.staff_id, barred.why) == (an.id, Why.ACCUSED)
            with pytest.raises(NobodyOfThatName):
                await note_case(uow, staff=chief, code=case.code, version=case.version, text="@an xem", now=MONDAY)
        browser = await desk.browser()
        await browser.signs_in("an")
        assert (await browser.opens(f"/staff/cases/{case.code}")).status == 404
        await browser.opens("/staff/")
        assert case.code not in browser.text


async def test_a_name_that_comes_later_bars_too_and_a_unit_bars_all_of_it(database: Database, bell: Bell) -> None:
    async with open_desk(database, bell) as desk:
        an = await desk.staff("an", Role.RESTRICTED_OFFICER, full_name="Nguyễn Văn An")
        tuan = await desk.staff("tuan", Role.RESTRICTED_OFFICER, full_name="Lý Tuấn", unit=Unit.ONE_STOP)
        case = await filed(desk, "Cán bộ một cửa đòi phong bì")
        await finds_nothing(desk, case, tuan)
        async with desk.database.begin() as uow:
            assert await uow.cases.visible(Viewer.of(an), case.code) is not None
            part = DraftPart(source_id="m2", text="Người đó tên là An")
            found = await uow.cases.by_id(case.id)
            assert found
            await add_to_case(uow, case=found, part=part, now=MONDAY, city=CITY)
            await uow.commit()
        await finds_nothing(desk, case, an)


async def test_what_accuses_nobody_bars_nobody(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell) as desk:
        an = await desk.staff("an", full_name="Nguyễn Văn An")
        case = await filed(desk, "Nhà ông Nguyễn Văn An đổ rác", accused=Accused.NOBODY)
        async with desk.database.reading() as uow:
            assert await uow.exclusions.of_case(case.id) == []
            assert await uow.cases.visible(Viewer.of(an), case.code) is not None


async def test_a_leader_bars_a_colleague_and_lets_them_in_again(database: Database, bell: Bell) -> None:
    async with open_desk(database, bell) as desk:
        an = await desk.staff("an", Role.RESTRICTED_OFFICER, full_name="Nguyễn Văn An")
        chief, minh = await desk.staff("chief", Role.WARD_LEADER), await desk.staff("minh")
        case = await filed(desk, "Người trực đòi phong bì")
        expected: list[tuple[StaffMember, str, type[BotError]]] = [
            (minh, "an", CaseNotFound),
            (chief, "chief", NobodyToBar),
            (chief, "nobody", NobodyToBar),
        ]
        async with desk.database.begin() as uow:
            for who, name, error in expected:
                with pytest.raises(error):
                    await bar_from_case(
                        uow,
                        staff=who,
                        code=case.code,
                        version=case.version,
                        username=name,
                        why=Why.CLOSE,
                        now=MONDAY,
                    )
            barred = await bar_from_case(
                uow, staff=chief, code=case.code, version=case.version, username="an", why=Why.CLOSE, now=MONDAY
            )
            assert barred.id == an.id
            await uow.commit()
        await finds_nothing(desk, case, an)
        async with desk.database.begin() as uow:
            version = (await desk.now_is(case.code)).version
            await let_back_in(uow, staff=chief, code=case.code, version=version, staff_id=an.id, now=MONDAY)
            assert await uow.cases.visible(Viewer.of(an), case.code) is not None
