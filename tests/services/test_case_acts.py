"""Whose a case is, and what it has to do with others: each act leaves its trace, and none opens what was closed to one."""

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseKind, CaseStatus, Desk
from bot.domain.notices import Choices
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Role, StaffMember, Unit
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import EventKind
from bot.errors import BotError, CaseNotFound, StaleVersion
from bot.ports import UnitOfWork
from bot.routing.wards import load_wards
from bot.services.answer_case import answer_case
from bot.services.close_case import close_case
from bot.services.mentioning import NobodyOfThatName, names_in
from bot.services.move_case import move_case
from bot.services.note_case import note_case
from bot.services.own_case import NotAssignable, assign_case, hand_back_case, return_idle_cases, take_case
from bot.services.split_case import NothingToSplit, split_case
from bot.services.tie_cases import NotOneMatter, OtherNotFound, link_case, merge_case, part_case
from bot.services.working_calendar import CityCalendar
from handlers.timekeeping import DueNotices, IdleOwners
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, StillClock, open_desk
from tests.closing import report

WARDS = load_wards()
NOW = StillClock().now()  # a Wednesday
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = CityCalendar(ZONE, changes={}, now=NOW)


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def takes(desk: StaffDesk, staff: StaffMember, case: Case) -> Case:
    async with desk.database.begin() as uow:
        now = await uow.cases.by_id(case.id)
        assert now
        taken = await take_case(
            uow, staff=staff, code=case.code, version=now.version, now=desk.clock.now(), calendar=CALENDAR
        )
        await uow.commit()
    return taken


async def returns(desk: StaffDesk) -> list[str]:
    async with desk.database.begin() as uow:
        returned = await return_idle_cases(uow, now=desk.clock.now(), calendar=CALENDAR)
        await uow.commit()
    return [case.code for case in returned]


async def events(desk: StaffDesk, case: Case) -> list[EventKind]:
    async with desk.database.reading() as uow:
        return [event.kind for event in await uow.cases.timeline(case.id)]


async def test_an_owner_who_does_nothing_for_two_working_days_loses_the_case(desk: StaffDesk) -> None:
    """Minh takes it on Wednesday; on Friday evening it waits for anybody again."""
    minh, case = await desk.staff("minh"), await desk.case()
    taken = await takes(desk, minh, case)
    assert taken.owner_id == minh.id
    desk.clock.passes(days=2)
    assert await returns(desk) == [], "Friday is not over yet"
    desk.clock.passes(hours=8)
    assert await returns(desk) == [case.code]
    now = await desk.now_is(case.code)
    assert (now.owner_id, now.owner_until) == (None, None)
    assert await events(desk, case) == [EventKind.FILED, EventKind.TAKEN, EventKind.RETURNED]
    assert await returns(desk) == []


async def test_an_owner_who_does_something_keeps_it_for_two_more_days(desk: StaffDesk) -> None:
    minh, case = await desk.staff("minh"), await desk.case()
    await takes(desk, minh, case)
    desk.clock.passes(days=1)
    async with desk.database.begin() as uow:
        version = (await desk.now_is(case.code)).version
        await note_case(uow, staff=minh, code=case.code, version=version, text="Đã gọi.", now=desk.clock.now())
        await uow.commit()
    desk.clock.passes(days=1, hours=8)
    assert await returns(desk) == []
    kept = await desk.now_is(case.code)
    assert kept.owner_id == minh.id
    assert kept.owner_until is not None
    assert kept.owner_until > desk.clock.now()
    desk.clock.passes(days=3)
    assert await returns(desk) == [case.code]


async def test_a_case_is_given_only_to_somebody_who_may_answer_it(desk: StaffDesk) -> None:
    minh, hoa = await desk.staff("minh"), await desk.staff("hoa")
    await desk.staff("inspector", Role.INSPECTOR)
    await desk.staff("lan", ward=HOAN_KIEM)
    case = await desk.now_is((await desk.case()).code)
    async with desk.database.begin() as uow:
        for name in ("inspector", "lan", "nobody", "", "\0"):
            with pytest.raises(NotAssignable):
                await assign_case(
                    uow,
                    staff=minh,
                    code=case.code,
                    version=case.version,
                    username=name,
                    now=NOW,
                    calendar=CALENDAR,
                )
        given = await assign_case(
            uow, staff=minh, code=case.code, version=case.version, username="HOA", now=NOW, calendar=CALENDAR
        )
        assert given.owner_id == hoa.id
        with pytest.raises(StaleVersion):
            await hand_back_case(uow, staff=hoa, code=case.code, version=case.version, now=NOW)
        freed = await hand_back_case(uow, staff=hoa, code=case.code, version=given.version, now=NOW)
        assert (freed.owner_id, freed.owner_until) == (None, None)


