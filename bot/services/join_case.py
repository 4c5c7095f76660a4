"""Join a neighbour's case instead of filing the same matter again: "me too".

The resident gets a case of their own, with its code, receipt and deadline; it waits in no queue, for the neighbour's does.
What staff do to that one reaches every resident who joined it (`bot.services.joined`).
"""

from datetime import datetime

from bot.domain.case import Case, CaseId, CaseStatus
from bot.domain.draft import Conversation, Draft
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.services.file_case import file_case


async def join_case(
    uow: UnitOfWork, *, conversation: Conversation, draft: Draft, main_id: CaseId, city: City, now: datetime
) -> Case | None:
    """File the draft as a case of its own that joins the main one; None when that is closed or has joined another itself.

    Raises:
        EmptyText: The draft has no words.
    """
    main = await uow.cases.by_id(main_id, for_update=True)
    if main is None or main.status is CaseStatus.CLOSED or main.main_case_id is not None:
        return None
    known = await uow.cases.by_source(conversation.address, draft.parts[0].source_id)
    case = await file_case(uow, conversation=conversation, draft=draft, city=city, now=now, main=main)
    if known is not None or case.main_case_id != main.id:
        return case
    await uow.cases.count_joined(main.id, 1)
    await uow.cases.record(CaseEvent(case_id=main.id, kind=EventKind.JOINED, at=now, details={"joined": case.code}))
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.JOINED, at=now, details={"main": main.code}))
    await uow.audit.record(action="case_joined", now=now, subject=case.code, details={"main": main.code})
    return case
