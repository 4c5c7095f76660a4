"""1.3.8: years go by, and only what may fade does: closed, answered, announced thirty days before; all of it counts on."""

from datetime import datetime, timedelta
from random import Random

import pytest

from bot.domain.case import Case, CaseId, CaseKind, CaseStatus, Desk
from bot.domain.keeping import USUAL_MONTHS, WARNED_FOR, months_before
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.ports import UnitOfWork
from storage import Database
from tests.security.test_retention import WORDS, counted, fades
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case

DAY = timedelta(days=1)
CASES, YEARS, STEP = 30, 9, 24 * DAY


class Years:
    """What happened to each case, as the people of the city would tell it."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.ids: list[CaseId] = []
        self.wrote_late: dict[CaseId, datetime] = {}
        self.told: dict[CaseId, datetime] = {}  # the newest announcement
        self.faded: dict[CaseId, datetime] = {}

    async def begin(self, uow: UnitOfWork) -> None:
        for number in range(CASES):
            case = await file_case(
                uow,
                address=Address(Channel.TELEGRAM, str(80_000 + number)),
                text=f"{WORDS} {number}",
                kind=self.chance.choice(list(CaseKind)),
                ward=self.chance.choice([TAY_HO, BA_DINH]),
                desk=Desk.RESTRICTED if number % 6 == 0 else Desk.GENERAL,
            )
            self.ids.append(case.id)

    async def live(self, uow: UnitOfWork, now: datetime) -> None:
        """A few are closed; of the closed ones some are opened again, or written to by their residents."""
        for case_id in self.chance.sample(self.ids, 4):
            case = await uow.cases.by_id(case_id)
            assert case is not None
            if case.erased_at is not None:
                continue
            if case.status is CaseStatus.OPEN:
                await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=now))
                await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=now)
            elif self.chance.random() < 0.1:
                await uow.cases.change(case, status=CaseStatus.OPEN, outcome=None, closed_at=None)
            elif self.chance.random() < 0.1:
                await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text=WORDS, at=now))
                self.wrote_late[case.id] = now

    async def looks(self, uow: UnitOfWork, before: dict[CaseId, Case], now: datetime) -> None:
        """What was done at this look was right, case by case."""
        for case_id in self.ids:
            case, was = await uow.cases.by_id(case_id), before[case_id]
            assert case is not None
            told = [one.at for one in await uow.cases.timeline(case_id) if one.kind is EventKind.FADING]
            if case.erased_at is not None and case_id not in self.faded:
                self.faded[case_id] = now
                assert was.status is CaseStatus.CLOSED
                assert was.closed_at is not None
                assert self.wrote_late.get(case_id, was.closed_at) <= was.closed_at, "nobody read what its resident wrote"
                assert was.closed_at < self.told[case_id] <= now - WARNED_FOR, "announced since it was closed, long enough"
                assert was.closed_at <= self.over(was, now), "and over its time"
                assert WORDS not in case.text
            if told:
                self.told[case_id] = told[-1]

    def over(self, case: Case, now: datetime) -> datetime:
        months = USUAL_MONTHS[case.kind]
        if case.desk is Desk.RESTRICTED:
            months = max(months, USUAL_MONTHS[CaseKind.CONDUCT])
        return months_before(now, months)

    def is_overdue(self, case: Case, now: datetime) -> bool:
        """Whether nothing stood in its way, long ago."""
        if case.closed_at is None or case.erased_at is not None:
            return False
        is_read = self.wrote_late.get(case.id, case.closed_at) <= case.closed_at
        return is_read and case.closed_at <= self.over(case, now - WARNED_FOR - 2 * STEP)


@pytest.mark.parametrize("seed", [1, 2])
async def test_over_nine_years_nothing_fades_too_soon_and_nothing_stays_for_ever(
    sqlite_database: Database, seed: int
) -> None:
    """1.3.8: Every case at every look; each time some fade, every figure of the city is what it was the moment before."""
    years, now, times = Years(seed), NOW, 0
    async with sqlite_database.begin() as uow:
        await years.begin(uow)
        await uow.commit()
    while now < NOW + YEARS * 365 * DAY:
        now += STEP
        async with sqlite_database.begin() as uow:
            await years.live(uow, now)
            before = {case_id: case for case_id in years.ids if (case := await uow.cases.by_id(case_id))}
            await uow.commit()
        figures = await counted(sqlite_database, now) if times < 8 else []
        faded, _ = await fades(sqlite_database, now)
        if faded and figures:
            assert await counted(sqlite_database, now) == figures
            times += 1
        async with sqlite_database.reading() as uow:
            await years.looks(uow, before, now)
            late = [
                case for case_id in years.ids if (case := await uow.cases.by_id(case_id)) and years.is_overdue(case, now)
            ]
        assert late == []
    assert times >= 3
    assert 5 < len(years.faded) < CASES, "some went, and some may not go"
    assert any(case_id not in years.faded for case_id in years.wrote_late)
