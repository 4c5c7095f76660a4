"""Warn of clocks that run out: the owner, then the leader, then the city, once each, by the stored time of the next warning.

Each warning is an event of the case, which moves that time on in the same transaction, so that two processes never warn
twice. It is told in working hours; in an emergency at any time. Whom it concerns is `bot.domain.warning`, whether they may
know of it, and when they are pinged, `bot.services.tell_staff`.
"""

from collections import defaultdict
from datetime import datetime

from bot.domain.case import WARD_DESKS, Case, CaseId
from bot.domain.clocks.state import Alarm, next_alarm
from bot.domain.notices import Post, Reason, hears_of_wards
from bot.domain.people import Role, StaffId
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.warning import is_warned
from bot.domain.working_hours import last_open
from bot.ports import CalendarSource, UnitOfWork
from bot.services.deadlines import calendar_of


async def escalate(uow: UnitOfWork, *, calendar: CalendarSource, now: datetime, most: int) -> int:
    """Give the warnings that are due; returns how many cases were looked at. The caller has its turn with the notices."""
    in_hours = last_open(now, await calendar_of(uow, calendar))
    due = await uow.cases.alarmed(now=now, in_hours=in_hours, most=most)
    if not due:
        return 0
    posts = await uow.notices.posts(now)
    found: dict[StaffId, list[tuple[CaseId, Reason]]] = defaultdict(list)
    for case in due:
        alarm = next_alarm(case.clocks)
        if alarm is None or alarm.at > now:  # what an older program stored
            await uow.cases.set_alarm(case.id, alarm.at if alarm else None)
            continue
        await _record(uow, case, alarm, now)
        for reader, reason in _readers(posts, case, alarm):
            found[reader].append((case.id, reason))
    await uow.notices.spread((), found, now)
    return len(due)


async def _record(uow: UnitOfWork, case: Case, alarm: Alarm, now: datetime) -> None:
    details = {"clock": alarm.clock.value, "step": alarm.step.value}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ESCALATED, at=now, details=details))


def _readers(posts: list[Post], case: Case, alarm: Alarm) -> set[tuple[StaffId, Reason]]:
    """Who is told, and what: a city coordinator may not see a ward's case, and hears that there is one."""
    found = set()
    for post in posts:
        if not is_warned(post.stands, case, alarm.step):
            continue
        if case.desk not in WARD_DESKS or post.stands.role is not Role.CITY_COORDINATOR:
            found.add((post.to, Reason.LATE))
        elif hears_of_wards(post.stands, case.desk):
            found.add((post.to, Reason.WARD_LATE))
    return found
