"""The dashboard's figures, however an engine counts them, are those of a plain reading of the cases, one after the other."""

import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, select, update

from bot.domain.case import CaseId, CaseStatus, Desk
from bot.domain.closing import NewClosing
from bot.domain.figures import By, Figures, Hours, Outcomes
from bot.domain.outcome import Outcome
from bot.domain.people import WARD_ROLES, Address, Channel, Role, StaffId
from bot.domain.rights import RIGHTS, Right
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from storage import Database
from storage.case_tally import COUNTED, WEIGHT, count_closing, digits
from storage.link import Link
from storage.tables import cases
from storage.unit_of_work import SqlUnitOfWork
from tests.closing import PROOF, report
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, hire, officer
from tests.storage.test_plans import plan

OF_CLOSINGS = ("closings", "objections", "reopenings", "bare", "quick", "overrides", "untold")
OF_CASES = ("postponed", "escalated", "undelivered")
START, END = NOW - timedelta(days=30), NOW - timedelta(days=1)
SEEN_BY = {  # desks, and whether of Tây Hồ alone
    Role.WARD_OFFICER: ({Desk.GENERAL}, True),
    Role.WARD_LEADER: ({Desk.GENERAL, Desk.RESTRICTED}, True),
    Role.CITY_COORDINATOR: ({Desk.UNPLACED, Desk.LEADERS}, False),
    Role.INSPECTOR: (set(Desk), False),
}
PLACES = [
    (TAY_HO, Desk.GENERAL),
    (TAY_HO, Desk.RESTRICTED),
    (BA_DINH, Desk.GENERAL),
    (None, Desk.UNPLACED),
    (BA_DINH, Desk.LEADERS),
]
moments = st.integers(0, 40 * 24 * 3600).map(lambda seconds: NOW - timedelta(seconds=seconds))
at_the_edge = st.sampled_from([START, END, START - timedelta(seconds=1), END - timedelta(seconds=1)])


@dataclass(frozen=True)
class Told:
    """What became of a generated case."""

    place: tuple[WardCode | None, Desk]
    category: str
    channel: Channel
    created_at: datetime
    due_at: datetime
    answered_after: int | None  # seconds; a clock set back makes it negative
    closed_after: int | None
    outcome: Outcome
    happened: dict[str, int]  # as `storage.case_tally` names it
    hops: int
    is_joined: bool
    is_barred: bool

    @property
    def names(self) -> dict[By, str]:
        ward, desk = self.place
        return {By.WARD: ward or "", By.DESK: desk.value, By.CATEGORY: self.category, By.CHANNEL: self.channel.value}


seconds = st.one_of(st.none(), st.integers(-7200, 500 * 3600), st.sampled_from([0, 3599, 3600, 7199]))
tales = st.builds(
    Told,
    place=st.sampled_from(PLACES),
    category=st.sampled_from(["lighting", "", "a b"]),
    channel=st.sampled_from(Channel),
    created_at=st.one_of(moments, at_the_edge),
    due_at=st.one_of(moments, st.just(NOW), st.just(NOW + timedelta(days=3))),
    answered_after=seconds,
    closed_after=seconds,
    outcome=st.sampled_from(Outcome),
    happened=st.fixed_dictionaries({}, optional={name: st.integers(0, 31) for name in COUNTED}),
    hops=st.integers(0, 2),
    is_joined=st.booleans(),
    is_barred=st.booleans(),
)


def plainly(told: list[Told], by: By, role: Role) -> dict[str, Figures]:
    """One case after the other, as anybody would count them by hand."""
    desks, is_of_ward = SEEN_BY[role]
    found: dict[str, Figures] = {}
    for one in told:
        ward, desk = one.place
        if one.is_joined or one.is_barred or desk not in desks or (is_of_ward and ward != TAY_HO):
            continue
        is_open = one.closed_after is None
        figures = Figures(waiting=is_open, overdue=is_open and one.due_at < NOW)
        if START <= one.created_at < END:
            disputes = one.happened.get("objections", 0)
            figures += Figures(
                accepted=1,
                closed=not is_open,
                outcomes=Outcomes({} if is_open else {one.outcome: 1}),
                kept=not is_open and not _is_late(one),
                missed=_is_late(one),
                disputed=disputes > 0,
                reopened=disputes > 0 and is_open,
                moved=one.hops > 0,
                **{name: one.happened.get(name, 0) for name in OF_CLOSINGS},
                **{name: one.happened.get(name, 0) > 0 for name in OF_CASES},
                to_answer=_hours(one.answered_after),
                to_close=_hours(one.closed_after),
            )
        if figures != Figures():
            name = one.names[by]
            found[name] = found.get(name, Figures()) + figures
    return found


