"""Add what a resident writes after filing: it joins the case's thread and its timeline, whatever became of the case.

A closed case is opened again, or its words would lie where nobody looks; its clocks stood still while it was closed, as
they do while staff wait for the resident. Which case is meant is decided in `handlers.dialogue`.
"""

from datetime import datetime
from enum import StrEnum

from bot.domain.case import Case, CaseStatus
from bot.domain.draft import DraftPart
from bot.domain.incoming import StoredFile
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage, ThreadMessage
from bot.ports import Sealer, UnitOfWork
from bot.services.city import City
from bot.services.deadlines import go_on, open_on
from bot.services.exclude import exclude_accused
from bot.services.joined import lock_main, note_addition, open_again
from bot.services.masking import hide, hide_names, own_words

REOPENED = {"reopened": "yes"}  # what the timeline says about words that opened a closed case again


async def add_to_case(
    uow: UnitOfWork, *, case: Case, part: DraftPart, now: datetime, city: City, reopens: bool = True
) -> Case:
    """Put one message into the thread; an album's later parts join its first.

    Args:
        city: Its sealer keeps what staff read as dots, personal data in the words; its calendar lays the deadline.
        reopens: False for words that ask for nothing ("cảm ơn"): a closed case then stays closed.

    Returns:
        The case as it is now. The same message twice is added once.

    Raises:
        StaleVersion: Staff changed the case in the same moment; the turn is begun again.
    """
    if await uow.cases.message_by_source(case.id, part.source_id) is not None:
        return case
    await lock_main(uow, case)
    # First the change, then the message: adding a message raises the version, and `change` compares it.
    details = None
    if reopens and case.status is CaseStatus.CLOSED:
        details = await _reopened(uow, case, city, now)
        case = await open_again(uow, case, now)
    album = await uow.cases.message_by_group(case.id, part.group_id) if part.group_id else None
    if album is not None:
        await uow.cases.add_files(album, hide_names(part.files))
    if album is None or part.text:
        await uow.cases.add_message(_message(case, part, now, city.sealer, with_files=album is None))
    if album is None:
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=now, details=details))
    goes_on = await go_on(uow, case, calendar=city.calendar, now=now)
    await exclude_accused(uow, case, part.text, now)
    await note_addition(uow, case, now)
    return await uow.cases.by_id(case.id) or case if goes_on or details else case  # its deadline is another


class Edited(StrEnum):
    """What became of an edit."""

    CHANGED = "changed"
    SAME = "same"  # Telegram also tells of edits that changed nothing we keep: a link's preview, a reaction
    UNKNOWN = "unknown"  # the case has no such message


async def edit_in_case(
    uow: UnitOfWork,
    *,
    case: Case,
    source_id: str,
    text: str,
    now: datetime,
    city: City,
    group_id: str = "",
    files: tuple[StoredFile, ...] = (),
) -> Edited:
    """Replace the words of an earlier message of this case; what they were stays as a revision.

    A closed case is opened again, as by any other words.

    Args:
        group_id: The album of the edited message: its parts are one message, known by the first one's `source_id`.
        files: Those the message has now. New ones are added; what staff saw already stays.

    Raises:
        StaleVersion: Staff changed the case in the same moment; the turn is begun again.
    """
    message = await _message_of(uow, case, source_id, group_id)
    if message is None:
        return Edited.UNKNOWN
    known = {attachment.file.key for attachment in message.attachments}
    new_files = tuple(file for file in files if file.key and file.key not in known)
    # An album's part without a caption says nothing about the words that came with another part.
    hidden = hide(text, city.sealer)
    is_other = hidden.text != message.text.strip() or (
        message.is_masked and text != (await own_words(uow, message, city.sealer)).strip()
    )
    has_new_words = is_other and bool(text or not group_id)
    if not has_new_words and not new_files:
        return Edited.SAME
    await lock_main(uow, case)
    details = None
    if case.status is CaseStatus.CLOSED:  # first: what comes next raises the version, and `change` compares it
        details = await _reopened(uow, case, city, now)
        case = await open_again(uow, case, now)
    if has_new_words:
        await uow.cases.edit_message(message.id, hidden.text, now, sealed=hidden.sealed)
    await uow.cases.add_files(message.id, hide_names(new_files))
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.EDITED, at=now, details=details))
    await go_on(uow, case, calendar=city.calendar, now=now)
    await exclude_accused(uow, case, text if has_new_words else "", now)
    await note_addition(uow, case, now)
    return Edited.CHANGED


async def _reopened(uow: UnitOfWork, case: Case, city: City, now: datetime) -> dict[str, str]:
    setting = await open_on(uow, case, calendar=city.calendar, now=now)
    return {**REOPENED, **setting.details()}


async def _message_of(uow: UnitOfWork, case: Case, source_id: str, group_id: str) -> ThreadMessage | None:
    message_id = await uow.cases.message_by_source(case.id, source_id)
    if message_id is None and group_id:
        message_id = await uow.cases.message_by_group(case.id, group_id)
    if message_id is None:
        return None
    return next((message for message in await uow.cases.thread(case.id) if message.id == message_id), None)


def _message(case: Case, part: DraftPart, now: datetime, sealer: Sealer, *, with_files: bool) -> NewMessage:
    hidden = hide(part.text, sealer)
    return NewMessage(
        case_id=case.id,
        author=Author.RESIDENT,
        text=hidden.text,
        sealed=hidden.sealed,
        at=now,
        source_id=part.source_id,
        group_id=part.group_id,
        files=hide_names(part.files) if with_files else (),
    )
