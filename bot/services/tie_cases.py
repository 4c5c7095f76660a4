"""Tie cases together, and apart again: a link lets two know of each other, a merge lets one be worked on for both.

A merged case is joined as a neighbour's "me too" is (`bot.services.joined`): it keeps its code, resident and thread, waits
in no queue, and its resident is answered whenever the main one is. Nothing is lost by it, so it can be taken apart.
"""

from datetime import datetime

from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.people import StaffMember
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError, CaseNotFound
from bot.ports import UnitOfWork
from bot.services.deadlines import carried_details
from bot.services.joined import leave_main
from bot.services.next_hand import refuse_closer
from bot.services.staff_change import case_to_change, residents_language, viewer_of
from bot.wording import say


class NotOneMatter(BotError):
    """These two cannot be one: the same case, closed, joined to something already, or of two desks."""

    wording_key = "desk_case_not_one_matter"


class OtherNotFound(BotError):
    """There is no other case of this code, or this member may not tie it."""

    wording_key = "desk_case_other_not_found"


async def link_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    other: CaseCode,
    now: datetime,
    is_linked: bool = True,
) -> None:
    """Let two cases know of each other, or (`is_linked` False) no longer.

    Raises:
        NotOneMatter: It is the case itself.
        OtherNotFound: Also when this member may not tie it.
        CaseNotFound, StaleVersion: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.MERGE, now=now, must_be_open=False)
    found = await _other(uow, staff, other, now)
    if found.id == case.id:
        raise NotOneMatter(code=code)
    off = {} if is_linked else {"off": "yes"}
    for one, two in ((case, found), (found, case)):
        event = CaseEvent(
            case_id=one.id, kind=EventKind.LINKED, at=now, staff_id=staff.id, details={"other": two.code, **off}
        )
        await uow.cases.record(event)
    await uow.audit.record(
        action="case_linked" if is_linked else "case_unlinked",
        now=now,
        staff_id=staff.id,
        subject=case.code,
        details={"other": found.code},
    )


async def merge_case(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, into: CaseCode, now: datetime
) -> Case:
    """Let it join another, with every neighbour who joined it; each resident is told. The nearer deadline counts.

    Raises:
        NotOneMatter, OtherNotFound: See there.
        ClosedItBefore: The resident disputed their closing of it, or that of whoever has the other one.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    main = await _other(uow, staff, into, now, for_update=True)  # the main one is always taken first
    case = await case_to_change(uow, staff, code, version, right=Right.MERGE, now=now)
    for staff_id in (staff.id, main.owner_id):  # or it would be closed with the other one
        if staff_id is not None:
            await refuse_closer(uow, case, staff_id, now)
    is_at_one_desk = (main.ward_code, main.desk, main.accused_unit) == (case.ward_code, case.desk, case.accused_unit)
    is_free = main.id != case.id and main.main_case_id is None and case.main_case_id is None
    if not is_free or not is_at_one_desk or main.status is CaseStatus.CLOSED:
        raise NotOneMatter(code=code)
    neighbours = await uow.cases.joined(case.id)
    joined = await uow.ties.join(case, main.id)
    if neighbours:
        await uow.cases.count_joined(case.id, -len(neighbours))
    for neighbour in neighbours:
        await uow.ties.join(neighbour, main.id)
    await uow.cases.count_joined(main.id, 1 + len(neighbours))
    hurried = carried_details(case.clocks) if case.due_at < main.due_at else {}
    for one in (case, *neighbours):
        await _tell(uow, one, "answer_merged", now)
        await _record(uow, one, staff, now, {"main": main.code})
        await _record(uow, main, staff, now, {"joined": one.code, **hurried})
        hurried = {}
    await uow.audit.record(action="case_merged", now=now, staff_id=staff.id, subject=case.code, details={"main": main.code})
    return joined


async def part_case(uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, now: datetime) -> Case:
    """Take it out of the one it had joined: it waits for itself again, and its resident is told.

    Raises:
        NotOneMatter: It has joined nothing.
        CaseNotFound, StaleVersion: See `case_to_change`.
    """
    viewer = (await viewer_of(uow, staff, now)).wanting(Right.MERGE)
    seen = await uow.cases.visible(viewer, code)
    if seen is None:
        raise CaseNotFound(code=code)
    if seen.main_case_id is None:
        raise NotOneMatter(code=code)
    main = await uow.cases.by_id(seen.main_case_id, for_update=True)
    case = await case_to_change(uow, staff, code, version, right=Right.MERGE, now=now, must_be_open=False)
    parted = await uow.ties.join(case, None)
    if main is not None:
        await leave_main(uow, case, main.id, now)
    details: dict[str, str] = {"left_main": main.code} if main else {}
    await _tell(uow, case, "answer_parted", now)
    await _record(uow, case, staff, now, details)
    await uow.audit.record(action="case_parted", now=now, staff_id=staff.id, subject=case.code, details=details)
    return parted


async def _other(uow: UnitOfWork, staff: StaffMember, code: CaseCode, now: datetime, *, for_update: bool = False) -> Case:
    viewer = (await viewer_of(uow, staff, now)).wanting(Right.MERGE)
    found = await uow.cases.visible(viewer, code, for_update=for_update)
    if found is None:
        raise OtherNotFound(code=code)
    return found


async def _tell(uow: UnitOfWork, case: Case, key: str, now: datetime) -> None:
    if case.erased_at is not None:
        return
    language = await residents_language(uow, case)
    reply = Reply(text=say(language, key, code=case.code), language=language)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)


async def _record(uow: UnitOfWork, case: Case, staff: StaffMember, now: datetime, details: dict[str, str]) -> None:
    event = CaseEvent(case_id=case.id, kind=EventKind.JOINED, at=now, staff_id=staff.id, details=details)
    await uow.cases.record(event)
