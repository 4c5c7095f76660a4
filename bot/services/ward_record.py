"""Say how a ward answers: within the days that each matter's category is promised, over a year, as everybody may read it.

An answer is what staff first wrote to the resident; closing a case is one. A promise whose days are not over yet is neither
kept nor broken.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.domain.city_day import city_day
from bot.domain.public_record import REACHES_BACK, Sums, WardRecord, kept_of, told, told_at
from bot.domain.ward import WardCode
from bot.domain.working_time import WorkingCalendar, due_after
from bot.ports import CalendarSource, UnitOfWork
from bot.ports.public_records import CaseTimes
from bot.services.deadlines import calendar_of
from bot.understanding import deadline_days, load_categories


async def ward_record(uow: UnitOfWork, ward_code: WardCode, *, calendar: CalendarSource, now: datetime) -> WardRecord:
    """Counted anew; whoever is asked often keeps it for the day. Five statements."""
    worked = await calendar_of(uow, calendar)
    at = told_at(now, worked.timezone)
    received = await uow.public_records.received(ward_code, start=at - REACHES_BACK, end=at)
    decided = await uow.deadlines.all()
    sums = promises(received, decided, worked, at)
    kept = [line for one in sums if (line := kept_of(one)) is not None]
    return WardRecord(
        at=at,
        promised=promised(decided),
        waiting=told(await uow.public_records.waiting(ward_code, start=at - REACHES_BACK, at=at)),
        disputed=told(await uow.public_records.disputed(ward_code, start=at - REACHES_BACK, end=at)),
        kept=sorted(kept, key=lambda line: (-line.of, line.days)),
    )


def promised(decided: Mapping[str, int]) -> tuple[int, int]:
    """The fewest and the most working days of all categories; whoever wrote of an official is promised as many."""
    days = [decided.get(category) or deadline_days(category) for category in load_categories()]
    return min(days), max(days)


def promises(
    received: Sequence[CaseTimes], decided: Mapping[str, int], calendar: WorkingCalendar, at: datetime
) -> list[Sums]:
    """How often each promise was kept, of those whose days were over at that moment.

    Args:
        decided: Working days of the categories for which the city decided them.
    """
    kept: Counter[int] = Counter()
    over: Counter[int] = Counter()
    ends: dict[tuple[date, int], datetime] = {}
    for case in received:
        days = decided.get(case.category) or deadline_days(case.category)
        key = (city_day(case.created_at, calendar.timezone), days)
        if key not in ends:
            ends[key] = due_after(case.created_at, days, calendar)
        if ends[key] >= at:
            continue
        over[days] += 1
        kept[days] += case.answered_at is not None and case.answered_at <= ends[key]
    return [Sums(days, kept[days], number - kept[days]) for days, number in over.items()]
