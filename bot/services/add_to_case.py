"""Add what a resident writes after filing: it joins the case's thread and its timeline, whatever became of the case.

A closed case is opened again, or its words would lie where nobody looks; its deadline stays, so it stands first in the
queue. Which case is meant is decided in `handlers.dialogue`.
"""

from datetime import datetime

from bot.domain.case import Case, CaseStatus
from bot.domain.draft import DraftPart
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.ports import UnitOfWork


async def add_to_case(uow: UnitOfWork, *, case: Case, part: DraftPart, now: datetime, reopens: bool = True) -> Case:
    """Put one message into the thread; an album's later parts join its first.

    Args:
        reopens: False for words that ask for nothing ("cảm ơn"): a closed case then stays closed.

    Returns:
        The case as it is now. The same message twice is added once.

    Raises:
        StaleVersion: Staff changed the case in the same moment; the turn is begun again.
    """
    if await uow.cases.message_by_source(case.id, part.source_id) is not None:
        return case
    # First the change, then the message: adding a message raises the version, and `change` compares it.
    is_reopened = reopens and case.status is CaseStatus.CLOSED
    if is_reopened:
        case = await uow.cases.change(case, status=CaseStatus.OPEN)
    album = await uow.cases.message_by_group(case.id, part.group_id) if part.group_id else None
    if album is not None:
        await uow.cases.add_files(album, part.files)
    if album is None or part.text:
        await uow.cases.add_message(_message(case, part, now, with_files=album is None))
    if album is None:
        details = {"reopened": "yes"} if is_reopened else None
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=now, details=details))
    return case


async def edit_in_case(uow: UnitOfWork, *, case: Case, source_id: str, text: str, now: datetime) -> bool:
    """Replace the words of an earlier message of this case; what they were stays as a revision.

    Returns:
        False when the case has no such message.
    """
    message_id = await uow.cases.message_by_source(case.id, source_id)
    if message_id is None:
        return False
    if case.status is CaseStatus.CLOSED:
        await uow.cases.change(case, status=CaseStatus.OPEN)
    await uow.cases.edit_message(message_id, text, now)
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.EDITED, at=now))
    return True


def _message(case: Case, part: DraftPart, now: datetime, *, with_files: bool) -> NewMessage:
    return NewMessage(
        case_id=case.id,
        author=Author.RESIDENT,
        text=part.text,
        at=now,
        source_id=part.source_id,
        group_id=part.group_id,
        files=part.files if with_files else (),
    )
