"""Close a case with an outcome and words to the resident. Nobody closes silently."""

from datetime import datetime

from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.people import Language, StaffMember
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.errors import EmptyText
from bot.ports import UnitOfWork
from bot.services.joined import close_joined
from bot.services.next_hand import refuse_closer
from bot.services.rate_case import closing_choices
from bot.services.staff_change import WardNames, case_to_change, office_of, residents_language
from bot.wording import say


async def close_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    outcome: Outcome,
    text: str,
    now: datetime,
    wards: WardNames,
) -> Case:
    """Close it and queue the closing words, with the outcome in the resident's language and how to object.

    Raises:
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
        EmptyText: The closing words are missing.
        ClosedItBefore: They closed it before, and the resident disputed that.
    """
    words = text.strip()
    if not words:
        raise EmptyText(code=code)
    case = await case_to_change(uow, staff, code, version, right=Right.CLOSE, now=now)
    await refuse_closer(uow, case, staff.id, now)
    # First the change, then the message: adding a message raises the version, and `change` compares it.
    closed = await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=outcome, closed_at=now)
    message_id = await uow.cases.add_message(
        NewMessage(case_id=case.id, author=Author.STAFF, text=words, at=now, staff_id=staff.id)
    )

    def said(language: Language, told: Case) -> Reply:
        text = closing_text(language, told, outcome, words, wards)
        return Reply(text=text, choices=closing_choices(language, told), language=language)

    reply = said(await residents_language(uow, closed), closed)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, message_id=message_id, case_id=case.id)], now)
    if case.joined_count:
        await close_joined(uow, case, staff_id=staff.id, outcome=outcome, text=words, now=now, said=said)
    details = {"outcome": outcome.value}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=now, staff_id=staff.id, details=details))
    await uow.audit.record(action="case_closed", now=now, staff_id=staff.id, subject=case.code, details=details)
    return closed


def closing_text(language: Language, case: Case, outcome: Outcome, words: str, wards: WardNames) -> str:
    """The closing words as the resident reads them."""
    return say(
        language,
        "answer_closed",
        code=case.code,
        office=office_of(language, case, wards),
        outcome=say(language, f"outcome_{outcome.value}"),
        text=words,
    )
