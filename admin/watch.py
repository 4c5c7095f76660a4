"""What the auditor is told of looking: who opened a case about officials, and who opened very many cases at all.

Reading is no act and writes nothing while the page waits; what is worth a row is written beside it. Counted in memory and by
each process for itself, by ids alone: a restart begins anew, so the figure is a sign to look, not a proof.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from admin.guard import TOUCHES, Visit
from bot.domain.case import Case, CaseId, Desk
from bot.domain.people import StaffId
from bot.errors import StorageBusy
from bot.web import keys

log = structlog.get_logger()

MANY = 50  # different cases of one account
WITHIN = timedelta(hours=1)
SEALED = frozenset({Desk.RESTRICTED, Desk.LEADERS})
MOST_REMEMBERED = 20_000  # openings; a few MB


@dataclass(slots=True)
class _Hour:
    begun: datetime
    cases: set[CaseId] = field(default_factory=set)
    is_told: bool = False


@dataclass(slots=True)
class Watch:
    """Who opened what within the hour, in one process."""

    _hours: dict[StaffId, _Hour] = field(default_factory=dict)
    _sealed: dict[tuple[StaffId, CaseId], datetime] = field(default_factory=dict)

    def is_many(self, staff_id: StaffId, case_id: CaseId, now: datetime) -> bool:
        """Whether this one makes it more than `MANY` within the hour; told once an hour."""
        hour = self._hours.get(staff_id)
        if hour is None or not timedelta() <= now - hour.begun < WITHIN:
            hour = self._hours[staff_id] = _Hour(now)
        if not hour.is_told:
            hour.cases.add(case_id)
        if hour.is_told or len(hour.cases) <= MANY:
            return False
        hour.is_told = True
        hour.cases.clear()
        return True

    def is_first(self, staff_id: StaffId, case_id: CaseId, now: datetime) -> bool:
        """Whether this member had not opened this case within the hour: pages are opened again after every act."""
        before = self._sealed.pop((staff_id, case_id), None)
        is_known = before is not None and timedelta() <= now - before < WITHIN
        self._sealed[staff_id, case_id] = before if is_known and before else now
        if len(self._sealed) > MOST_REMEMBERED:
            del self._sealed[next(iter(self._sealed))]
        return not is_known


WATCH: web.AppKey[Watch] = web.AppKey("watch", Watch)


def note_opening(visit: Visit, case: Case) -> None:
    """This member has this case before them; what is worth a row of the trail is written beside the page."""
    watch, me = visit.request.app[WATCH], visit.staff
    rows = []
    if case.desk in SEALED and watch.is_first(me.id, case.id, visit.now):
        rows.append(("sealed_case_opened", str(case.code)))
    if watch.is_many(me.id, case.id, visit.now):
        rows.append(("many_cases_opened", me.username))
        log.warning("many_cases_opened", staff_id=me.id, more_than=MANY)
    if rows:
        task = asyncio.create_task(_write(visit, rows))
        visit.request.app[TOUCHES].add(task)
        task.add_done_callback(visit.request.app[TOUCHES].discard)


async def _write(visit: Visit, rows: list[tuple[str, str]]) -> None:
    try:
        async with visit.request.app[keys.STORAGE].begin() as uow:
            for action, subject in rows:
                await uow.audit.record(action=action, now=visit.now, staff_id=visit.staff.id, subject=subject)
            await uow.commit()
    except StorageBusy:
        log.warning("opening_not_recorded", rows=len(rows))