async def test_an_inspector_reads_and_takes_nothing(desk: StaffDesk) -> None:
    inspector, case = await desk.staff("inspector", Role.INSPECTOR), await desk.now_is((await desk.case()).code)
    async with desk.database.begin() as uow:
        with pytest.raises(CaseNotFound):
            await take_case(uow, staff=inspector, code=case.code, version=case.version, now=NOW, calendar=CALENDAR)
        with pytest.raises(CaseNotFound):
            await note_case(uow, staff=inspector, code=case.code, version=case.version, text="x", now=NOW)


async def test_a_deputy_answers_for_who_is_away_and_nobody_of_the_accused_unit_does(desk: StaffDesk) -> None:
    """Minh stands in for the leader and may answer the restricted case; Tuấn is of the unit it is about."""
    minh, chief = await desk.staff("minh"), await desk.staff("chief", Role.WARD_LEADER)
    tuan = await desk.staff("tuan", Role.RESTRICTED_OFFICER, unit=Unit.ORDER_TEAM)
    case = await desk.case(kind=CaseKind.CONDUCT)
    async with desk.database.begin() as uow:
        await uow.exclusions.name_unit(case.id, Unit.ORDER_TEAM)
        version = found.version if (found := await uow.cases.by_id(case.id)) else 0
        for staff in (minh, tuan):
            with pytest.raises(CaseNotFound):
                await answer_case(uow, staff=staff, code=case.code, version=version, text="Vâng.", now=NOW, wards=WARDS)
        await uow.absences.add(
            staff_id=chief.id,
            deputy_id=minh.id,
            from_at=NOW,
            until_at=NOW + timedelta(days=1),
            made_by=chief.id,
            now=NOW,
        )
        await answer_case(uow, staff=minh, code=case.code, version=version, text="Vâng.", now=NOW, wards=WARDS)


async def test_the_third_ward_that_hands_a_case_on_leaves_it_to_the_city(desk: StaffDesk) -> None:
    """Phú Thượng → Hoàn Kiếm → Phú Thượng, and then the city decides; the deadline stays, the resident is told."""
    minh, lan = await desk.staff("minh"), await desk.staff("lan", ward=HOAN_KIEM)
    city = await desk.staff("city", Role.CITY_COORDINATOR)
    case = await desk.case()
    for staff, to in ((minh, HOAN_KIEM), (lan, PHU_THUONG), (minh, HOAN_KIEM)):
        await moves(desk, staff, case, to)
    now = await desk.now_is(case.code)
    assert (now.desk, now.ward_code, now.hops, now.due_at) == (Desk.UNPLACED, None, 3, case.due_at)
    assert "thành phố sẽ quyết định" in (await all_heard(desk, case.address))[-1]
    await moves(desk, city, case, HOAN_KIEM)
    assert (await desk.now_is(case.code)).ward_code == HOAN_KIEM
    async with desk.database.reading() as uow:
        assert (await uow.conversations.get(case.address)).last_ward == HOAN_KIEM
        wished = [(event.details or {}).get("wished") for event in await uow.cases.timeline(case.id)]
    assert wished[-2] == HOAN_KIEM


async def moves(desk: StaffDesk, staff: StaffMember, case: Case, ward: str) -> None:
    version = (await desk.now_is(case.code)).version
    async with desk.database.begin() as uow:
        await move_case(
            uow,
            staff=staff,
            code=case.code,
            version=version,
            ward_code=WARDS[ward].code,
            now=NOW,
            wards=WARDS,
        )
        await uow.commit()


async def merges(desk: StaffDesk, staff: StaffMember, case: Case, main: Case) -> None:
    version = (await desk.now_is(case.code)).version
    async with desk.database.begin() as uow:
        await merge_case(uow, staff=staff, code=case.code, version=version, into=main.code, now=NOW)
        await uow.commit()


