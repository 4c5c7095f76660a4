"""Who looks again at a case whose closing is disputed: another of the ward, its leader, the city; never who closed it."""

from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseCode, CaseStatus, Desk
from bot.domain.closing import may_be_disputed
from bot.domain.people import Channel, Language, Role, StaffMember
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError, CaseNotFound
from bot.services.city import City
from bot.services.move_case import AlreadyThere, NobodyElseThere, ReasonMissing, SentBackBefore
from bot.services.next_hand import ClosedItBefore
from bot.services.own_case import NotAssignable, assign_case, take_case
from bot.services.tie_cases import merge_case
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident
from tests.dialogue.test_receipts import files

TAY_HO = "00103"


async def hire(city: City, database: Database, name: str, role: Role = Role.WARD_OFFICER, full_name: str = "") -> Officer:
    ward = None if role is Role.CITY_COORDINATOR else TAY_HO
    return await Officer.hired(database, city, ward, name, role, full_name or name.title())


async def closes(officer: Officer, lan: Resident, code: CaseCode) -> None:
    officer.now = lan.now
    await officer.closes(code)
    await lan._deliver()


async def close_together(one: Officer, other: Officer, lan: Resident, code: CaseCode) -> None:
    """On a desk where it takes two."""
    one.now = other.now = lan.now
    await one.closes_with(other, code)
    await lan._deliver()


async def disputes(lan: Resident, code: CaseCode, words: str = "Vẫn còn nguyên đống rác") -> None:
    """A day later, under the newest closing's words."""
    lan.now += timedelta(days=1)
    await lan.presses("Chưa xong")
    await lan.says(words)
    assert code in lan.hears[-1]


async def takes(officer: Officer, code: CaseCode) -> Case:
    case = await officer.case(code)
    async with officer.storage.begin() as uow:
        taken = await take_case(
            uow,
            staff=officer.member,
            code=code,
            version=case.version,
            now=officer.now,
            calendar=officer.city.calendar,
        )
        await uow.commit()
    return taken


async def gives(officer: Officer, code: CaseCode, to: StaffMember) -> None:
    case = await officer.case(code)
    async with officer.storage.begin() as uow:
        await assign_case(
            uow,
            staff=officer.member,
            code=code,
            version=case.version,
            username=to.username,
            now=officer.now,
            calendar=officer.city.calendar,
        )
        await uow.commit()


async def merges(officer: Officer, code: CaseCode, into: CaseCode) -> None:
    case = await officer.case(code)
    async with officer.storage.begin() as uow:
        await merge_case(uow, staff=officer.member, code=code, version=case.version, into=into, now=officer.now)
        await uow.commit()


async def newest(lan: Resident, case: Case, kind: EventKind) -> CaseEvent:
    return [event for event in await lan.timeline(case) if event.kind is kind][-1]


async def test_whoever_closed_it_has_no_part_in_it_any_more(meet: Meet, city: City, database: Database) -> None:
    """It is Hoa's now: Minh cannot take it, be given it, close it, nor lose it in another case; he can still read it."""
    lan = meet("Lan")
    minh, hoa = await hire(city, database, "minh"), await hire(city, database, "hoa", full_name="Lê Hoa")
    code = await files(lan)
    await takes(minh, code)
    await closes(minh, lan, code)
    await disputes(lan, code)
    assert "Người khác, không phải người đã khép hồ sơ" in lan.hears[-1]
    case = await minh.case(code)
    assert (case.status, case.disputes, case.owner_id, case.desk) == (CaseStatus.OPEN, 1, hoa.member.id, Desk.GENERAL)
    assert case.owner_until is not None
    details = (await newest(lan, case, EventKind.DISPUTED)).details or {}
    assert {name: details[name] for name in ("times", "due", "desk", "to", "owner")} == {
        "times": "1",
        "due": case.due_at.isoformat(),
        "desk": "general",
        "to": "Lê Hoa",
        "owner": str(hoa.member.id),
    }
    lan.now += timedelta(hours=1)
    await lan.says("việc mới")
    other = await files(lan, "Đèn đường ở phường Tây Hồ hỏng rồi")
    minh.now = hoa.now = lan.now
    with pytest.raises(ClosedItBefore):
        await takes(minh, code)
    with pytest.raises(ClosedItBefore):
        await gives(hoa, code, minh.member)
    with pytest.raises(ClosedItBefore):
        await minh.closes(code)
    with pytest.raises(ClosedItBefore):
        await merges(minh, code, other)
    assert await minh.case(code) == case
    await minh.answers(code, "Tôi xin lỗi Bạn.")
    await hoa.closes(code)
    assert (await hoa.case(code)).status is CaseStatus.CLOSED


