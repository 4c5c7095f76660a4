"""Put an answer on its way once more that could not be delivered: the resident may have let us in again meanwhile.

Where neighbours joined the case, each one's answer is a message of their own case and is sent again from there.
"""

from datetime import datetime

from bot.domain.case import CaseCode
from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.staff_change import case_to_change


class NothingToSendAgain(BotError):
    """No reply with that message is known to have failed: it arrived, is on its way, or is of another case."""

    wording_key = "desk_page_again_nothing"


async def send_again(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, message_id: int, now: datetime
) -> None:
    """Queue it anew, with all its tries before it; also in a closed case, whose last words may be what failed.

    Raises:
        CaseNotFound, StaleVersion: See `case_to_change`.
        NothingToSendAgain: See there.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now, must_be_open=False)
    known = {message.id for message in await uow.cases.thread(case.id)}
    replies = await uow.outbox.failed_with(message_id) if message_id in known else []
    if not await uow.outbox.replay(replies, now):
        raise NothingToSendAgain(code=code)
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.SENT_AGAIN, at=now, staff_id=staff.id))
    await uow.audit.record(action="case_sent_again", now=now, staff_id=staff.id, subject=case.code)