async def test_of_merged_cases_every_resident_is_answered_and_a_parted_one_waits_again(desk: StaffDesk) -> None:
    """Three neighbours: the second's case takes the third along. The nearer deadline counts for the main one."""
    minh = await desk.staff("minh")
    main, second = await desk.case(), await desk.case(due_in=timedelta(days=2))
    third = await desk.case()
    await merges(desk, minh, third, second)
    await merges(desk, minh, second, main)
    now = await desk.now_is(main.code)
    assert (now.joined_count, now.due_at) == (2, second.due_at)
    assert (await desk.now_is(second.code)).joined_count == 0
    async with desk.database.begin() as uow:
        await answer_case(uow, staff=minh, code=main.code, version=now.version, text="Sáng mai.", now=NOW, wards=WARDS)
        await uow.commit()
    async with desk.database.begin() as uow:
        version = (await desk.now_is(third.code)).version
        parted = await part_case(uow, staff=minh, code=third.code, version=version, now=NOW)
        await uow.commit()
    assert parted.main_case_id is None
    now = await desk.now_is(main.code)
    assert now.joined_count == 1
    async with desk.database.begin() as uow:
        await close_case(
            uow,
            staff=minh,
            code=main.code,
            version=now.version,
            report=report(Outcome.DONE, "Xong."),
            now=NOW,
            wards=WARDS,
            zone=ZONE,
        )
        await uow.commit()
    assert (await desk.now_is(second.code)).status is CaseStatus.CLOSED
    assert (await desk.now_is(third.code)).status is CaseStatus.OPEN
    heard = "\n".join(await all_heard(desk, third.address))
    assert "Sáng mai." in heard
    assert "giải quyết riêng" in heard
    assert "Xong." not in heard


async def all_heard(desk: StaffDesk, address: Address) -> list[str]:
    heard: list[str] = []
    for _ in range(10):
        async with desk.database.begin() as uow:
            claimed = await uow.outbox.claim(
                owner="test",
                channels=[Channel.WEBCHAT],
                now=desk.clock.now() + timedelta(days=1),
                lease=timedelta(days=3),
                most=100,
            )
            await uow.outbox.record(
                [DeliveryResult(reply_id=one.id, state=DeliveryState.SENT, at=desk.clock.now()) for one in claimed]
            )
            await uow.commit()
        heard += [one.reply.text for one in claimed if one.address == address]
    return heard


async def test_what_cannot_be_one_matter_stays_two(desk: StaffDesk) -> None:
    minh, chief = await desk.staff("minh"), await desk.staff("chief", Role.WARD_LEADER)
    case, main = await desk.case(), await desk.case()
    secret, theirs = await desk.case(kind=CaseKind.CONDUCT), await desk.case(ward=HOAN_KIEM)
    expected: list[tuple[StaffMember, Case, Case, type[BotError]]] = [
        (minh, case, case, NotOneMatter),
        (minh, case, theirs, OtherNotFound),
        (minh, case, secret, OtherNotFound),
        (chief, secret, case, NotOneMatter),  # of two desks: the general one would read about an official
        (chief, case, secret, NotOneMatter),
    ]
    for staff, one, other, error in expected:
        with pytest.raises(error):
            await merges(desk, staff, one, other)
    await merges(desk, minh, case, main)
    with pytest.raises(NotOneMatter):
        await merges(desk, minh, main, case)
    async with desk.database.begin() as uow:
        version = (await desk.now_is(main.code)).version
        with pytest.raises(NotOneMatter):
            await part_case(uow, staff=minh, code=main.code, version=version, now=NOW)


async def test_linked_cases_know_of_each_other_until_they_are_unlinked(desk: StaffDesk) -> None:
    minh, one, two = await desk.staff("minh"), await desk.case(), await desk.case()
    version = (await desk.now_is(one.code)).version
    async with desk.database.begin() as uow:
        for is_linked in (True, False):
            await link_case(uow, staff=minh, code=one.code, version=version, other=two.code, now=NOW, is_linked=is_linked)
        with pytest.raises(NotOneMatter):
            await link_case(uow, staff=minh, code=one.code, version=version, other=one.code, now=NOW)
        await uow.commit()
    assert await events(desk, one) == await events(desk, two) == [EventKind.FILED, EventKind.LINKED, EventKind.LINKED]