async def test_it_does_not_come_back_within_another_case(meet: Meet, city: City, database: Database) -> None:
    """Merged, it would be closed with the other one: Minh has no part in that either. In a simulated year he had."""
    lan = meet("Lan")
    minh, hoa = await hire(city, database, "minh"), await hire(city, database, "hoa", full_name="Lê Hoa")
    code = await files(lan)
    await closes(minh, lan, code)
    await disputes(lan, code)
    lan.now += timedelta(hours=1)
    await lan.says("việc mới")
    other = await files(lan, "Đèn đường ở phường Tây Hồ hỏng rồi")
    minh.now = hoa.now = lan.now
    await takes(minh, other)
    with pytest.raises(ClosedItBefore):
        await merges(hoa, code, other)
    await gives(hoa, other, hoa.member)
    await merges(hoa, code, other)
    with pytest.raises(ClosedItBefore):
        await takes(minh, other)
    with pytest.raises(ClosedItBefore):
        await minh.closes(other)
    await hoa.closes(other)
    assert (await hoa.case(code)).status is CaseStatus.CLOSED


async def test_the_one_with_the_fewest_cases_gets_it(meet: Meet, city: City, database: Database) -> None:
    """Hoa has one, Tú none; Vy is away, Sơn barred, the leader only where there is no officer."""
    lan, mai = meet("Lan"), meet("Mai")
    await hire(city, database, "leader", Role.WARD_LEADER)
    minh, hoa, vy, son, tu = [await hire(city, database, name) for name in ("minh", "hoa", "vy", "son", "tu")]
    await takes(hoa, await files(mai))
    code = await files(lan)
    case, gone = await minh.case(code), await hire(city, database, "gone")
    async with database.begin() as uow:
        away = {"staff_id": vy.member.id, "deputy_id": hoa.member.id, "made_by": vy.member.id}
        until = lan.now + timedelta(days=9)
        await uow.absences.add(**away, from_at=lan.now, until_at=until, now=lan.now)
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=son.member.id, why=Why.ACCUSED)])
        await uow.staff.set_disabled(gone.member.id, disabled=True)
        await uow.commit()
    await closes(minh, lan, code)
    await disputes(lan, code)
    assert (await minh.case(code)).owner_id == tu.member.id


async def test_with_no_other_officer_the_leader_gets_it(meet: Meet, city: City, database: Database) -> None:
    lan, minh = meet("Lan"), await hire(city, database, "minh")
    leader = await hire(city, database, "leader", Role.WARD_LEADER)
    code = await files(lan)
    await closes(minh, lan, code)
    await disputes(lan, code)
    assert (await minh.case(code)).owner_id == leader.member.id


async def test_a_ward_of_one_leaves_it_to_the_city(meet: Meet, city: City, database: Database) -> None:
    """The ward is kept, for whoever asks which one; Minh does not even see it any more."""
    lan, minh = meet("Lan"), await hire(city, database, "minh")
    code = await files(lan)
    await closes(minh, lan, code)
    await disputes(lan, code)
    assert "thành phố sẽ xem xét" in lan.hears[-1]
    case = await minh.case(code)
    assert (case.desk, case.ward_code, case.owner_id, case.disputes) == (Desk.DISPUTED, TAY_HO, None, 1)
    with pytest.raises(CaseNotFound):
        await minh.answers(code, "Đã dọn thật mà.")
    await lan.says(code)
    assert any("bộ phận tiếp nhận của thành phố" in heard for heard in lan.hears[-3:])


