"""Whoever must act on a proposal, a plan that came back or a ward that is late hears of it; never whom it is about."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.bell import Bell
from bot.domain.case import Case, CaseId, CaseKind, Desk
from bot.domain.disputing import closers_disputed
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffId, StaffMember
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import Viewer
from bot.services.note_case import note_case
from bot.services.postpone_case import postpone_case
from bot.services.two_people import return_proposal
from bot.web import keys
from handlers.timekeeping import DueNotices, DuePlans, DueWarnings
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, open_desk
from tests.services.test_closing_gate import closes
from tests.services.test_two_people import confirms, proposes
from tests.services.told import URL, Chats, hanoi


@pytest.fixture
async def chats(database: Database, bell: Bell) -> AsyncIterator[Chats]:
    async with open_desk(database, bell) as desk:
        desk.clock.at = hanoi(18, 10)
        yield Chats(desk)


async def who_hears(chats: Chats, case: Case, *people: StaffMember) -> list[str]:
    """Who was pinged about this case since the last time; a ping an hour, so that none waits behind another."""
    chats.desk.clock.passes(hours=1)
    await chats.looks()
    return [one.username for one in people if any(case.code in line for line in await chats.hears(one))]


async def test_who_may_decide_hears_that_it_waits_and_who_proposed_what_became_of_it(chats: Chats) -> None:
    """Hoa proposes; the leader and a second restricted officer hear of it, not the one whom the report names."""
    hoa, khoa, named = [await chats.staff(name, Role.RESTRICTED_OFFICER) for name in ("hoa", "khoa", "named")]
    chief, minh = await chats.staff("chief", Role.WARD_LEADER), await chats.staff("minh")
    everybody = (hoa, khoa, named, chief, minh)
    case = await chats.desk.case(kind=CaseKind.CONDUCT)
    async with chats.database.begin() as uow:
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=named.id, why=Why.ACCUSED)])
        await uow.commit()
    await who_hears(chats, case, *everybody)
    proposal = await proposes(chats.desk, hoa, case)
    assert await who_hears(chats, case, *everybody) == ["khoa", "chief"]
    assert await who_hears(chats, case, *everybody) == [], "once"
    async with chats.database.begin() as uow:
        await return_proposal(
            uow,
            staff=chief,
            code=case.code,
            version=proposal.version,
            proposal_id=proposal.id,
            answer="Chưa hỏi người tố giác.",
            now=chats.now,
        )
        await uow.commit()
    assert await who_hears(chats, case, *everybody) == ["hoa"]
    again = await proposes(chats.desk, hoa, case)
    await who_hears(chats, case, *everybody)
    async with chats.database.begin() as uow:
        await note_case(uow, staff=khoa, code=case.code, version=again.version, text="Còn nhân chứng.", now=chats.now)
        await uow.commit()
    assert await who_hears(chats, case, *everybody) == ["hoa"], "what she proposed is void"
    await proposes(chats.desk, hoa, case)
    await who_hears(chats, case, *everybody)
    last = await proposes(chats.desk, khoa, case)
    assert await who_hears(chats, case, *everybody) == ["hoa", "chief"], "another's took its place"
    await confirms(chats.desk, chief, case, last)
    assert await who_hears(chats, case, *everybody) == []


async def test_what_was_decided_meanwhile_is_no_news(chats: Chats) -> None:
    """Proposed and confirmed between two looks; and a deputy hears it in the leader's place, unless it is theirs."""
    hoa, chief = await chats.staff("hoa", Role.RESTRICTED_OFFICER), await chats.staff("chief", Role.WARD_LEADER)
    case, other = [await chats.desk.case(kind=CaseKind.CONDUCT) for _ in range(2)]
    await who_hears(chats, case, hoa, chief)
    await confirms(chats.desk, chief, case, await proposes(chats.desk, hoa, case))
    assert await who_hears(chats, case, hoa, chief) == []
    deputy = await chats.staff("deputy", Role.RESTRICTED_OFFICER)
    await chats.is_away(chief, deputy, days=2)
    await who_hears(chats, other, deputy)
    await proposes(chats.desk, deputy, other)
    assert await who_hears(chats, other, deputy, chief, hoa) == ["hoa"]


async def test_a_third_new_day_is_told_to_those_who_may_agree(chats: Chats) -> None:
    minh, tam, chief = [
        await chats.staff(name, role)
        for name, role in (("minh", Role.WARD_OFFICER), ("tam", Role.WARD_OFFICER), ("chief", Role.WARD_LEADER))
    ]
    case = await chats.desk.case()
    for day in (1, 10, 20):
        await who_hears(chats, case, minh, tam, chief)
        async with chats.database.begin() as uow:
            await postpone_case(
                uow,
                staff=minh,
                code=case.code,
                version=(await chats.desk.now_is(case.code)).version,
                day=date(2026, 12, day),
                reason="Chờ vật tư.",
                now=chats.now,
                wards=chats.desk.server.app[keys.WARDS],
                zone=chats.calendar.current().timezone,
            )
            await uow.commit()
    assert await who_hears(chats, case, minh, tam, chief) == ["chief"]


