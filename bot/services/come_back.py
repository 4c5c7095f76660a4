"""A planned case comes back by itself once its day is over: nobody has to remember it, and the resident is told honestly.

It waits in its queue again, due anew, with whatever joined it; its owner has it still, and hears of it. Whether it was
done by then, staff say by closing it again. Those that joined it were promised this too: where its resident was forgotten
meanwhile, or it was closed otherwise, each of them waits by itself; where it is open again already, they wait with it.
"""

from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.city_day import shown_date
from bot.domain.clocks.setting import Setting
from bot.domain.closing import Closing, comes_back_at
from bot.domain.outcome import Outcome
from bot.domain.reply import NewReply, Reply
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.add_to_case import REOPENED
from bot.services.city import City
from bot.services.deadlines import carried_details, first_round
from bot.services.joined import leave_main, lock_main, neighbours
from bot.services.own_case import OWNER_DAYS
from bot.services.staff_change import residents_language
from bot.wording import say

LEFT = "left_main"  # a detail of CAME_BACK: the case that it had joined, and that does not come back


async def bring_back(uow: UnitOfWork, *, now: datetime, city: City, most: int) -> int:
    """Open those whose planned day is over; returns how many closings were looked at.

    One that is open already, or was closed otherwise since, stays as it is; so does one whose resident was forgotten.
    """
    due = await uow.closings.returning(now=now, most=most)
    for case_id in due:
        seen = await uow.cases.by_id(case_id)
        main = await lock_main(uow, seen) if seen is not None else None  # before its own row, as everybody who writes both
        case = await uow.cases.by_id(case_id, for_update=True)
        closing = await uow.closings.newest(case_id)
        await uow.closings.returned(case_id, now)
        if case is None or closing is None or not _is_still_planned(case, closing, now, city):
            continue
        if main is None:
            await _open(uow, case, closing, now, city)
        elif not _leads(main, case):
            await _open_joined(uow, main, case, closing, now, city)
    return len(due)


def _leads(main: Case, case: Case) -> bool:
    """Whether it comes back itself, and brings this one with it."""
    is_planned = main.status is CaseStatus.CLOSED and main.outcome is Outcome.PLANNED
    return is_planned and main.closed_at == case.closed_at and main.erased_at is None


async def _open_joined(uow: UnitOfWork, main: Case, case: Case, closing: Closing, now: datetime, city: City) -> None:
    if case.erased_at is not None:
        return
    if main.status is CaseStatus.OPEN and main.erased_at is None:
        opened = await uow.cases.change(case, status=CaseStatus.OPEN)
        details = {**carried_details(main.clocks), **REOPENED}
        await _record_and_tell(uow, opened, closing, now, city, main.due_at, details)
        await _audit(uow, opened, main.due_at, now)
        return
    setting = await first_round(uow, category=case.category, is_urgent=case.is_emergency, calendar=city.calendar, now=now)
    await _alone(uow, main, case, closing, now, city, setting)


async def _alone(
    uow: UnitOfWork, main: Case, case: Case, closing: Closing, now: datetime, city: City, setting: Setting
) -> None:
    opened = await uow.cases.reopen(case, due_at=setting.due_at, is_disputed=False)
    await leave_main(uow, opened, main.id, now)
    details = {**setting.details(), **REOPENED, LEFT: main.code}
    await _record_and_tell(uow, opened, closing, now, city, setting.due_at, details)
    await _audit(uow, opened, setting.due_at, now)


def _is_still_planned(case: Case, closing: Closing, now: datetime, city: City) -> bool:
    """For a day that is over: what was planned anew since then is not due with the older plan."""
    is_closed_so = case.status is CaseStatus.CLOSED and case.outcome is Outcome.PLANNED and case.closed_at == closing.at
    day = closing.report.planned_for
    return is_closed_so and day is not None and comes_back_at(day, city.zone) <= now


async def _open(uow: UnitOfWork, main: Case, closing: Closing, now: datetime, city: City) -> None:
    setting = await first_round(uow, category=main.category, is_urgent=main.is_emergency, calendar=city.calendar, now=now)
    details = {**setting.details(), **REOPENED}
    joined = [
        case for case in await neighbours(uow, main) if case.status is CaseStatus.CLOSED and case.closed_at == main.closed_at
    ]
    if main.erased_at is None:
        for case in (main, *joined):
            opened = await uow.cases.change(case, status=CaseStatus.OPEN)
            if case is main and opened.owner_id is not None:
                until = city.due_after(now, OWNER_DAYS, await uow.calendar.changes())
                opened = await uow.cases.own(opened, opened.owner_id, until)
            await _record_and_tell(uow, opened, closing, now, city, setting.due_at, details)
        await _audit(uow, main, setting.due_at, now)
        return
    for case in joined:
        await _alone(uow, main, case, closing, now, city, setting)


async def _record_and_tell(
    uow: UnitOfWork, case: Case, closing: Closing, now: datetime, city: City, due_at: datetime, details: dict[str, str]
) -> None:
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CAME_BACK, at=now, details=details))
    language, planned = await residents_language(uow, case), shown_date(closing.report.planned_for)
    text = say(language, "answer_came_back", code=case.code, day=planned, due=shown_date(city.day_of(due_at)))
    reply = Reply(text=text, language=language)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)


async def _audit(uow: UnitOfWork, case: Case, due_at: datetime, now: datetime) -> None:
    await uow.audit.record(action="case_came_back", now=now, subject=case.code, details={"due": due_at.isoformat()})