async def disputed_twice(lan: Resident, first: Officer, second: Officer) -> CaseCode:
    code = await files(lan)
    for officer in (first, second):
        await closes(officer, lan, code)
        await disputes(lan, code)
    return code


async def test_the_second_time_the_city_answers_and_closes(meet: Meet, city: City, database: Database) -> None:
    """In the city's name; disputed a third time, another coordinator looks at it."""
    lan = meet("Lan")
    minh, hoa, _ = [await hire(city, database, name) for name in ("minh", "hoa", "tu")]
    thu, ky = [await hire(city, database, name, Role.CITY_COORDINATOR) for name in ("thu", "ky")]
    code = await disputed_twice(lan, minh, hoa)
    case = await thu.case(code)
    assert (case.desk, case.ward_code, case.disputes, case.owner_id) == (Desk.DISPUTED, TAY_HO, 2, None)
    details = (await newest(lan, case, EventKind.DISPUTED)).details or {}
    assert {name: details[name] for name in ("times", "due", "desk", "city")} == {
        "times": "2",
        "due": case.due_at.isoformat(),
        "desk": "disputed",
        "city": "yes",
    }
    thu.now = ky.now = lan.now
    await thu.answers(code, "Thành phố đang xem.")
    await lan._deliver()
    assert "Ủy ban nhân dân phường" not in lan.hears[-1]
    with pytest.raises(AlreadyThere):
        await thu.moves(code, None)
    await closes(thu, lan, code)
    await disputes(lan, code)
    again = await ky.case(code)
    assert (again.desk, again.owner_id, again.disputes) == (Desk.DISPUTED, ky.member.id, 3)
    with pytest.raises(ClosedItBefore):
        await takes(thu, code)


async def test_a_city_of_one_may_look_again_itself(meet: Meet, city: City, database: Database) -> None:
    """There is nobody above; the case must not lie there for ever."""
    lan, minh = meet("Lan"), await hire(city, database, "minh")
    thu = await hire(city, database, "thu", Role.CITY_COORDINATOR)
    code = await files(lan)
    for officer in (minh, thu):
        await closes(officer, lan, code)
        await disputes(lan, code)
    thu.now = lan.now
    await takes(thu, code)
    await closes(thu, lan, code)
    assert may_be_disputed(await thu.case(code), lan.now)


async def test_the_city_sends_it_back_once_and_says_why(meet: Meet, city: City, database: Database) -> None:
    """To somebody who has not closed it; the next dispute is the city's for good."""
    lan = meet("Lan")
    minh, hoa, tu = [await hire(city, database, name) for name in ("minh", "hoa", "tu")]
    thu = await hire(city, database, "thu", Role.CITY_COORDINATOR)
    code = await disputed_twice(lan, minh, hoa)
    thu.now = tu.now = lan.now
    with pytest.raises(ReasonMissing):
        await thu.moves(code, TAY_HO, "  ")
    await thu.moves(code, TAY_HO, "Xe rác chưa vào được ngõ, phường cho người ra xem.")
    await lan._deliver()
    assert "giao phường Tây Hồ giải quyết lại" in lan.hears[-1]
    assert "Xe rác chưa vào được ngõ" in lan.hears[-1]
    back = await tu.case(code)
    assert (back.desk, back.ward_code, back.hops) == (Desk.GENERAL, TAY_HO, 0)
    for officer in (minh, hoa):
        with pytest.raises(ClosedItBefore):
            await takes(officer, code)
    await takes(tu, code)
    await closes(tu, lan, code)
    await disputes(lan, code)
    assert (await thu.case(code)).desk is Desk.DISPUTED
    thu.now = lan.now
    with pytest.raises(SentBackBefore):
        await thu.moves(code, TAY_HO, "Lại nhờ phường.")


