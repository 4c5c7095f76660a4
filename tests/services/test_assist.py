"""A case filed for somebody at the counter goes the way of every report, and says who wrote it down."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.bell import Bell
from bot.domain.assisting import ToldReport, Way
from bot.domain.case import Accused, CaseKind, Desk
from bot.domain.people import Channel, Language, Role, Unit
from bot.domain.privacy import CONSENT_VERSION
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.errors import EmptyText, UnknownWard
from bot.services.assist import Assisted, categories_to_choose, draft_of, file_for_someone, propose
from bot.services.consent import NotAgreed, contact_of_case
from bot.services.setting import NotAllowed
from bot.understanding import load_categories
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, open_desk
from tests.dialogue.driver import MONDAY, hanoi

CITY = hanoi()
TOLD = ToldReport(
    ticket="AAAAAAAAAAAAAAAAAAAAAA",
    way=Way.COUNTER,
    language=Language.VI,
    text="Rác chất đống trước cổng chợ ba hôm nay.",
    ward_code=PHU_THUONG,
    category="vio_litter",
)


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


@pytest.fixture
async def sqlite_desk(sqlite_database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(sqlite_database, bell) as opened:
        yield opened


async def files(desk: StaffDesk, told: ToldReport, username: str = "minh", **member: object) -> Assisted:
    try:
        staff = await desk.member(username)
    except AssertionError:
        staff = await desk.staff(username, **member)  # type: ignore[arg-type]  # a test names the fields it needs
    async with desk.database.begin() as uow:
        filed = await file_for_someone(uow, staff=staff, told=told, city=CITY, now=desk.clock.now())
        await uow.commit()
    return filed


async def test_it_is_filed_under_the_officers_name(desk: StaffDesk) -> None:
    """The words are the resident's; the timeline and the audit say who wrote them down, and how they were told."""
    filed = await files(desk, replace(TOLD, way=Way.PHONE, language=Language.EN), full_name="Trần Thị Minh")
    case = filed.case
    assert filed.is_new
    assert filed.is_readable
    assert (case.address.channel, case.ward_code, case.desk) == (Channel.COUNTER, PHU_THUONG, Desk.GENERAL)
    assert case.due_at > desk.clock.now()
    async with desk.database.reading() as uow:
        [message] = await uow.cases.thread(case.id)
        timeline = await uow.cases.timeline(case.id)
        assert (await uow.conversations.get(case.address)).language is Language.EN
        assert (await uow.audit.verify()) is None
    assert (message.text, message.author.value) == (TOLD.text, "resident")
    assert [event.kind for event in timeline] == [EventKind.FILED, EventKind.ASSISTED]
    assert (timeline[1].staff_name, timeline[1].details) == ("Trần Thị Minh", {"way": "phone"})


async def test_pressed_twice_it_is_filed_once(desk: StaffDesk) -> None:
    """Also when the second press changed the words: what was read back is what was filed."""
    first = await files(desk, TOLD)
    second = await files(desk, replace(TOLD, text="Chuyện khác hẳn"))
    assert (second.case.code, second.is_new) == (first.case.code, False)
    async with desk.database.reading() as uow:
        assert len(await uow.cases.timeline(first.case.id)) == 2
        assert len(await uow.cases.thread(first.case.id)) == 1


async def test_another_officers_ticket_finds_nothing_of_theirs(sqlite_desk: StaffDesk) -> None:
    mine = await files(sqlite_desk, TOLD)
    theirs = await files(sqlite_desk, TOLD, "hoa")
    assert theirs.is_new
    assert theirs.case.code != mine.case.code


async def test_two_visits_are_two_residents(sqlite_desk: StaffDesk) -> None:
    """Nobody learns from the desk's data that one person came twice."""
    first = await files(sqlite_desk, TOLD)
    second = await files(sqlite_desk, replace(TOLD, ticket="BBBBBBBBBBBBBBBBBBBBBB"))
    assert first.case.resident_id != second.case.resident_id


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_file_for_somebody(sqlite_desk: StaffDesk, role: Role) -> None:
    may = role not in (Role.INSPECTOR, Role.OPERATOR)
    if may:
        assert (await files(sqlite_desk, TOLD, role=role)).is_new
        return
    with pytest.raises(NotAllowed):
        await files(sqlite_desk, TOLD, role=role)


async def test_words_about_an_official_stay_so_whatever_they_are_called(desk: StaffDesk) -> None:
    """An officer calls a complaint about a colleague "noise": it waits at the restricted desk, and the officer is told."""
    told = replace(TOLD, text="Cán bộ một cửa phường đòi tiền bồi dưỡng mới chịu đóng dấu.", category="vio_noise")
    filed = await files(desk, told)
    assert (filed.case.desk, filed.case.is_sensitive, filed.case.accused) == (Desk.RESTRICTED, True, Accused.OFFICIAL)
    assert not filed.is_readable
    leader = await files(desk, replace(told, ticket="B" * 22), "chief", role=Role.WARD_LEADER)
    assert leader.is_readable


async def test_a_report_about_leaders_goes_past_the_whole_ward(sqlite_desk: StaffDesk) -> None:
    """The words say so, or the resident does; at the counter nobody can take it back."""
    words = replace(TOLD, text="Chủ tịch phường nhận phong bì của chủ quán.", category="off_bribery")
    said = replace(TOLD, ticket="B" * 22, text="Cán bộ phường nhận phong bì.", category="off_bribery", is_about_leader=True)
    for told in (words, said):
        filed = await files(sqlite_desk, told, "chief", role=Role.WARD_LEADER)
        assert (filed.case.desk, filed.case.accused, filed.is_readable) == (Desk.LEADERS, Accused.LEADER, False)
    litter = draft_of(replace(TOLD, is_about_leader=True), CITY, MONDAY)
    assert litter.accused is Accused.NOBODY  # rubbish accuses nobody


