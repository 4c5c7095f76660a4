"""Deadlines through the real services: what is stored with a case is what its events say, whatever happens to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.case import Case, CaseKind
from bot.domain.clocks.fold import fold
from bot.domain.clocks.state import next_alarm
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Address, Channel, Role, StaffMember
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork
from bot.services.add_to_case import add_to_case
from bot.services.answer_case import answer_case
from bot.services.deadlines import promise_anew, wait_for_resident
from bot.services.dispute_case import dispute_case
from bot.services.file_case import file_case
from bot.services.move_case import move_case
from bot.services.own_case import hand_back_case, take_case
from storage import Database
from tests.dialogue.driver import MONDAY, hanoi

CITY = hanoi()
NEVER = datetime.max.replace(tzinfo=UTC)  # what a filing tells counts, never the row
TAY_HO, BA_DINH = WardCode("00103"), WardCode("00004")
LAN = Address(Channel.WEBCHAT, "lan")


@dataclass
class Story:
    """One case, its resident and its officers, and a clock that moves when told."""

    database: Database
    minh: StaffMember
    lan: StaffMember
    now: datetime = MONDAY
    said: int = 0
    case: Case = field(init=False)

    async def does(self, act: Callable[[UnitOfWork, Case], Awaitable[object]], **later: float) -> Case:
        """Some time later; what is stored must be what the events say."""
        self.now += timedelta(**later)
        async with self.database.begin() as uow:
            await act(uow, await self._read(uow))
            await uow.commit()
        async with self.database.reading() as uow:
            self.case = await self._read(uow)
            events = await uow.cases.timeline(self.case.id)
            replayed = fold(
                events, created_at=self.case.created_at, due_at=datetime.max.replace(tzinfo=UTC), is_urgent=False
            )
            assert replayed == self.case.clocks
            assert (self.case.due_at, self.case.closed_at) == (replayed.due_at, replayed.closed_at)
            alarm = next_alarm(replayed)
            assert await uow.cases.alarm_of(self.case.id) == (alarm.at if alarm else None)
        return self.case

    async def _read(self, uow: UnitOfWork) -> Case:
        found = await uow.cases.by_id(self.case.id)
        assert found
        return found

    async def file(self) -> Case:
        draft = Draft(
            serial="ABC234",
            started_at=self.now,
            parts=(DraftPart(source_id="m1", text="Rác ở ngõ 12."),),
            kind=CaseKind.VIOLATION,
            category="vio_litter",
            ward_codes=(TAY_HO,),
        )
        async with self.database.begin() as uow:
            self.case = await file_case(uow, conversation=Conversation(address=LAN), draft=draft, city=CITY, now=self.now)
            await uow.commit()
        return self.case

    async def takes(self, uow: UnitOfWork, case: Case) -> None:
        await take_case(uow, staff=self.minh, code=case.code, version=case.version, now=self.now, calendar=CITY.calendar)

    async def hands_back(self, uow: UnitOfWork, case: Case) -> None:
        await hand_back_case(uow, staff=self.minh, code=case.code, version=case.version, now=self.now)

    async def asks(self, uow: UnitOfWork, case: Case) -> None:
        await self.answers(uow, case)
        await wait_for_resident(uow, case, staff_id=self.minh.id, now=self.now)

    async def answers(self, uow: UnitOfWork, case: Case) -> None:
        await answer_case(
            uow, staff=self.minh, code=case.code, version=case.version, text="Ngõ nào ạ?", now=self.now, wards=CITY.wards
        )

    async def moves(self, uow: UnitOfWork, case: Case) -> None:
        await move_case(
            uow, staff=self.minh, code=case.code, version=case.version, ward_code=BA_DINH, now=self.now, wards=CITY.wards
        )

    async def promises(self, uow: UnitOfWork, case: Case) -> None:
        await promise_anew(uow, case, self.now + timedelta(days=9), self.now, staff_id=self.minh.id)

    async def speaks(self, uow: UnitOfWork, case: Case) -> None:
        self.said += 1
        part = DraftPart(source_id=f"more{self.said}", text=f"Ngõ {self.said}")
        await add_to_case(uow, case=case, part=part, now=self.now, city=CITY)

    async def disputes(self, uow: UnitOfWork, case: Case) -> None:
        await dispute_case(uow, case=case, part=None, city=CITY, now=self.now)


@pytest.fixture
async def story(database: Database) -> Story:
    async with database.begin() as uow:
        minh, lan = [
            await uow.staff.add(
                username=name,
                full_name=name.title(),
                role=Role.WARD_OFFICER,
                ward_code=ward,
                password_hash="x",
                must_change_password=False,
                now=MONDAY,
            )
            for name, ward in (("minh", TAY_HO), ("hoa", BA_DINH))
        ]
        await uow.commit()
    return Story(database, minh, lan)


async def test_what_is_stored_is_what_the_events_say(story: Story) -> None:
    """Taken, given back, taken, asked, answered, promised anew, moved on: replay equals live at each step."""
    filed = await story.file()
    assert (await story.does(story.takes, hours=1)).clocks.accepted_at == story.now
    assert (await story.does(story.hands_back, hours=1)).clocks.accepted_at is None
    await story.does(story.takes, hours=1)
    asked = await story.does(story.asks, hours=20)
    assert (asked.clocks.waits_since, asked.due_at) == (story.now, filed.due_at)
    spoke = await story.does(story.speaks, days=2)
    assert spoke.clocks.waits_since is None
    assert spoke.due_at == filed.due_at + timedelta(days=2)
    promised = await story.does(story.promises, days=1)
    assert promised.due_at == story.now + timedelta(days=9)
    moved = await story.does(story.moves, hours=3)
    assert moved.clocks == promised.clocks, "moving changes no clock"


async def test_a_question_that_the_resident_answers_at_once_costs_nobody_a_day(story: Story) -> None:
    filed = await story.file()
    await story.does(story.asks, hours=1)
    spoke = await story.does(story.speaks, minutes=10)
    assert timedelta() < spoke.due_at - filed.due_at < timedelta(days=1)