async def test_it_is_not_sent_back_to_those_who_closed_it(meet: Meet, city: City, database: Database) -> None:
    """Minh and Hoa are all there is."""
    lan = meet("Lan")
    minh, hoa = [await hire(city, database, name) for name in ("minh", "hoa")]
    thu = await hire(city, database, "thu", Role.CITY_COORDINATOR)
    code = await disputed_twice(lan, minh, hoa)
    thu.now = lan.now
    before = await thu.case(code)
    with pytest.raises(NobodyElseThere):
        await thu.moves(code, TAY_HO, "Phường xem lại.")
    assert await thu.case(code) == before


async def test_the_ward_gives_a_disputed_case_back_to_where_it_came_from(meet: Meet, city: City, database: Database) -> None:
    """Not to the unplaced: its ward is known, and the city had it before."""
    lan = meet("Lan")
    minh, hoa, tu = [await hire(city, database, name) for name in ("minh", "hoa", "tu")]
    thu = await hire(city, database, "thu", Role.CITY_COORDINATOR)
    code = await disputed_twice(lan, minh, hoa)
    thu.now = tu.now = lan.now
    await thu.moves(code, TAY_HO, "Phường xem lại.")
    await tu.moves(code, None)
    case = await thu.case(code)
    assert (case.desk, case.ward_code) == (Desk.DISPUTED, TAY_HO)


async def test_a_report_about_an_official_goes_to_the_few_who_read_it_at_the_city(
    meet: Meet, city: City, database: Database
) -> None:
    """First to another who reads the ward's restricted desk, and to none whom the new words name; then to the leaders."""
    lan = meet("Lan")
    minh, an, tu = [
        await hire(city, database, name, Role.RESTRICTED_OFFICER, full_name)
        for name, full_name in (("minh", "Trần Minh"), ("an", "Lê Văn An"), ("tu", "Đỗ Tú"))
    ]
    await hire(city, database, "hoa")
    thu = await hire(city, database, "thu", Role.CITY_COORDINATOR)
    await lan.says("Cán bộ một cửa phường Tây Hồ đòi tôi 500 nghìn mới nhận hồ sơ")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.desk is Desk.RESTRICTED
    mai = await hire(city, database, "mai", Role.WARD_LEADER, "Phạm Mai")
    await close_together(minh, mai, lan, case.code)
    await disputes(lan, case.code, "Chính ông Lê Văn An nhận tiền của tôi.")
    assert (await tu.case(case.code)).owner_id == tu.member.id
    for barred in (minh, mai, an):
        with pytest.raises(BotError):
            await takes(barred, case.code)
    binh = await hire(city, database, "binh", Role.RESTRICTED_OFFICER, "Vũ Bình")
    await close_together(tu, binh, lan, case.code)
    await disputes(lan, case.code)
    after = await thu.case(case.code)
    assert (after.desk, after.ward_code) == (Desk.LEADERS, TAY_HO)
    for officer in (minh, mai, tu, binh):
        with pytest.raises(CaseNotFound):
            await officer.answers(case.code, "x")
    with pytest.raises(NotAssignable):
        await gives(thu, case.code, minh.member)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("channel", [Channel.TELEGRAM, Channel.ZALO, Channel.WEBCHAT])
async def test_a_photo_is_enough_on_every_channel(
    meet: Meet, city: City, database: Database, channel: Channel, language: Language
) -> None:
    lan = meet("Lan", language)
    lan.channel = channel
    minh, hoa = [await hire(city, database, name) for name in ("minh", "hoa")]
    code = await files(lan)
    await closes(minh, lan, code)
    await lan.presses("Chưa xong" if language is Language.VI else "Not resolved")
    await lan.sends_photo()
    case = await hoa.case(code)
    assert (case.owner_id, case.disputes) == (hoa.member.id, 1)
    assert (await lan.thread(case))[-1].attachments