async def test_an_officer_whom_the_words_name_never_reads_it(desk: StaffDesk) -> None:
    """Not even one named for the restricted desk, who wrote it down."""
    told = replace(TOLD, text="Ông Nguyễn Văn An ở phường đòi tiền mới ký giấy.", category="off_bribery")
    accused = await files(desk, told, "an", role=Role.RESTRICTED_OFFICER, full_name="Nguyễn Văn An")
    other = await files(desk, replace(told, ticket="B" * 22), "hoa", role=Role.RESTRICTED_OFFICER, full_name="Lê Thị Hoa")
    assert (accused.is_readable, other.is_readable) == (False, True)


async def test_an_officer_of_the_unit_that_is_named_never_reads_it(sqlite_desk: StaffDesk) -> None:
    told = replace(TOLD, text="Bộ phận một cửa phường đòi tiền mới đóng dấu.", category="off_bribery")
    filed = await files(sqlite_desk, told, "an", role=Role.RESTRICTED_OFFICER, unit=Unit.ONE_STOP)
    assert filed.case.desk is Desk.RESTRICTED
    assert not filed.is_readable


async def test_another_wards_case_leaves_the_officers_hands(sqlite_desk: StaffDesk) -> None:
    filed = await files(sqlite_desk, replace(TOLD, ward_code=HOAN_KIEM))
    assert (filed.case.ward_code, filed.is_readable) == (HOAN_KIEM, False)
    nowhere = await files(sqlite_desk, replace(TOLD, ticket="B" * 22, ward_code=None))
    assert (nowhere.case.ward_code, nowhere.case.desk) == (None, Desk.UNPLACED)


async def test_personal_data_is_masked_and_sealed(sqlite_desk: StaffDesk) -> None:
    filed = await files(sqlite_desk, replace(TOLD, text="Nhà bên mở nhạc to, số tôi 0912 345 678."))
    assert "0912" not in filed.case.text
    async with sqlite_desk.database.reading() as uow:
        [message] = await uow.cases.thread(filed.case.id)
    assert message.is_masked


async def test_a_contact_is_kept_with_its_consent(desk: StaffDesk) -> None:
    """Which text, in which language, by which way; opened only by what opens every contact."""
    filed = await files(desk, replace(TOLD, contact="Lan, 0912 345 678", consent_version=CONSENT_VERSION))
    async with desk.database.reading() as uow:
        [consent] = await uow.identities.consents(filed.case.resident_id)
        assert await contact_of_case(uow, filed.case, CITY.sealer) == "Lan, 0912 345 678"
    assert (consent.text_version, consent.language, consent.channel) == (CONSENT_VERSION, Language.VI, Channel.COUNTER)
    assert "0912" not in filed.case.text


@pytest.mark.parametrize(
    "told",
    [
        replace(TOLD, contact="0912 345 678"),
        replace(TOLD, contact="0912 345 678", consent_version="0"),
        replace(TOLD, contact="0912 345 678", consent_version=CONSENT_VERSION, is_anonymous=True),
    ],
)
async def test_without_a_consent_nothing_is_kept_and_nothing_filed(sqlite_desk: StaffDesk, told: ToldReport) -> None:
    with pytest.raises(NotAgreed):
        await files(sqlite_desk, told)
    assert (await files(sqlite_desk, TOLD)).is_new


async def test_what_cannot_be_filed(sqlite_desk: StaffDesk) -> None:
    with pytest.raises(EmptyText):
        await files(sqlite_desk, replace(TOLD, text=" \n"))
    with pytest.raises(UnknownWard):
        await files(sqlite_desk, replace(TOLD, ward_code=WardCode("99999")))


async def test_two_processes_file_one_ticket_once(desk: StaffDesk) -> None:
    """All began before any was done; on SQLite one waits for the other."""
    told = replace(TOLD, contact="Lan, 0912345678", consent_version=CONSENT_VERSION)
    await desk.staff("minh")
    filed = await asyncio.gather(*(files(desk, told) for _ in range(4)))
    assert len({one.case.code for one in filed}) == 1
    assert sum(one.is_new for one in filed) == 1
    async with desk.database.reading() as uow:
        assert len(await uow.cases.timeline(filed[0].case.id)) == 2
        assert len(await uow.identities.consents(filed[0].case.resident_id)) == 1


@pytest.mark.parametrize(
    "text", ["Rác đầy đường Thụy Khuê", "xin chào", "", "asdf", "Có người đang cầm dao đuổi chém ở chợ"]
)
def test_what_is_proposed_can_be_chosen(text: str) -> None:
    """Never a greeting or a try-out; what is heard as danger says so."""
    found = propose(text, CITY)
    assert set(found.categories) <= set(categories_to_choose())
    assert found.is_emergency is ("dao" in text)


def test_the_words_name_the_ward() -> None:
    assert propose("Rác trước chợ ở phường Phú Thượng", CITY).ward_codes == (PHU_THUONG,)


def test_every_kind_can_be_chosen() -> None:
    known = load_categories()
    assert {known[category].kind for category in categories_to_choose()} == set(CaseKind)
