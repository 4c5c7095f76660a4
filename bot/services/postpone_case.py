"""Say "not yet": an interim answer with a new day and the reason. At most twice; the third time a leader has to agree."""

from datetime import date, datetime, time, tzinfo

from bot.domain.case import Case, CaseCode
from bot.domain.city_day import city_day, city_moment, shown_day
from bot.domain.closing import ClosingPart, trouble_with_day
from bot.domain.people import StaffId, StaffMember
from bot.domain.proposal import NewProposal, ProposalKind
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import Author, EventKind, NewMessage
from bot.errors import BotError, EmptyText
from bot.ports import UnitOfWork
from bot.services.closing_gate import may_override
from bot.services.deadlines import promise_anew
from bot.services.joined import neighbours
from bot.services.propose import propose
from bot.services.staff_change import WardNames, case_to_change, office_of, residents_language
from bot.wording import say

MOST_ALONE = 2  # new days that staff promise without a leader
LONGEST_REASON = 1000  # characters; the resident reads it
DAY_ENDS = time(17)


class BadNewDay(BotError):
    """The new day is none, is over, is no later than what was promised, or too far."""

    wording_key = "postpone_day_bad"


class ReasonTooLong(BotError):
    """The reason is longer than anybody reads."""

    wording_key = "postpone_reason_too_long"


async def postpone_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    day: date | None,
    reason: str,
    now: datetime,
    wards: WardNames,
    zone: tzinfo,
) -> bool:
    """Promise the new day and tell the resident; the third time, where `staff` is no leader, ask a leader to agree.

    Returns:
        False where a leader has to agree first: nothing was said to the resident.

    Raises:
        BadNewDay, ReasonTooLong: See there.
        EmptyText: There is no reason.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    words = reason.strip()
    if not words:
        raise EmptyText(code=code)
    if len(words) > LONGEST_REASON:
        raise ReasonTooLong(code=code)
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now)
    due_at = new_due(case, day, now, zone)
    if await times_postponed(uow, case) >= MOST_ALONE and not await may_override(uow, staff, case, now):
        await _ask(uow, case, staff, due_at, words, now)
        return False
    await finish_postponing(uow, case=case, by=staff.id, due_at=due_at, words=words, now=now, wards=wards, zone=zone)
    return True


def new_due(case: Case, day: date | None, now: datetime, zone: tzinfo) -> datetime:
    """The end of that day in the city. Raises BadNewDay."""
    if day is None or trouble_with_day(day, city_day(now, zone)) not in ([], [ClosingPart.PLANNED_PAST]):
        raise BadNewDay(code=case.code)
    due_at = city_moment(day, DAY_ENDS, zone)
    if due_at <= now or due_at <= case.due_at:
        raise BadNewDay(code=case.code)
    return due_at


async def times_postponed(uow: UnitOfWork, case: Case) -> int:
    """In the case's whole life: a new round is no new credit."""
    return sum(event.kind is EventKind.POSTPONED for event in await uow.cases.timeline(case.id))


async def finish_postponing(
    uow: UnitOfWork,
    *,
    case: Case,
    by: StaffId,
    due_at: datetime,
    words: str,
    now: datetime,
    wards: WardNames,
    zone: tzinfo,
    asked_by: StaffId | None = None,
) -> Case:
    """Move the deadline, of those that joined it too, and tell everybody the new day and why. The caller holds the case."""
    times = await times_postponed(uow, case) + 1
    joined = await neighbours(uow, case)
    for one in (case, *(other for other in joined if other.closed_at is None)):
        language = await residents_language(uow, one)
        text = say(
            language,
            "answer_postponed",
            code=one.code,
            office=office_of(language, one, wards),
            day=shown_day(due_at, zone),
            text=words,
        )
        kept = say(language, "postpone_kept", day=shown_day(due_at, zone), text=words)
        message_id = await uow.cases.add_message(
            NewMessage(case_id=one.id, author=Author.STAFF, text=kept, at=now, staff_id=by)
        )
        told = NewReply(
            address=one.address, reply=Reply(text=text, language=language), message_id=message_id, case_id=one.id
        )
        await uow.outbox.add([told], now)
        main = {} if one is case else {"main": case.code}
        await promise_anew(uow, one, due_at, now, staff_id=by, times=times, details=main)
    details: dict[str, object] = {"due": due_at.isoformat(), "times": str(times)}
    if asked_by is not None:
        details["asked_by"] = asked_by
    await uow.audit.record(action="case_postponed", now=now, staff_id=by, subject=case.code, details=details)
    return await uow.cases.by_id(case.id) or case


async def _ask(uow: UnitOfWork, case: Case, staff: StaffMember, due_at: datetime, words: str, now: datetime) -> None:
    proposal = NewProposal(
        case_id=case.id,
        kind=ProposalKind.POSTPONE,
        by=staff.id,
        at=now,
        version=case.version,
        due_at=due_at,
        words=words,
    )
    await propose(uow, case, proposal, {"what": ProposalKind.POSTPONE.value})
    await uow.audit.record(action="postponing_proposed", now=now, staff_id=staff.id, subject=case.code)