def _is_late(one: Told) -> bool:
    """Closed after its deadline; or open, and the minute of its deadline is over."""
    if one.closed_after is None:
        return one.due_at.replace(second=0, microsecond=0) < NOW
    return one.created_at + timedelta(seconds=one.closed_after) > one.due_at


def _hours(after: int | None) -> Hours:
    return Hours() if after is None else Hours({max(after // 3600, 0): 1})


async def is_there(uow: UnitOfWork, number: int, one: Told) -> CaseId:
    ward, desk = one.place
    address = Address(one.channel, f"r{number}")
    case = await file_case(uow, address=address, ward=ward, desk=desk, category=one.category, source_id=f"s{number}")
    after = {
        name: None if seconds is None else one.created_at + timedelta(seconds=seconds)
        for name, seconds in (("first_answer_at", one.answered_after), ("closed_at", one.closed_after))
    }
    became = {name: getattr(one, name) for name in ("created_at", "due_at", "hops")} | after
    became["disputes"] = one.happened.get("objections", 0)
    became["tally"] = sum(WEIGHT[name] * times for name, times in one.happened.items())
    became["outcome"] = None if one.closed_after is None else one.outcome
    became["status"] = CaseStatus.OPEN if one.closed_after is None else CaseStatus.CLOSED
    became["main_case_id"] = 10**6 if one.is_joined else None
    assert isinstance(uow, SqlUnitOfWork)
    await uow._link.run(update(cases).where(cases.c.id == case.id).values(became))
    return case.id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=st.lists(tales, max_size=14))
async def test_the_figures_are_those_of_counting_by_hand(database: Database, told: list[Told]) -> None:
    """For every role and every breakdown; cases at the edges of the period, joined and barred ones included."""
    async with database.begin() as uow:  # never committed: the next city begins with none
        members = {role: await hire(uow, role.value, TAY_HO if role in WARD_ROLES else None, role) for role in SEEN_BY}
        ids = [await is_there(uow, number, one) for number, one in enumerate(told)]
        for member in members.values():
            barred = [case_id for case_id, one in zip(ids, told, strict=True) if one.is_barred]
            await uow.exclusions.add([Exclusion(case_id=one, staff_id=member.id, why=Why.OTHER) for one in barred])
        for role, member in members.items():
            viewer = Viewer.of(member).wanting(Right.DASHBOARD)
            for by in By:
                found = await uow.figures.by(viewer, by, start=START, end=END, now=NOW)
                expected = plainly(told, by, role) if Right.DASHBOARD in RIGHTS[role] else {}
                assert {name: _comparable(figures) for name, figures in found.items()} == {
                    name: _comparable(figures) for name, figures in expected.items()
                }, (role, by)
            total = await uow.figures.total(viewer, start=START, end=END, now=NOW)
            both = sum((figures for figures in expected.values()), Figures())
            assert _comparable(total) == _comparable(replace(both, waiting=0, overdue=0)), role


def _comparable(figures: Figures) -> tuple[object, ...]:
    counts = tuple(+Counter(dict(one.counts)) for one in (figures.outcomes, figures.to_answer, figures.to_close))
    numbers = [one.name for one in fields(Figures) if isinstance(one.default, int)]
    assert "overrides" in numbers
    return (*(int(getattr(figures, name)) for name in numbers), *counts)


async def test_a_period_is_counted_without_fetching_a_case(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From one index, in its own order: nothing is sorted, whatever the figures are broken down by."""
    asked: list[Executable] = []
    row = Link.row

    async def heard(link: Link, statement: Any, *values: Any) -> Any:
        asked.append(statement)
        return await row(link, statement, *values)

    monkeypatch.setattr(Link, "row", heard)
    viewer = officer(None, Role.INSPECTOR).wanting(Right.DASHBOARD)
    async with sqlite_database.reading() as uow:
        for by in By:
            assert await uow.figures.by(viewer, by, start=START, end=END, now=NOW) == {}
    assert len(asked) == 2 * len(By)
    for number, statement in enumerate(asked):
        index = "ix_cases_tally" if number % 2 else "ix_cases_every_queue"
        steps = await plan(sqlite_database, statement)
        assert re.match(rf"SEARCH cases USING (COVERING )?INDEX {index} ", steps[0]), steps
        assert "TEMP B-TREE" not in "\n".join(steps)


async def test_what_happens_to_a_case_is_counted_on_its_row(database: Database) -> None:
    """Each thing for itself; a case to which one thing happens more often than a digit holds stays at the digit's end."""
    async with database.begin() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        case, other = [await file_case(uow) for _ in range(2)]
        for kind, details, times in (
            (EventKind.CLOSED, {"outcome": "done"}, 3),
            (EventKind.DISPUTED, {"times": "1"}, 1),
            (EventKind.ADDED, {"reopened": "yes"}, 2),
            (EventKind.ADDED, None, 5),
            (EventKind.ANSWERED, None, 4),
            (EventKind.UNDELIVERED, {"reply": "1", "error": "blocked"}, 3),  # a reminder
            (EventKind.UNDELIVERED, {"reply": "2", "error": "blocked", "answer": "yes"}, 1),
        ):
            for _ in range(times):
                await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=NOW, details=details))
        await count_closing(uow._link, case.id, is_bare=True, is_quick=False, is_overridden=True)
        for _ in range(40):
            await count_closing(uow._link, other.id, is_bare=False, is_quick=True, is_overridden=False)
        [first, second] = [row.tally for row in await uow._link.rows(select(cases.c.tally).order_by(cases.c.id))]
    counted = {"closings": 3, "objections": 1, "reopenings": 2, "bare": 1, "overrides": 1, "undelivered": 1}
    assert digits(first) == dict.fromkeys(COUNTED, 0) | counted
    assert digits(second) == dict.fromkeys(COUNTED, 0) | {"quick": 31}


@dataclass(frozen=True)
class Closed:
    """A closing of a generated case."""

    closer: int | None  # of the two who close; None: the resident's own wish
    outcome: Outcome
    has_proof: bool
    minutes: int
    is_overridden: bool
    is_disputed: bool


closed = st.builds(
    Closed,
    closer=st.sampled_from([0, 1, None]),
    outcome=st.sampled_from([Outcome.DONE, Outcome.REFUSED]),
    has_proof=st.booleans(),
    minutes=st.sampled_from([0, 9, 10, 500]),
    is_overridden=st.booleans(),
    is_disputed=st.booleans(),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cases_=st.lists(st.tuples(st.sampled_from(PLACES), st.one_of(moments, at_the_edge), st.lists(closed)), max_size=8))
async def test_what_each_one_closed_is_what_a_recount_says(
    database: Database, cases_: list[tuple[tuple[WardCode | None, Desk], datetime, list[Closed]]]
) -> None:
    """Of the cases of the period that the leader may see; what a resident ended themselves is nobody's."""
    async with database.begin() as uow:  # never committed
        closers = [await hire(uow, name) for name in ("an", "binh")]
        leaders = [await hire(uow, role.value, ward, role) for role, ward in LEADERS]
        expected: dict[Role, dict[int, Counter[str]]] = {role: {} for role, _ in LEADERS}
        for number, ((ward, desk), created_at, closings) in enumerate(cases_):
            case = await file_case(uow, ward=ward, desk=desk, source_id=f"c{number}")
            assert isinstance(uow, SqlUnitOfWork)
            await uow._link.run(update(cases).where(cases.c.id == case.id).values(created_at=created_at))
            for one in closings:
                by = None if one.closer is None else closers[one.closer].id
                await uow.closings.add(_closing_of(case.id, one, by))
                if one.is_disputed:
                    await uow.closings.mark_disputed(case.id, NOW)
                for role, own in LEADERS:
                    desks, _ = SEEN_BY[role]
                    is_theirs = desk in desks and (own is None or ward == own) and START <= created_at < END
                    if by is not None and is_theirs:
                        expected[role].setdefault(by, Counter()).update(_said_of(one))
        for (role, _), leader in zip(LEADERS, leaders, strict=True):
            viewer = Viewer.of(leader).wanting(Right.CLOSERS)
            found = await uow.figures.closers(viewer, start=START, end=END)
            assert {one.staff_id: +Counter({name: getattr(one, name) for name in OF_CLOSERS}) for one in found} == {
                staff_id: +counted for staff_id, counted in expected[role].items()
            }, role


LEADERS = ((Role.WARD_LEADER, TAY_HO), (Role.CITY_COORDINATOR, None))
OF_CLOSERS = ("closings", "objections", "bare", "quick", "overrides")


def _closing_of(case_id: CaseId, one: Closed, by: StaffId | None) -> NewClosing:
    return NewClosing(
        case_id=case_id,
        at=NOW,
        closer_id=by,
        report=report(one.outcome, files=(PROOF,) if one.has_proof else ()),
        message_id=None,
        minutes_open=one.minutes,
        overridden_by=by if one.is_overridden else None,
    )


def _said_of(one: Closed) -> dict[str, int]:
    return {
        "closings": 1,
        "objections": one.is_disputed,
        "bare": one.outcome is Outcome.DONE and not one.has_proof,
        "quick": one.minutes < 10,
        "overrides": one.is_overridden,
    }
