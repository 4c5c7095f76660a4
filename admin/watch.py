"""What the auditor is told of looking: who opened a case about officials, and who opened very many cases at all.

Reading is no act and writes nothing while the page waits; what is worth a row is written beside it. Counted in memory and by
each process for itself, by ids alone: a restart begins anew, so the figure is a sign to look, not a proof.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from aiohttp import web

from admin.guard import TOUCHES, DeskHandler, Visit
from bot.domain.case import Case, CaseCode, CaseId, Desk
from bot.domain.people import StaffId
from bot.errors import StorageBusy
from bot.services.tell_auditors import tell_of_many_opened
from bot.web import keys

log = structlog.get_logger()

Asked = TypeVar("Asked")

MANY = 50  # different cases of one account
MANY_OPENED = "many_cases_opened"
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
    _asked: dict[tuple[StaffId, str], datetime] = field(default_factory=dict)

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
        return _is_new(self._sealed, (staff_id, case_id), now)

    def is_first_of(self, staff_id: StaffId, code: str, now: datetime) -> bool:
        """The same, by the case's code: whether it is worth a look which case that is."""
        return _is_new(self._asked, (staff_id, code), now)


def _is_new(known: dict[Asked, datetime], asked: Asked, now: datetime) -> bool:
    before = known.pop(asked, None)
    is_known = before is not None and timedelta() <= now - before < WITHIN
    known[asked] = before if is_known and before else now
    if len(known) > MOST_REMEMBERED:
        del known[next(iter(known))]
    return not is_known


WATCH: web.AppKey[Watch] = web.AppKey("watch", Watch)


def note_opening(visit: Visit, case: Case) -> None:
    """This member has this case before them; what is worth a row of the trail is written beside the page."""
    watch, me = visit.request.app[WATCH], visit.staff
    rows = []
    if case.desk in SEALED and watch.is_first(me.id, case.id, visit.now):
        rows.append(("sealed_case_opened", str(case.code)))
    if watch.is_many(me.id, case.id, visit.now):
        rows.append((MANY_OPENED, me.username))
        log.warning(MANY_OPENED, staff_id=me.id, more_than=MANY)
    if rows:
        _beside(visit, _write(visit, rows))


def watched(handler: DeskHandler) -> DeskHandler:
    """A page or a file of a case that may be had without opening the case first: who is given it has opened the case too."""

    async def seen(visit: Visit) -> web.StreamResponse:
        answer = await handler(visit)
        watch, code = visit.request.app[WATCH], visit.request.match_info["code"]
        if watch.is_first_of(visit.staff.id, code, visit.now):
            _beside(visit, _find_and_note(visit, CaseCode(code)))
        return answer

    return seen


async def _find_and_note(visit: Visit, code: CaseCode) -> None:
    try:
        async with visit.request.app[keys.STORAGE].reading() as uow:
            case = await uow.cases.visible(visit.viewer, code)
    except StorageBusy:
        log.warning("opening_not_recorded", rows=1)
        return
    if case is not None:
        note_opening(visit, case)


def _beside(visit: Visit, work: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(work)
    visit.request.app[TOUCHES].add(task)
    task.add_done_callback(visit.request.app[TOUCHES].discard)


async def _write(visit: Visit, rows: list[tuple[str, str]]) -> None:
    try:
        async with visit.request.app[keys.STORAGE].begin() as uow:
            for action, subject in rows:
                await uow.audit.record(action=action, now=visit.now, staff_id=visit.staff.id, subject=subject)
                if action == MANY_OPENED:
                    await tell_of_many_opened(uow, visit.staff, more_than=MANY, now=visit.now)
            await uow.commit()
    except StorageBusy:
        log.warning("opening_not_recorded", rows=len(rows))
