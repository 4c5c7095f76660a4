"""Write an internal note, or attach files, to a case. The resident never reads it; a closed case takes notes too."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import CaseCode
from bot.domain.incoming import StoredFile
from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.errors import CaseAlreadyClosed, EmptyText
from bot.ports import UnitOfWork
from bot.services.mentioning import people_named, tell_named
from bot.services.staff_change import case_to_change


async def note_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    text: str,
    now: datetime,
    files: Sequence[StoredFile] = (),
) -> int:
    """Add the note to the thread, and tell whom it names; returns the message's id.

    Raises:
        CaseNotFound, StaleVersion: See `case_to_change`.
        CaseAlreadyClosed: Its words are gone, and nothing may be written about who sent them any more.
        EmptyText: There are neither words nor files.
        NobodyOfThatName: It names somebody who may not see this case.
    """
    if not text.strip() and not files:
        raise EmptyText(code=code)
    case = await case_to_change(uow, staff, code, version, right=Right.NOTE, now=now, must_be_open=False)
    if case.erased_at is not None:
        raise CaseAlreadyClosed(code=code)
    named = await people_named(uow, case, text, now)
    message_id = await uow.cases.add_message(
        NewMessage(case_id=case.id, author=Author.NOTE, text=text.strip(), at=now, staff_id=staff.id, files=tuple(files))
    )
    await tell_named(uow, case, message_id, named, now, by=staff)
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.NOTED, at=now, staff_id=staff.id))
    await uow.audit.record(action="case_noted", now=now, staff_id=staff.id, subject=case.code)
    return message_id
