"""Deadlines through the real services: what is stored with a case is what its events say, whatever happens to it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.clocks.fold import fold
from bot.domain.clocks.state import Clock, Step, next_alarm
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Role, StaffMember
from bot.domain.ward import WardCode
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.add_to_case import add_to_case
from bot.services.answer_case import answer_case
from bot.services.close_case import close_case
from bot.services.come_back import bring_back
from bot.services.deadlines import promise_anew, wait_for_resident
from bot.services.dispute_case import dispute_case
from bot.services.escalate import escalate
from bot.services.file_case import file_case
from bot.services.lay_again import lay_deadlines_again
from bot.services.move_case import move_case
from bot.services.own_case import hand_back_case, take_case
from bot.services.postpone_case import postpone_case
from storage import Database
from tests.closing import report
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
        self.said += 1
        draft = Draft(
            serial=f"ABC{self.said}",
            started_at=self.now,
            parts=(DraftPart(source_id=f"m{self.said}", text="Rác ở ngõ 12."),),
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

    async def plans(self, uow: UnitOfWork, case: Case) -> None:
        """Closed, and back by itself when its day is over."""
        today = CITY.day_of(self.now)
        await self.closes(uow, case, Outcome.PLANNED, planned_for=today + timedelta(days=2))

    async def closes(self, uow: UnitOfWork, case: Case, outcome: Outcome = Outcome.DONE, **more: Any) -> None:
        await close_case(
            uow,
            staff=self.minh,
            code=case.code,
            version=case.version,
            report=report(outcome, today=CITY.day_of(self.now), **more),
            now=self.now,
            wards=CITY.wards,
            zone=CITY.zone,
        )

    async def comes_back(self, uow: UnitOfWork, _case: Case) -> None:
        await bring_back(uow, now=self.now, city=CITY, most=9)

    async def postpones(self, uow: UnitOfWork, case: Case) -> None:
        day = max(CITY.day_of(self.now), CITY.day_of(case.due_at)) + timedelta(days=3)
        await postpone_case(
            uow,
            staff=self.minh,
            code=case.code,
            version=case.version,
            day=day,
            reason="Chờ vật tư.",
            now=self.now,
            wards=CITY.wards,
            zone=CITY.zone,
        )

    async def a_day_becomes_free(self, uow: UnitOfWork, _case: Case) -> None:
        """The third day from now: some deadlines lie behind it."""
        day = CITY.day_of(self.now) + timedelta(days=3)
        await uow.calendar.put(day, is_worked=False, note="nghỉ bù")
        await uow.calendar.sweep(day, self.now)
        while await lay_deadlines_again(uow, calendar=CITY.calendar, now=self.now, most=9):
            pass

    async def warns(self, uow: UnitOfWork, _case: Case) -> None:
        """As the loop does, in the hours of work and out of them."""
        while await escalate(uow, calendar=CITY.calendar, now=self.now, most=9):
            pass


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


async def test_a_new_day_is_warned_of_anew(story: Story) -> None:
    """Owner, leader and city heard that the first day went by; a new one is promised, and goes by too."""
    await story.file()
    for _ in range(4):
        late = await story.does(story.warns, days=20)
    steps = {(Clock.RESOLVE, step) for step in Step}
    assert steps <= late.clocks.told
    others = late.clocks.told - steps
    postponed = await story.does(story.postpones, hours=1)
    assert postponed.clocks.told == others, "of the other clocks nobody is warned twice"
    again = next_alarm(postponed.clocks)
    assert again is None or again.at < postponed.due_at
    for _ in range(4):
        late = await story.does(story.warns, days=5)
    assert steps <= late.clocks.told


async def test_a_planned_case_that_comes_back_begins_anew(story: Story) -> None:
    """Warned, answered, planned: when it is back nobody has taken it on, answered it, or was warned of it."""
    await story.file()
    await story.does(story.warns, days=1)
    await story.does(story.answers, hours=1)
    await story.does(story.plans, hours=1)
    back = await story.does(story.comes_back, days=4)
    assert back.status is CaseStatus.OPEN
    assert (back.clocks.began_at, back.clocks.told, back.clocks.waits_since) == (story.now, frozenset(), None)
    assert back.clocks.accepted_at is back.clocks.answered_at is None
    assert back.clocks.accept_due_at is not None
    assert back.clocks.answer_due_at is not None


ACTS = (
    *("takes", "hands_back", "asks", "answers", "moves", "promises", "speaks", "disputes", "plans", "closes"),
    *("comes_back", "postpones", "a_day_becomes_free", "warns"),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 300)), min_size=8, max_size=20))
async def test_whatever_happens_replay_equals_live(story: Story, acts: list[tuple[str, int]]) -> None:
    """Each act through its service, hours apart; one that may not be done at that moment changes nothing."""
    story.now = max(story.now, MONDAY)
    await story.file()
    for act, hours in acts:
        with suppress(BotError):  # said before anything is written
            case = await story.does(getattr(story, act), hours=hours)
            clocks = case.clocks
            alarm = next_alarm(clocks)
            assert clocks.stood >= timedelta()
            assert clocks.waits_since is None or clocks.closed_at is None
            assert alarm is None or clocks.is_running
