"""Make some of a case's words a case of their own: a resident who wrote of two things gets two answers.

The words stay readable where they were written too: nothing is taken out of a thread. The clock goes on: the new case is
due as if those words had opened it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.case import Case, CaseCode, CaseKind, NewCase, choose_desk, new_code
from bot.domain.people import StaffMember
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.staffing import Exclusion
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage, ThreadMessage
from bot.errors import BotError
from bot.ports import CalendarSource, UnitOfWork
from bot.services.deadlines import filed_details, first_round
from bot.services.staff_change import case_to_change, residents_language
from bot.wording import say


class NothingToSplit(BotError):
    """No message of the resident was chosen, or all of them, or one that has been split off already."""

    wording_key = "desk_case_nothing_to_split"


async def split_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    message_ids: Collection[int],
    kind: CaseKind,
    now: datetime,
    calendar: CalendarSource,
) -> Case:
    """File the chosen messages as a case of the same resident at the desk its kind belongs to; the resident is told.

    Whoever may not know of the first case may not know of the second.

    Raises:
        NothingToSplit: See there.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.MERGE, now=now)
    theirs = [message for message in await uow.cases.thread(case.id) if message.author is Author.RESIDENT]
    chosen = [message for message in theirs if message.id in message_ids]
    if not chosen or len(chosen) == len(theirs):
        raise NothingToSplit(code=code)
    source_id = f"split-{chosen[0].id}"
    if await uow.cases.by_source(case.address, source_id) is not None:
        raise NothingToSplit(code=code)
    setting = await first_round(
        uow,
        category=case.category if kind is case.kind else "",
        is_urgent=case.is_emergency,
        calendar=calendar,
        now=now,
        start=chosen[0].at,
    )
    new = await uow.cases.add(_new_case(case, chosen, kind, source_id, setting.due_at, now))
    barred = await uow.exclusions.of_case(case.id)
    await uow.exclusions.add([Exclusion(case_id=new.id, staff_id=one.staff_id, why=one.why) for one in barred])
    await _copy(uow, new, chosen)
    await _tell(uow, case, new, now)
    filed = {"kind": new.kind.value, "desk": new.desk.value, "ward": new.ward_code or "", **filed_details(new, setting)}
    await _record(uow, new, EventKind.FILED, staff, now, filed)
    await _record(uow, new, EventKind.SPLIT, staff, now, {"main": case.code})
    await _record(uow, case, EventKind.SPLIT, staff, now, {"other": new.code})
    await uow.audit.record(action="case_split", now=now, staff_id=staff.id, subject=case.code, details={"new": new.code})
    return new


def _new_case(
    case: Case, chosen: Sequence[ThreadMessage], kind: CaseKind, source_id: str, due_at: datetime, now: datetime
) -> NewCase:
    return NewCase(
        code=new_code(),
        kind=kind,
        category=case.category if kind is case.kind else "",
        ward_code=case.ward_code,
        desk=choose_desk(kind, case.ward_code, is_sensitive=case.is_sensitive, accused=case.accused),
        resident_id=case.resident_id,
        address=case.address,
        source_id=source_id,
        text="\n".join(message.text for message in chosen if message.text),
        point=case.point,
        created_at=now,
        due_at=due_at,
        is_sensitive=case.is_sensitive,
        is_anonymous=case.is_anonymous,
        is_emergency=case.is_emergency,
        accused=case.accused,
        accused_unit=case.accused_unit,
        place_key=case.place_key,
    )


async def _copy(uow: UnitOfWork, new: Case, chosen: Sequence[ThreadMessage]) -> None:
    """With what is sealed of them. Without the channel's ids: an edit still belongs to the thread it was written in."""
    for message in chosen:
        await uow.cases.add_message(
            NewMessage(
                case_id=new.id,
                author=Author.RESIDENT,
                text=message.text,
                sealed=await uow.cases.sealed_words(message.id),
                at=message.at,
                files=tuple(attachment.file for attachment in message.attachments),
            )
        )


async def _tell(uow: UnitOfWork, case: Case, new: Case, now: datetime) -> None:
    language = await residents_language(uow, case)
    reply = Reply(text=say(language, "answer_split", code=case.code, new=new.code), language=language)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)


async def _record(
    uow: UnitOfWork, case: Case, kind: EventKind, staff: StaffMember, now: datetime, details: dict[str, str]
) -> None:
    await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=now, staff_id=staff.id, details=details))
