"""Note that a resident says a closing is not true, for who says it at the counter or on the phone.

It is the resident's own dispute, under the name of whoever wrote it down: whoever closed the case may write it down too, and
no more than that.
"""

from datetime import datetime

from bot.domain.assisting import Way
from bot.domain.case import Case, CaseCode
from bot.domain.closing import may_be_disputed
from bot.domain.draft import DraftPart
from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError, EmptyText
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.services.dispute_case import dispute_case
from bot.services.staff_change import case_to_change


class TooLateToDispute(BotError):
    """The case is open, or was closed too long ago."""

    wording_key = "dispute_too_late"


async def dispute_for_resident(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, text: str, way: Way, city: City, now: datetime
) -> Case:
    """Open the case again with the resident's words.

    Raises:
        EmptyText: Nothing was said.
        TooLateToDispute: See there.
        CaseNotFound, StaleVersion: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.FILE_FOR_SOMEONE, now=now, must_be_open=False)
    words = text.strip()
    if not words:
        raise EmptyText(code=code)
    if not may_be_disputed(case, now):
        raise TooLateToDispute(code=code)
    details = {"way": way.value}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ASSISTED, at=now, staff_id=staff.id, details=details))
    part = DraftPart(source_id=f"told-{case.version}", text=words)  # a version comes once
    return await dispute_case(uow, case=case, part=part, city=city, now=now, by=staff)