async def test_a_plan_that_comes_back_is_told_to_its_owner(chats: Chats) -> None:
    """Who has it still, with some days to do something; one that nobody has is told to its desk."""
    minh, tam = await chats.staff("minh"), await chats.staff("tam")
    mine, nobodys = [await chats.desk.case() for _ in range(2)]
    await chats.takes(minh, mine)
    for case in (mine, nobodys):
        await closes(chats.desk, minh, case, Outcome.PLANNED)
    await who_hears(chats, mine, minh, tam)
    chats.desk.clock.passes(days=31)
    assert await DuePlans(chats.database, chats.desk.server.app[keys.CITY]).do(chats.now) == 2
    back = await chats.desk.now_is(mine.code)
    assert (back.owner_id, back.owner_until is not None and back.owner_until > chats.now) == (minh.id, True)
    chats.desk.clock.passes(hours=1)
    await chats.looks()
    heard = {one.username: "\n".join(await chats.hears(one)) for one in (minh, tam)}
    assert "2" in heard["minh"], "both, in one ping"
    assert nobodys.code in heard["tam"]
    assert mine.code not in heard["tam"]


async def test_the_city_hears_of_late_wards_without_a_word_of_a_case(chats: Chats) -> None:
    """How many, and of which ward: no code, nothing of a closed desk; at its own desks it hears of the case itself."""
    ngoc, thanh = await chats.staff("ngoc", Role.CITY_COORDINATOR), await chats.staff("thanh", Role.INSPECTOR)
    wards = chats.desk.server.app[keys.WARDS]
    for ward, kind in (
        (PHU_THUONG, CaseKind.VIOLATION),
        (PHU_THUONG, CaseKind.VIOLATION),
        (HOAN_KIEM, CaseKind.VIOLATION),
        (HOAN_KIEM, CaseKind.CONDUCT),
        (None, CaseKind.VIOLATION),
    ):
        await chats.desk.case(ward=ward, kind=kind, due_in=timedelta(days=2))
    chats.desk.clock.at = hanoi(19, 11)
    await _warns(chats)
    await chats.hears(ngoc)
    chats.desk.clock.at = hanoi(24, 11)
    await _warns(chats)
    async with chats.database.reading() as uow:
        seen = {line.code for line in (await uow.cases.queue(Viewer.of(ngoc))).lines}
    [told] = await chats.hears(ngoc)
    assert f"{wards[PHU_THUONG].full_name} (2), {wards[HOAN_KIEM].full_name} (1)" in told
    named = {case for case in await _codes(chats) if case in told}
    assert named == seen
    assert len(named) == 1
    assert any("5" in line for line in await chats.hears(thanh)), "who reads everything hears of everything"


async def _warns(chats: Chats) -> None:
    while await DueWarnings(chats.database, chats.calendar).do(chats.now):
        pass
    work = DueNotices(chats.database, chats.calendar, URL, chats.desk.server.app[keys.WARDS])
    while await work.do(chats.now):
        pass


async def _codes(chats: Chats) -> list[str]:
    async with chats.database.reading() as uow:
        return [case.code for case in await uow.cases.export()]


@pytest.mark.parametrize(
    ("between", "barred"),
    [
        ((), {1, 2}),
        ((EventKind.UNPROPOSED,), {2}),  # sent back
        ((EventKind.MOVED,), {2}),  # void: at the new desk one person is enough
        ((EventKind.ADDED, EventKind.MOVED), {2}),
        ((EventKind.ESCALATED,), {1, 2}),  # a warning changes nothing
    ],
)
def test_a_void_proposal_bars_nobody(between: tuple[EventKind, ...], barred: set[int]) -> None:
    """Whoever proposed a closing that never was may judge the case that somebody else closed wrongly."""
    happened = [
        (EventKind.PROPOSED, 1, {"what": "close"}),
        *((kind, None, {}) for kind in between),
        (EventKind.CLOSED, 2, {"outcome": "done"}),
        (EventKind.DISPUTED, None, {"desk": Desk.GENERAL.value}),
    ]
    timeline = [
        CaseEvent(case_id=CaseId(1), kind=kind, at=hanoi(18, 10), staff_id=StaffId(by) if by else None, details=details)
        for kind, by, details in happened
    ]
    assert closers_disputed(timeline) == barred
