"""Staff are told in their own chats that there is something new: neutrally, not too often, and only if they may know."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import true

from bot.bell import Bell
from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.notices import Choices
from bot.domain.people import Role, StaffMember
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import EventKind
from bot.services.note_case import note_case
from bot.services.tell_staff import spread_facts, tell_due
from handlers.timekeeping import DueNotices
from storage import Database, notices
from storage.tables import cases
from tests.admin.desk import HOAN_KIEM, StaffDesk, open_desk
from tests.conftest import Place
from tests.services.told import HANOI, URL, Chats, hanoi


@pytest.fixture
async def chats(database: Database, bell: Bell) -> AsyncIterator[Chats]:
    async with open_desk(database, bell) as desk:
        desk.clock.at = hanoi(18, 10)
        yield Chats(desk)


@pytest.fixture
async def quick_chats(sqlite_database: Database, bell: Bell) -> AsyncIterator[Chats]:
    async with open_desk(sqlite_database, bell) as desk:
        desk.clock.at = hanoi(18, 10)
        yield Chats(desk)


def one(case: Case) -> str:
    """All that is said of one case."""
    return f"Có việc mới trong hàng của bạn: {case.code}\n{URL}/staff/cases/{case.code}"


def several(number: int) -> str:
    return f"Có {number} việc mới trong hàng của bạn.\n{URL}/staff/"


async def bars(desk: StaffDesk, case: Case, member: StaffMember) -> None:
    async with desk.database.begin() as uow:
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=member.id, why=Why.ACCUSED)])
        await uow.commit()


async def test_a_new_case_is_told_to_its_desk_without_a_word_of_it(chats: Chats) -> None:
    """The code and the way there. Nobody of another ward, nobody who only reads, nobody without a chat hears of it."""
    minh = await chats.staff("minh")
    others = [
        await chats.staff("lan", ward=HOAN_KIEM),
        await chats.staff("thanh", Role.INSPECTOR),
        await chats.staff("ngoc", Role.CITY_COORDINATOR),
    ]
    case = await chats.desk.case("Ông Tư ở ngõ 12 đốt rác")
    assert await chats.told(minh) == [one(case)]
    for other in others:
        assert await chats.told(other) == []
    chats.desk.clock.passes(hours=1)
    assert await chats.told(minh) == []


async def test_nothing_is_kept_while_nobody_has_linked_a_chat(quick_chats: Chats) -> None:
    """What happened before is no news to whoever links one."""
    await quick_chats.desk.case()
    minh = await quick_chats.staff("minh")
    assert await quick_chats.told(minh) == []
    async with quick_chats.database.reading() as uow:
        assert await uow.notices.facts(most=10) == []


async def test_what_comes_within_ten_minutes_is_bundled(chats: Chats) -> None:
    minh = await chats.staff("minh")
    first = await chats.desk.case()
    assert await chats.told(minh) == [one(first)]
    for minutes in (1, 4, 4):
        chats.desk.clock.passes(minutes=minutes)
        case = await chats.desk.case()
        await chats.desk.resident_adds(case, "Còn nữa")
        assert await chats.told(minh) == []
    chats.desk.clock.passes(minutes=1)
    assert await chats.told(minh) == [several(3)]
    chats.desk.clock.passes(minutes=30)
    last = await chats.desk.case()
    assert await chats.told(minh) == [one(last)]


async def test_the_night_is_quiet_but_for_emergencies(chats: Chats) -> None:
    """At 22:00 a case, at 2:00 an emergency: told at once and alone. At 7:00 the rest; two in the minute are one ping."""
    minh = await chats.staff("minh")
    chats.desk.clock.at = hanoi(18, 20, 59)
    evening = await chats.desk.case()
    assert await chats.told(minh) == [one(evening)]
    chats.desk.clock.at = hanoi(18, 22)
    await chats.desk.case()
    assert await chats.told(minh) == []
    chats.desk.clock.at = hanoi(19, 2)
    fire = await chats.desk.case("Cháy nhà", is_emergency=True)
    assert await chats.told(minh) == [one(fire)]
    await chats.desk.case("Cháy nữa", is_emergency=True)
    await chats.desk.case("Cháy to", is_emergency=True)
    assert await chats.told(minh) == []
    chats.desk.clock.passes(minutes=1)
    assert await chats.told(minh) == [several(2)]
    await chats.desk.case()
    for hour in (3, 6):
        chats.desk.clock.at = hanoi(19, hour, 59)
        assert await chats.told(minh) == []
    chats.desk.clock.at = hanoi(19, 7)
    assert await chats.told(minh) == [several(2)]


async def test_an_emergency_waits_for_no_ten_minutes(quick_chats: Chats) -> None:
    minh = await quick_chats.staff("minh")
    plain = await quick_chats.desk.case()
    assert await quick_chats.told(minh) == [one(plain)]
    quick_chats.desk.clock.passes(minutes=2)
    await quick_chats.desk.case()
    fire = await quick_chats.desk.case(is_emergency=True)
    assert await quick_chats.told(minh) == [one(fire)]


async def test_an_owner_is_told_what_the_resident_does(chats: Chats) -> None:
    """Words, a change of them, a dispute. A colleague is not; nor is anybody told what they did themselves."""
    minh, hoa = await chats.staff("minh"), await chats.staff("hoa")
    case = await chats.desk.case()
    await chats.looks()
    await chats.takes(minh, case)
    assert await chats.hears(minh) == await chats.hears(hoa) == [one(case)]
    for kind in (EventKind.ADDED, EventKind.EDITED, EventKind.DISPUTED):
        chats.desk.clock.passes(minutes=11)
        await chats.happens(case, kind)
        assert await chats.told(minh) == [one(case)]
    chats.desk.clock.passes(minutes=11)
    for kind in (EventKind.ANSWERED, EventKind.NOTED, EventKind.CLOSED, EventKind.IDENTITY):
        await chats.happens(case, kind)
    assert await chats.told(minh) == await chats.told(hoa) == []


async def test_a_dispute_of_what_nobody_has_comes_to_the_desk_anew(quick_chats: Chats) -> None:
    minh = await quick_chats.staff("minh")
    case = await quick_chats.desk.case()
    await quick_chats.told(minh)
    quick_chats.desk.clock.passes(minutes=11)
    await quick_chats.happens(case, EventKind.ADDED)
    assert await quick_chats.told(minh) == []
    await quick_chats.happens(case, EventKind.DISPUTED)
    assert await quick_chats.told(minh) == [one(case)]


async def test_who_is_given_a_case_or_named_in_a_note_is_told(chats: Chats) -> None:
    minh, hoa = await chats.staff("minh"), await chats.staff("hoa")
    case = await chats.desk.case()
    await chats.looks()
    chats.desk.clock.passes(minutes=11)
    await chats.assigns(minh, case, hoa)
    await chats.looks()
    assert await chats.hears(hoa) == [one(case), one(case)]
    assert await chats.hears(minh) == [one(case)]
    chats.desk.clock.passes(minutes=11)
    async with chats.database.begin() as uow:
        version = (await chats.desk.now_is(case.code)).version
        await note_case(uow, staff=hoa, code=case.code, version=version, text="@minh bà Tư gọi lại", now=chats.now)
        await uow.commit()
    assert await chats.told(minh) == [one(case)]
    assert await chats.told(hoa) == []


async def test_what_is_no_news_any_more_is_not_told(chats: Chats) -> None:
    """Taken by a colleague, closed, given to somebody else, or joined to another, before it was time."""
    minh, hoa = await chats.staff("minh"), await chats.staff("hoa")
    await chats.desk.case()
    await chats.looks()
    assert (len(await chats.hears(minh)), len(await chats.hears(hoa))) == (1, 1)
    taken, closed, given, joined = [await chats.desk.case() for _ in range(4)]
    await chats.looks()
    await chats.takes(hoa, taken)
    await chats.assigns(hoa, given, minh)
    await chats.assigns(hoa, given, hoa)
    async with chats.database.begin() as uow:
        await uow.cases.change(await chats.desk.now_is(closed.code), status=CaseStatus.CLOSED, closed_at=chats.now)
        await uow.commit()
    async with chats.database._transaction() as connection:
        await connection.execute(cases.update().where(cases.c.id == joined.id).values(main_case_id=taken.id))
        await connection.commit()
    chats.desk.clock.passes(minutes=11)
    assert await chats.told(minh) == []


async def test_whoever_may_not_know_is_told_nothing_not_even_a_number(chats: Chats) -> None:
    """Barred after the case came and before it was time; the restricted desk is its readers' alone."""
    minh, hien = await chats.staff("minh"), await chats.staff("hien", Role.WARD_LEADER)
    about_minh, plain = await chats.desk.case(), await chats.desk.case()
    secret = await chats.desk.case(kind=CaseKind.CONDUCT)
    await bars(chats.desk, about_minh, minh)
    assert await chats.told(minh) == [one(plain)]
    assert await chats.told(hien) == [several(3)]
    chats.desk.clock.passes(minutes=11)
    await chats.takes(hien, secret)
    await chats.happens(secret, EventKind.ADDED)
    await chats.happens(about_minh, EventKind.DISPUTED)
    assert await chats.told(minh) == []
    assert await chats.told(hien) == [several(2)]


