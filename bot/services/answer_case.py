"""Answer the resident of a case. The reply joins the outbox in the same transaction; `handlers.delivery` delivers it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.case import Case, CaseCode
from bot.domain.incoming import StoredFile
from bot.domain.people import Language, StaffMember
from bot.domain.reply import Choice, NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.errors import EmptyText
from bot.ports import UnitOfWork
from bot.services.deadlines import wait_for_resident
from bot.services.held import held
from bot.services.joined import answer_joined
from bot.services.staff_change import WardNames, case_to_change, office_of, residents_language
from bot.wording import say


async def answer_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    text: str,
    now: datetime,
    wards: WardNames,
    files: Sequence[StoredFile] = (),
    hold: timedelta | None = None,
    asks: bool = False,
) -> int:
    """Write the answer into the thread and queue it for the resident; returns the message's id.

    `hold` keeps it back for so long, and until then `bot.services.take_back` can undo it; not where neighbours joined the
    case.

    Args:
        asks: Staff need the resident's answer: until it comes the clocks stand still, and the resident is told so.

    Raises:
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
        EmptyText: There are neither words nor files.
    """
    words = text.strip()
    if not words and not files:
        raise EmptyText(code=code)
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now)
    message_id = await uow.cases.add_message(
        NewMessage(case_id=case.id, author=Author.STAFF, text=words, at=now, staff_id=staff.id, files=tuple(files))
    )

    def said(language: Language, told: Case) -> Reply:
        text = answer_text(language, told, words, wards, asks=asks)
        choices = ((Choice(say(language, "answer_asks_nothing"), f"nm:{told.code}", in_words=True),),) if asks else ()
        return Reply(text=text, files=tuple(files), choices=choices, language=language)

    reply = said(await residents_language(uow, case), case)
    told = NewReply(address=case.address, reply=reply, message_id=message_id, case_id=case.id)
    await uow.outbox.add([held(told, case, hold)], now)
    if case.joined_count:
        await answer_joined(uow, case, staff_id=staff.id, text=words, files=files, now=now, said=said)
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ANSWERED, at=now, staff_id=staff.id))
    if asks:
        await wait_for_resident(uow, case, staff_id=staff.id, now=now)
    await uow.audit.record(action="case_answered", now=now, staff_id=staff.id, subject=case.code)
    return message_id


def answer_text(language: Language, case: Case, words: str, wards: WardNames, *, asks: bool = False) -> str:
    """The answer as its resident reads it; `asks`: with a line that it waits for theirs."""
    office = office_of(language, case, wards)
    text = say(language, "answer_text", code=case.code, office=office, text=words).strip()
    return f"{text}\n\n{say(language, 'answer_asks')}" if asks else text
