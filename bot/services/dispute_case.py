"""Open a case again because its resident says that the closing is not true.

It is due anew, in its category's days from now, or later if it was due later. A case that had joined another leaves it and
waits in the queue by itself: the neighbours' case may well be done.
"""

from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.draft import DraftPart
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.add_to_case import add_to_case
from bot.services.city import City
from bot.services.joined import leave_main, lock_main
from bot.services.rate_case import rate_case
from bot.services.working_days import days_for


async def dispute_case(uow: UnitOfWork, *, case: Case, part: DraftPart | None, city: City, now: datetime) -> Case:
    """Open it again, with what the resident says about it (None: nothing but that it is not so).

    A case that is open already only takes the words.

    Raises:
        StaleVersion: Staff changed the case in the same moment; the turn is begun again.
    """
    await lock_main(uow, case)
    if case.status is CaseStatus.CLOSED:
        await rate_case(uow, case=case, is_resolved=False, now=now)
        main_id = case.main_case_id
        due_at = city.due_after(now, await days_for(uow, case.category), await uow.calendar.changes())
        case = await uow.cases.reopen(case, due_at=max(due_at, case.due_at), is_disputed=True)
        if main_id is not None:
            await leave_main(uow, case, main_id, now)
        details = {"times": str(case.disputes)}
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.DISPUTED, at=now, details=details))
        await uow.audit.record(action="case_disputed", now=now, subject=case.code, details=details)
    if part is not None:
        case = await add_to_case(uow, case=case, part=part, now=now, sealer=city.sealer)
    return case
