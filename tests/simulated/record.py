"""All that is stored when the year is over, read once and as it is: rows, without a service in between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, select

from bot.domain.counting import Counted
from bot.domain.figures import By, Figures
from bot.domain.people import Address, Role, StaffMember
from bot.domain.rights import Right
from bot.domain.trail import TrailBreak
from bot.domain.ward import WardCode
from bot.ports import Viewer
from bot.services.review import COMPLETE
from storage import Database
from storage.tables import (
    absences,
    addresses,
    attachments,
    case_events,
    case_exclusions,
    cases,
    closings,
    conversations,
    messages,
    notice_facts,
    outbox,
    proposals,
    ratings,
)
from storage.unit_of_work import SqlUnitOfWork
from tests.simulated.town import BEGINS, ENDS, HANOI, Town

Rows = Sequence[Row[Any]]
QUARTER = BEGINS + timedelta(days=90), BEGINS + timedelta(days=181)
_WHERE = (outbox, addresses, conversations)  # what knows where somebody can be reached
_TABLES = (
    *(cases, case_events, messages, ratings, notice_facts, case_exclusions, closings, proposals, attachments, absences),
    *_WHERE,
)
PERIODS = ((BEGINS, ENDS), QUARTER)


@dataclass(frozen=True)
class Asked:
    """A question to the dashboard."""

    who: StaffMember
    by: By
    start: datetime
    end: datetime


@dataclass(frozen=True)
class AskedReview:
    """A question to the review: whose eyes (None: the operator's), which ward, and its term's borders."""

    who: StaffMember | None
    ward: str  # empty: the city
    start: datetime
    end: datetime
    late_at: datetime


@dataclass(frozen=True)
class Record:
    """Every row, oldest first, and what the dashboard says. `now` is the last look's moment."""

    now: datetime
    staff: Mapping[int, StaffMember]
    cases: Rows
    events: Mapping[int, Rows]  # of each case
    messages: Mapping[int, Rows]
    closings: Mapping[int, Rows]
    shown: frozenset[int]  # messages with a file that we have
    outbox: Rows
    ratings: Rows
    untold: int  # facts that nobody was told of yet
    broken_trail: TrailBreak | None
    figures: Mapping[Asked, Mapping[str, Figures]]
    reviews: Mapping[AskedReview, Counted]
    barred: frozenset[tuple[int, int]]  # case and staff member
    proposals: Mapping[int, Rows]  # of each case
    absences: Rows
    forgotten: frozenset[tuple[str, str]]  # channel and id of whoever wished it and has not written since
    once_forgotten: frozenset[tuple[str, str]]  # or has
    known_at: Mapping[str, frozenset[tuple[str, str]]]  # channels and ids, by the name of the table

    def stands(self, staff_id: int, at: datetime) -> list[StaffMember]:
        """In whose places they stood at that moment: their own, and those of whom they stood in for."""
        away = [one.staff_id for one in self.absences if one.deputy_id == staff_id and one.from_at <= at < one.until_at]
        return [self.staff[one] for one in (staff_id, *away)]

    def is_away(self, staff_id: int, at: datetime) -> bool:
        return any(one.staff_id == staff_id and one.from_at <= at < one.until_at for one in self.absences)


async def read_record(town: Town) -> Record:
    """Read it all."""
    async with town.database.reading() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        found = {table.name: await _rows(uow, table) for table in _TABLES}
        broken = await uow.audit.verify()
    return Record(
        now=town.now,
        staff={one.id: one for one in town.staff},
        cases=found["cases"],
        events=_by_case(found["case_events"]),
        messages=_by_case(found["messages"]),
        closings=_by_case(found["closings"]),
        shown=frozenset(row.message_id for row in found["attachments"] if row.key),
        outbox=found["outbox"],
        ratings=found["ratings"],
        untold=len(found["notice_facts"]),
        broken_trail=broken,
        figures=await _figures(town.database, town),
        reviews=await _reviews(town.database, town),
        barred=frozenset((row.case_id, row.staff_id) for row in found["case_exclusions"]),
        proposals=_by_case(found["proposals"]),
        absences=found["absences"],
        forgotten=_keys(town.forgotten),
        once_forgotten=_keys(town.once_forgotten),
        known_at={table.name: frozenset((row.channel, row.external_id) for row in found[table.name]) for table in _WHERE},
    )


async def _rows(uow: SqlUnitOfWork, table: Table) -> Rows:
    return await uow._link.rows(select(table).order_by(*table.primary_key.columns))


def _keys(addresses: Iterable[Address]) -> frozenset[tuple[str, str]]:
    return frozenset((one.channel.value, one.external_id) for one in addresses)


def _by_case(rows: Rows) -> Mapping[int, Rows]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


async def _figures(database: Database, town: Town) -> Mapping[Asked, Mapping[str, Figures]]:
    """For an inspector, who sees everything, and a ward's leader; by everything that figures are broken down by."""
    readers = [next(one for one in town.staff if one.role is role) for role in (Role.INSPECTOR, Role.WARD_LEADER)]
    found: dict[Asked, Mapping[str, Figures]] = {}
    async with database.reading() as uow:
        for who in readers:
            viewer = Viewer.of(who).wanting(Right.DASHBOARD)
            for start, end in PERIODS:
                for by in By:
                    told = await uow.figures.by(viewer, by, start=start, end=end, now=town.now)
                    found[Asked(who, by, start, end)] = told
    return found


async def _reviews(database: Database, town: Town) -> Mapping[AskedReview, Counted]:
    """The operator's of the city, its inspector's of a ward, a leader's of their own; of the year, some days, and a half."""
    leader = next(one for one in town.staff if one.role is Role.WARD_LEADER)
    inspector = next(one for one in town.staff if one.role is Role.INSPECTOR)
    midnight = town.now.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    middle = datetime(2026, 7, 1, tzinfo=HANOI)
    ward = str(leader.ward_code)
    asked = [
        AskedReview(None, "", BEGINS, ENDS, midnight),
        AskedReview(inspector, ward, middle - timedelta(days=40), middle, midnight),
        AskedReview(leader, ward, BEGINS, middle, midnight),
    ]
    found = {}
    async with database.reading() as uow:
        for one in asked:
            viewer = COMPLETE if one.who is None else Viewer.of(one.who).wanting(Right.DASHBOARD)
            place = WardCode(one.ward) if one.ward else None
            found[one] = await uow.reviews.count(viewer, ward_code=place, start=one.start, end=one.end, late_at=one.late_at)
    return found