async def test_it_is_the_one_condition_that_keeps_it_from_them(quick_chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the barred officer would be told: the test before can fail."""
    minh = await quick_chats.staff("minh")
    case = await quick_chats.desk.case()
    await bars(quick_chats.desk, case, minh)
    monkeypatch.setattr(notices, "visible_to", lambda _viewer: true())
    monkeypatch.setattr(notices, "_waiting_for", notices._waiting_for.__wrapped__)  # not what is kept from before
    assert await quick_chats.told(minh) == [one(case)]


async def test_who_is_away_is_left_alone_and_the_deputy_is_told(chats: Chats) -> None:
    """Hien leads and sees the restricted desk; while Kim stands in, Kim hears of it. What bars Hien bars Kim through her."""
    kim, hien = await chats.staff("kim"), await chats.staff("hien", Role.WARD_LEADER)
    owned = await chats.desk.case(kind=CaseKind.CONDUCT)
    await chats.takes(hien, owned)
    await chats.told(hien)
    await chats.is_away(hien, kim, days=2)
    chats.desk.clock.passes(minutes=11)
    about_hien, secret = [await chats.desk.case(kind=CaseKind.CONDUCT) for _ in range(2)]
    await bars(chats.desk, about_hien, hien)
    assert await chats.told(kim) == [one(secret)]
    chats.desk.clock.passes(minutes=11)
    await chats.happens(owned, EventKind.ADDED)
    assert await chats.told(kim) == [one(owned)]
    assert await chats.told(hien) == []
    chats.desk.clock.passes(days=2)
    chats.desk.clock.at = hanoi(20, 12)
    late = await chats.desk.case(kind=CaseKind.CONDUCT)
    assert await chats.told(kim) == []
    assert await chats.told(hien) == [one(late)]


async def test_everybody_chooses_what_to_be_told_of(chats: Chats) -> None:
    """Minh wants what is his alone. Hoa wants no emergencies: hers are new cases like any, and wait for the morning."""
    minh, hoa = await chats.staff("minh"), await chats.staff("hoa")
    await chats.chooses(minh, arrived=False, emergency=False)
    await chats.chooses(hoa, emergency=False, resident=False)
    chats.desk.clock.at = hanoi(18, 23)
    fire = await chats.desk.case(is_emergency=True)
    assert await chats.told(minh) == await chats.told(hoa) == []
    chats.desk.clock.at = hanoi(19, 7)
    assert await chats.told(hoa) == [one(fire)]
    chats.desk.clock.passes(hours=1)
    await chats.takes(hoa, fire)
    await chats.happens(fire, EventKind.ADDED)
    assert await chats.told(hoa) == []
    await chats.assigns(hoa, fire, minh)
    assert await chats.told(minh) == [one(fire)]


@pytest.mark.parametrize("how", ["closed", "reset", "unlinked", "blocked"])
async def test_a_chat_that_is_not_theirs_any_more_hears_nothing(chats: Chats, how: str) -> None:
    """Also what waited already; and nothing is saved up for the day they are back."""
    minh, hoa = await chats.staff("minh"), await chats.staff("hoa")
    chats.desk.clock.at = hanoi(18, 22)
    await chats.desk.case()
    await chats.looks()
    async with chats.database.begin() as uow:
        if how == "closed":
            await uow.staff.set_disabled(minh.id, True)
        elif how == "reset":
            await uow.staff.set_password(minh.id, "argon2id$…", must_change=True)
        elif how == "unlinked":
            [chat] = await uow.staff_chats.of(minh.id)
            await uow.staff_chats.remove(minh.id, chat.id)
        await uow.commit()
    if how == "blocked":
        await chats.blocks(minh)
    chats.desk.clock.at = hanoi(19, 8)
    await chats.looks()
    assert await chats.hears(minh) == []
    assert len(await chats.hears(hoa)) == 1
    async with chats.database.begin() as uow:
        await uow.staff.set_disabled(minh.id, False)
        await uow.commit()
    if how not in ("blocked",):
        await chats.links(minh)
    chats.desk.clock.passes(hours=1)
    assert await chats.told(minh) == []


async def test_a_process_that_dies_before_its_commit_tells_nobody_twice_and_forgets_nothing(chats: Chats) -> None:
    """Queued but not committed is not queued; the next process says it once."""
    minh, case = await chats.staff("minh"), await chats.desk.case()
    for _ in range(2):
        async with chats.database.begin() as uow:
            await uow.notices.take_turn()
            assert await spread_facts(uow, now=chats.now, most=10) == 1
            assert await tell_due(uow, now=chats.now, zone=HANOI, public_url=URL, most=10) == 1
    assert await chats.hears(minh) == []
    assert await chats.told(minh) == [one(case)]
    assert await chats.told(minh) == []


async def test_several_processes_tell_everybody_once(database_place: Place, bell: Bell) -> None:
    """Two on PostgreSQL, one opened after the other on SQLite: what waited when the first ended is told by the next."""
    first = database_place.database(bell)
    await first.open()
    async with open_desk(first, bell) as desk:
        desk.clock.at = hanoi(18, 10)
        chats = Chats(desk)
        staff = [await chats.staff(f"minh{number}") for number in range(25)]
        for _ in range(4):
            await desk.case()
        calendar = chats.calendar
    await first.close()
    again = [database_place.database(bell) for _ in range(2 if database_place.engine == "postgresql" else 1)]
    for database in again:
        await database.open()

    async def run(database: Database) -> None:
        while await DueNotices(database, calendar, URL).do(hanoi(18, 11)):
            pass

    await asyncio.gather(*(run(database) for database in again))
    async with open_desk(again[0], bell) as desk:
        desk.clock.at = hanoi(18, 11)
        chats = Chats(desk)
        assert [await chats.hears(member) for member in staff] == [[several(4)]] * 25
    for database in again:
        await database.close()


async def test_a_look_that_finds_nothing_takes_no_lock(quick_chats: Chats) -> None:
    """It may look every three seconds, also while somebody else writes."""
    await quick_chats.staff("minh")
    async with quick_chats.database.begin():
        async with asyncio.timeout(1):
            await quick_chats.looks()


async def test_choices_are_kept_with_the_next_morning(quick_chats: Chats) -> None:
    minh = await quick_chats.staff("minh")
    async with quick_chats.database.reading() as uow:
        assert await uow.notices.choices(minh.id) == Choices()
        assert await uow.notices.digests_due(hanoi(19, 8) - timedelta(seconds=1), most=5) == []
        assert await uow.notices.digests_due(hanoi(19, 8), most=5) == [minh.id]
    await quick_chats.chooses(minh, digest=False)
    async with quick_chats.database.reading() as uow:
        assert await uow.notices.digests_due(hanoi(30, 8), most=5) == []
