"""What is done to a case is done to those that joined it: every neighbour hears of it in their own chat and language.

The main case is always taken before one that joined it, so that no two writers wait for each other. Where a
resident was forgotten, their case stays tied to its main one and goes where that goes, but nothing is said in it any more.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.case import Case, CaseId, CaseStatus, Desk
from bot.domain.incoming import StoredFile
from bot.domain.people import Language, StaffId
from bot.domain.reply import NewReply, Reply
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork
from bot.services.staff_change import residents_language

Said = Callable[[Language, Case], Reply]  # what a neighbour is told, about their own case


async def lock_main(uow: UnitOfWork, case: Case) -> Case | None:
    """The case that this one joined, held against other writers; before anything is written to either."""
    return None if case.main_case_id is None else await uow.cases.by_id(case.main_case_id, for_update=True)


async def leave_main(uow: UnitOfWork, case: Case, main_id: CaseId, now: datetime) -> None:
    """The main case has one neighbour fewer."""
    await uow.cases.count_joined(main_id, -1)
    event = CaseEvent(case_id=main_id, kind=EventKind.JOINED, at=now, details={"left": case.code})
    await uow.cases.record(event)


async def open_again(uow: UnitOfWork, case: Case, now: datetime) -> Case:
    """Open a closed case because its resident wrote more; its deadline stays. One that had joined another leaves it."""
    if case.main_case_id is None:
        return await uow.cases.change(case, status=CaseStatus.OPEN)
    opened = await uow.cases.reopen(case, due_at=case.due_at, is_disputed=False)
    await leave_main(uow, opened, case.main_case_id, now)
    return opened


async def note_addition(uow: UnitOfWork, case: Case, now: datetime) -> None:
    """Staff look at the main case: it must show that a neighbour wrote more, and that what they see is no longer all."""
    if case.main_case_id is None:
        return
    await uow.cases.count_joined(case.main_case_id, 0)
    event = CaseEvent(case_id=case.main_case_id, kind=EventKind.ADDED, at=now, details={"joined": case.code})
    await uow.cases.record(event)


async def neighbours(uow: UnitOfWork, main: Case) -> Sequence[Case]:
    """Those that joined it, held against other writers, but for whoever wished to be forgotten since."""
    if not main.joined_count:
        return ()
    return [case for case in await uow.cases.joined(main.id, for_update=True) if case.erased_at is None]


async def answer_joined(
    uow: UnitOfWork, main: Case, *, staff_id: StaffId, text: str, files: Sequence[StoredFile], now: datetime, said: Said
) -> None:
    """The answer to the main case is an answer to each of its neighbours."""
    for case in await neighbours(uow, main):
        await _tell(uow, case, staff_id=staff_id, text=text, files=files, now=now, said=said)
        await uow.cases.record(
            CaseEvent(case_id=case.id, kind=EventKind.ANSWERED, at=now, staff_id=staff_id, details={"main": main.code})
        )


async def move_joined(
    uow: UnitOfWork, main: Case, *, staff_id: StaffId, ward_code: WardCode | None, desk: Desk, now: datetime, said: Said
) -> None:
    """The neighbours' cases go where the main one goes."""
    for joined in await uow.cases.joined(main.id, for_update=True):
        case = await uow.cases.change(joined, ward_code=ward_code, desk=desk)
        if case.erased_at is None:
            reply = said(await residents_language(uow, case), case)
            await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)
        details = {"ward": ward_code or "", "desk": desk.value, "main": main.code}
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.MOVED, at=now, staff_id=staff_id, details=details))


async def _tell(
    uow: UnitOfWork, case: Case, *, staff_id: StaffId, text: str, files: Sequence[StoredFile], now: datetime, said: Said
) -> None:
    """The words are kept in the neighbour's own thread too: it is theirs to read, and whether they arrived shows there."""
    message_id = await uow.cases.add_message(
        NewMessage(case_id=case.id, author=Author.STAFF, text=text, at=now, staff_id=staff_id, files=tuple(files))
    )
    reply = said(await residents_language(uow, case), case)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, message_id=message_id, case_id=case.id)], now)