async def test_what_is_split_off_is_a_case_of_the_same_resident_and_as_closed_as_the_first(desk: StaffDesk) -> None:
    """The words about a garbage heap leave the lamp's case; who may not know of the one may not know of the other."""
    minh, hoa = await desk.staff("minh"), await desk.staff("hoa")
    case = await desk.case()
    desk.clock.passes(days=1)
    await desk.resident_adds(case, "Còn đống rác ở ngõ 15 nữa.")
    async with desk.database.begin() as uow:
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=hoa.id, why=Why.CLOSE)])
        ids = [message.id for message in await uow.cases.thread(case.id)]
        version = found.version if (found := await uow.cases.by_id(case.id)) else 0
        for wrong in (set[int](), set(ids), {10**14}):
            with pytest.raises(NothingToSplit):
                await split(uow, minh, case, version, wrong)
        new = await split(uow, minh, case, version, {ids[1]})
        with pytest.raises(NothingToSplit):
            await split(uow, minh, case, version, {ids[1]})
        await uow.commit()
    assert (new.resident_id, new.ward_code, new.desk) == (case.resident_id, PHU_THUONG, Desk.GENERAL)
    assert new.text == "Còn đống rác ở ngõ 15 nữa."
    assert new.kind is CaseKind.SUGGESTION
    async with desk.database.reading() as uow:
        assert [message.text for message in await uow.cases.thread(new.id)] == [new.text]
        assert [barred.staff_id for barred in await uow.exclusions.of_case(new.id)] == [hoa.id]
    [said] = await desk.hears(case)
    assert new.code in said


async def split(uow: UnitOfWork, staff: StaffMember, case: Case, version: int, ids: set[int]) -> Case:
    return await split_case(
        uow,
        staff=staff,
        code=case.code,
        version=version,
        message_ids=ids,
        kind=CaseKind.SUGGESTION,
        now=NOW + timedelta(days=1),
        calendar=CALENDAR,
    )


def test_names_stand_in_a_note_as_people_write_them() -> None:
    assert names_in("@hoa, @Minh.Anh-2. và (@lan)! a@b.vn @@x @") == ("hoa", "Minh.Anh-2", "lan")


async def test_a_note_tells_whom_it_names_and_nobody_who_may_not_know(desk: StaffDesk) -> None:
    """Hoa is pinged in the chat she linked, without a word of the note. Lan is of another ward: nothing is saved."""
    minh, hoa = await desk.staff("minh"), await desk.staff("hoa")
    await desk.staff("lan", ward=HOAN_KIEM)
    case = await desk.now_is((await desk.case()).code)
    chat = Address(Channel.WEBCHAT, "hoas-chat")
    async with desk.database.begin() as uow:
        await uow.staff_chats.begin(hoa.id, Channel.WEBCHAT, "0" * 64, until=NOW + timedelta(minutes=1))
        await uow.staff_chats.link(chat, "0" * 64, NOW)
        await uow.notices.choose(hoa.id, Choices(), digest_at=NOW)
        for text in ("@lan xem giúp", "@nobody"):
            with pytest.raises(NobodyOfThatName):
                await note_case(uow, staff=minh, code=case.code, version=case.version, text=text, now=NOW)
        await note_case(
            uow,
            staff=minh,
            code=case.code,
            version=case.version,
            text="@hoa gọi bà Tư giúp",
            now=NOW,
        )
        await uow.commit()
    while await DueNotices(desk.database, CALENDAR, "https://homthu.example/").do(NOW):
        pass
    [ping] = await all_heard(desk, chat)
    assert case.code in ping
    assert f"https://homthu.example/staff/cases/{case.code}" in ping
    assert "Tư" not in ping


async def test_the_loop_that_keeps_time_gives_idle_cases_back(desk: StaffDesk) -> None:
    minh, idle, busy = await desk.staff("minh"), await desk.case(), await desk.case()
    for case in (idle, busy):
        await takes(desk, minh, case)
    desk.clock.passes(days=2)
    async with desk.database.begin() as uow:
        version = (await desk.now_is(busy.code)).version
        await note_case(uow, staff=minh, code=busy.code, version=version, text="Đang làm.", now=desk.clock.now())
        await uow.commit()
    desk.clock.passes(hours=8)
    work = IdleOwners(desk.database, CALENDAR)
    assert await work.do(desk.clock.now()) == 1
    assert await work.do(desk.clock.now()) == 0
    assert (await desk.now_is(idle.code)).owner_id is None
    assert (await desk.now_is(busy.code)).owner_id == minh.id
