"""What staff have to tell the resident themselves: nothing can be sent to somebody who stood at the counter or called.

An answer to such a case leaves the outbox like any other and reaches nobody by that. It counts as told once somebody says
so, or once whoever holds the receipt looks it up, which nobody notes.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.assisting import Way
from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.domain.thread import Author, CaseEvent, EventKind, ThreadMessage
from bot.ports import UnitOfWork
from bot.services.staff_change import case_to_change


def told_at(timeline: Sequence[CaseEvent]) -> datetime | None:
    """When the resident was last told; None: never."""
    return max((event.at for event in timeline if event.kind is EventKind.TOLD), default=None)


def untold(case: Case, thread: Sequence[ThreadMessage], timeline: Sequence[CaseEvent]) -> list[ThreadMessage]:
    """The answers that nobody has told the resident yet; none where a channel leads to them."""
    if CAPABILITIES[case.address.channel].reaches_resident or case.erased_at is not None:
        return []
    told = told_at(timeline)
    return [line for line in thread if line.author is Author.STAFF and (told is None or line.at > told)]


async def note_told(uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, way: Way, now: datetime) -> bool:
    """Note that the resident was told everything that was answered so far. False where there was nothing to tell.

    Raises:
        CaseNotFound, StaleVersion: See `case_to_change`. A closed case's answer is to be told too.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now, must_be_open=False)
    if not untold(case, await uow.cases.thread(case.id), await uow.cases.timeline(case.id)):
        return False
    await uow.cases.told(case.id)
    details = {"way": way.value}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.TOLD, at=now, staff_id=staff.id, details=details))
    await uow.audit.record(action="case_told", now=now, staff_id=staff.id, subject=case.code, details=details)
    return True
