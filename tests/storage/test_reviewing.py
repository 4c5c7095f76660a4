"""A review's figures are those of a plain reading, to the second of a term's borders; staff's words are kept for all."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.domain.case import Accused, CaseKind, CaseStatus, Desk
from bot.domain.counting import Counted
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Role
from bot.domain.review import Section, Term
from bot.domain.review_texts import Round, TextsDraft, rounds_from
from bot.domain.rights import Right
from bot.domain.staffing import Exclusion, Why
from bot.domain.ward import Point, WardCode
from bot.ports import UnitOfWork, Viewer
from bot.ports.after import Rating
from bot.services.review import COMPLETE
from storage import Database
from storage.tables import cases
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, hire

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, AFTER = datetime(2026, 1, 1, tzinfo=HANOI), datetime(2026, 7, 1, tzinfo=HANOI)
LATE_AT = datetime(2026, 11, 22, tzinfo=HANOI)
SECOND = timedelta(seconds=1)
CORNER, NEAR, FAR = Point(21.0301, 105.8101), Point(21.0304, 105.8099), Point(21.0411, 105.8201)
HALF = Term.half(2026, 1)


@dataclass(frozen=True)
class Tale:
    """What became of a generated case."""

    ward: WardCode | None
    desk: Desk
    kind: CaseKind
    category: str
    channel: Channel
    point: Point | None
    at: datetime
    due_in: timedelta
    closed_in: timedelta | None
    rated: tuple[bool, int | None] | None
    is_accusing: bool
    is_joined: bool
    is_barred: bool
    is_erased: bool


borders = st.sampled_from(
    [FIRST, FIRST - SECOND, AFTER, AFTER - SECOND, FIRST + timedelta(days=31), AFTER - timedelta(days=9)]
)
tales = st.builds(
    Tale,
    ward=st.sampled_from([TAY_HO, BA_DINH, TAY_HO]),
    desk=st.sampled_from([Desk.GENERAL, Desk.GENERAL, Desk.RESTRICTED, Desk.LEADERS]),
    kind=st.sampled_from([CaseKind.VIOLATION, CaseKind.VIOLATION, CaseKind.CONDUCT, CaseKind.QUESTION]),
    category=st.sampled_from(["vio_noise", "", "q_code"]),
    channel=st.sampled_from(Channel),
    point=st.sampled_from([CORNER, NEAR, FAR, None]),
    at=borders,
    due_in=st.sampled_from([timedelta(days=7), LATE_AT - AFTER, timedelta(days=900)]),
    closed_in=st.sampled_from([None, timedelta(hours=5), timedelta(days=20)]),
    rated=st.sampled_from([None, (True, 5), (True, None), (False, 1)]),
    is_accusing=st.booleans(),
    is_joined=st.sampled_from([False, False, True]),
    is_barred=st.sampled_from([False, False, True]),
    is_erased=st.sampled_from([False, True, False]),
)


async def happens(uow: UnitOfWork, number: int, tale: Tale) -> int:
    case = await file_case(
        uow,
        address=Address(tale.channel, f"r{number}"),
        source_id=f"s{number}",
        ward=tale.ward,
        desk=tale.desk,
        kind=tale.kind,
        category=tale.category,
        point=tale.point,
        accused=Accused.OFFICIAL if tale.is_accusing else Accused.NOBODY,
    )
    closed_at = None if tale.closed_in is None else tale.at + tale.closed_in
    became: dict[str, Any] = {"created_at": tale.at, "due_at": tale.at + tale.due_in, "closed_at": closed_at}
    became |= {"status": (CaseStatus.OPEN if closed_at is None else CaseStatus.CLOSED).value}
    became |= {
        "outcome": None if closed_at is None else Outcome.DONE.value,
        "main_case_id": 10**6 if tale.is_joined else None,
    }
    became |= {"erased_at": NOW if tale.is_erased else None}
    assert isinstance(uow, SqlUnitOfWork)
    await uow._link.run(update(cases).where(cases.c.id == case.id).values(became))
    if closed_at is not None and tale.rated is not None:
        is_resolved, stars = tale.rated
        rating = Rating(case_id=case.id, closed_at=closed_at, is_resolved=is_resolved, stars=stars, at=NOW)
        await uow.ratings.put(rating)
    return case.id


def plainly(told: list[Tale], *, of_leader: bool) -> dict[str, Any]:
    """One case after the other, as anybody would count them by hand."""
    found: Counter[Any] = Counter()
    spots: dict[tuple[float, float], Counter[tuple[str, str]]] = {}
    for one in told:
        if of_leader and one.ward != TAY_HO:
            continue
        is_seen = not of_leader or (one.desk is not Desk.LEADERS and not one.is_barred)
        is_of_term = FIRST <= one.at < AFTER
        if one.is_joined or not is_seen:
            found["joined" if is_seen else "hidden"] += is_of_term
            continue
        groups = [("kinds", one.kind.value), ("categories", one.category), ("wards", one.ward or "")]
        groups += [("channels", one.channel.value), ("total", "")]
        is_late = one.at + one.due_in < (LATE_AT if one.closed_in is None else one.at + one.closed_in)
        for group in groups:
            found[*group, "waiting"] += one.closed_in is None
            found[*group, "overdue"] += one.closed_in is None and is_late
            if is_of_term:
                found[*group, "accepted"] += 1
                found[*group, "closed"] += one.closed_in is not None
                found[*group, "missed"] += is_late
                found[*group, "kept"] += one.closed_in is not None and not is_late
        if not is_of_term:
            continue
        found["wordless"] += one.is_erased
        if one.closed_in is not None and one.rated is not None:
            found["resolved" if one.rated[0] else "unresolved"] += 1
            found["star", one.rated[1]] += one.rated[1] is not None
        is_about_officials = one.kind is CaseKind.CONDUCT or one.is_accusing or one.desk is not Desk.GENERAL
        if one.point is not None and not is_about_officials:
            cell = (round(one.point.lat, 3), round(one.point.lon, 3))
            spots.setdefault(cell, Counter())[one.ward or "", one.category] += 1
    hot = {cell: sum(inside.values()) for cell, inside in spots.items() if sum(inside.values()) >= 5}
    return {"numbers": +found, "spots": hot}


def told_by(counted: Counted) -> dict[str, Any]:
    """The same of what was counted."""
    found: Counter[Any] = Counter()
    tables = {"kinds": counted.kinds, "categories": counted.categories, "wards": counted.wards}
    for table, rows in (tables | {"channels": counted.channels, "total": {"": counted.total}}).items():
        for key, figures in rows.items():
            for name in ("waiting", "overdue", "accepted", "closed", "missed", "kept"):
                found[table, key, name] += getattr(figures, name)
    for name in ("joined", "hidden", "wordless", "resolved", "unresolved"):
        found[name] += getattr(counted, name)
    found.update({("star", stars): number for stars, number in counted.stars.items()})
    return {"numbers": +found, "spots": {(one.point.lat, one.point.lon): one.cases for one in counted.spots}}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=st.lists(tales, max_size=24))
async def test_a_review_is_what_a_plain_reading_says(database: Database, told: list[Tale]) -> None:
    """At midnight in Hanoi a term ends and the next begins; hot spots say nothing of officials; nothing vanishes unsaid."""
    async with database.begin() as uow:  # never committed: the next city begins with none
        leader = await hire(uow, "boss", TAY_HO, Role.WARD_LEADER)
        ids = [await happens(uow, number, tale) for number, tale in enumerate(told)]
        barred = [case_id for case_id, tale in zip(ids, told, strict=True) if tale.is_barred]
        await uow.exclusions.add([Exclusion(case_id=one, staff_id=leader.id, why=Why.OTHER) for one in barred])  # type: ignore[arg-type]  # ids of cases
        own = Viewer.of(leader).wanting(Right.DASHBOARD)
        for viewer, ward in ((COMPLETE, None), (own, TAY_HO)):
            counted = await uow.reviews.count(viewer, ward_code=ward, start=FIRST, end=AFTER, late_at=LATE_AT)
            assert told_by(counted) == plainly(told, of_leader=ward is not None), ward


async def test_a_term_in_which_nothing_happened_is_counted_as_nothing(sqlite_database: Database) -> None:
    async with sqlite_database.reading() as uow:
        counted = await uow.reviews.count(COMPLETE, ward_code=None, start=FIRST, end=AFTER, late_at=LATE_AT)
    assert counted == Counted()


async def test_two_who_write_at_once_do_not_overwrite_each_other(database: Database) -> None:
    """The second is told, and keeps what they typed; saving drops one's own draft and nobody else's."""
    async with database.begin() as uow:
        minh, chi = await hire(uow, "minh"), await hire(uow, "chi")
        assert (await uow.reviews.texts(TAY_HO, HALF)).version == 0
        for who in (minh, chi):
            draft = TextsDraft(texts={Section.TASKS: who.username}, version=0, at=NOW)
            await uow.reviews.put_draft(TAY_HO, HALF, draft, by=who.id)
        words = {Section.TASKS: "Dọn bảng cũ", Section.LEADERSHIP: "Họp hằng tháng"}
        assert await uow.reviews.write(TAY_HO, HALF, words, version=0, by=minh.id, now=NOW)
        assert not await uow.reviews.write(TAY_HO, HALF, {}, version=0, by=chi.id, now=NOW)
        kept = await uow.reviews.texts(TAY_HO, HALF)
        assert (kept.texts, kept.version, kept.written_by) == (words, 1, minh.full_name)
        assert await uow.reviews.draft(TAY_HO, HALF, minh.id) is None
        drafted = await uow.reviews.draft(TAY_HO, HALF, chi.id)
        assert drafted is not None
        assert drafted.texts == {Section.TASKS: "chi"}
        assert (await uow.reviews.texts(None, HALF)).texts == {}
        assert (await uow.reviews.texts(TAY_HO, Term.year(2026))).texts == {}
        assert [one.term for one in await uow.reviews.known(TAY_HO)] == [HALF]


async def test_a_review_begins_once(database: Database) -> None:
    """However often its round comes; words that somebody wrote before stay."""
    async with database.begin() as uow:
        minh = await hire(uow, "minh")
        await uow.reviews.write(TAY_HO, HALF, {Section.TASKS: "x"}, version=0, by=minh.id, now=NOW)
        assert await uow.reviews.begin([TAY_HO, None], HALF, NOW) == 2
        assert await uow.reviews.begin([TAY_HO, None], HALF, NOW + SECOND) == 0
        assert [one.ward_code for one in await uow.reviews.untold(most=9)] == [TAY_HO, None]
        for one in await uow.reviews.untold(most=9):
            await uow.reviews.told(one)
        assert await uow.reviews.untold(most=9) == []
        kept = await uow.reviews.texts(TAY_HO, HALF)
        assert (kept.texts, kept.begun_at) == ({Section.TASKS: "x"}, NOW)


async def test_rounds_wait_in_their_order_and_end_once(database: Database) -> None:
    rounds = rounds_from(NOW.date(), HANOI)
    first, second, third = (next(rounds) for _ in range(3))
    assert [one.term.name for one in (first, second, third)] == ["2026-2", "2026", "2027-1"]
    assert first.due_at == datetime(2026, 12, 21, 8, tzinfo=HANOI)
    async with database.begin() as uow:
        assert await uow.reviews.next_round() is None
        await uow.reviews.set_rounds([first, second, first])
        assert await uow.reviews.next_round() in (first, second)
        assert [await uow.reviews.end_round(one, NOW) for one in (first, first, second)] == [True, False, True]
        await uow.reviews.set_rounds([first, third])
        assert await uow.reviews.next_round() == third == Round(Term.half(2027, 1), third.due_at)
