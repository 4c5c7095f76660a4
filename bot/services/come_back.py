"""A planned case comes back by itself once its day is over: nobody has to remember it, and the resident is told honestly.

It waits in its queue again, due anew, with whatever joined it; its owner has it still, and hears of it. Whether it was
done by then, staff say by closing it again.
"""

from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.city_day import shown_date
from bot.domain.closing import Closing, comes_back_at
from bot.domain.outcome import Outcome
from bot.domain.reply import NewReply, Reply
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.add_to_case import REOPENED
from bot.services.city import City
from bot.services.deadlines import first_round
from bot.services.joined import neighbours
from bot.services.own_case import OWNER_DAYS
from bot.services.staff_change import residents_language
from bot.wording import say


async def bring_back(uow: UnitOfWork, *, now: datetime, city: City, most: int) -> int:
    """Open those whose planned day is over; returns how many closings were looked at.

    One that is open already, was closed otherwise since, or whose words are gone at its resident's wish stays as it is.
    """
    due = await uow.closings.returning(now=now, most=most)
    for case_id in due:
        case = await uow.cases.by_id(case_id, for_update=True)
        closing = await uow.closings.newest(case_id)
        await uow.closings.returned(case_id, now)
        if case is not None and closing is not None and _is_still_planned(case, closing, now, city):
            await _open(uow, case, closing, now, city)
    return len(due)


def _is_still_planned(case: Case, closing: Closing, now: datetime, city: City) -> bool:
    """For a day that is over: what was planned anew since then is not due with the older plan."""
    is_closed_so = case.status is CaseStatus.CLOSED and case.outcome is Outcome.PLANNED and case.closed_at == closing.at
    day = closing.report.planned_for
    return is_closed_so and case.erased_at is None and day is not None and comes_back_at(day, city.zone) <= now


async def _open(uow: UnitOfWork, main: Case, closing: Closing, now: datetime, city: City) -> None:
    setting = await first_round(uow, category=main.category, is_urgent=main.is_emergency, calendar=city.calendar, now=now)
    due_at = setting.due_at
    joined = await neighbours(uow, main)
    for case in (main, *(one for one in joined if one.status is CaseStatus.CLOSED and one.closed_at == main.closed_at)):
        opened = await uow.cases.change(case, status=CaseStatus.OPEN)
        event = CaseEvent(case_id=case.id, kind=EventKind.CAME_BACK, at=now, details={**setting.details(), **REOPENED})
        if case is main and opened.owner_id is not None:
            until = city.due_after(now, OWNER_DAYS, await uow.calendar.changes())
            opened = await uow.cases.own(opened, opened.owner_id, until)
        await uow.cases.record(event)
        language = await residents_language(uow, opened)
        text = say(
            language, "answer_came_back", code=case.code, day=shown_date(closing.report.planned_for), due=_day(due_at, city)
        )
        reply = Reply(text=text, language=language)
        await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)
    await uow.audit.record(action="case_came_back", now=now, subject=main.code, details={"due": due_at.isoformat()})


def _day(moment: datetime, city: City) -> str:
    return shown_date(city.day_of(moment))
