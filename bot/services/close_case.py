"""Close a case: what came of it, said to the resident. Nobody closes silently, or past `bot.services.closing_gate`."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.closing import ClosingReport, NewClosing, comes_back_at, minutes_open
from bot.domain.later import question_at
from bot.domain.people import StaffId, StaffMember
from bot.domain.proposal import TWO_PEOPLE_DESKS
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.closing_gate import Passed, pass_gate
from bot.services.closing_words import closing_body, closing_text
from bot.services.next_hand import refuse_closer
from bot.services.rate_case import closing_choices
from bot.services.staff_change import WardNames, case_to_change, residents_language


class TakesTwo(BotError):
    """On this desk one proposes a closing and another confirms it."""

    wording_key = "closing_takes_two"


async def close_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    report: ClosingReport,
    override: str = "",
    now: datetime,
    wards: WardNames,
    zone: tzinfo,
) -> Case:
    """Close it, queue what the resident is told with the pictures that prove it, and keep how it was closed.

    Args:
        report: What came of it; see `bot.domain.closing.missing_parts` for what each outcome owes.
        override: Why it may be closed although something is missing: a leader's or the city's word.
        zone: The city's, in which days are told.

    Raises:
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
        ClosedItBefore: They closed it before, and the resident disputed that.
        TakesTwo: See there; `bot.services.two_people` is the way.
        ClosingIncomplete, NotToOverride, DuplicateNotFound, DuplicateStillOpen: See `pass_gate`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.CLOSE, now=now)
    if case.desk in TWO_PEOPLE_DESKS:
        raise TakesTwo(code=code)
    await refuse_closer(uow, case, staff.id, now)
    passed = await pass_gate(uow, staff=staff, case=case, report=report, override=override, now=now, zone=zone)
    return await finish_closing(uow, case=case, passed=passed, closer_id=staff.id, now=now, wards=wards, zone=zone)


async def finish_closing(
    uow: UnitOfWork,
    *,
    case: Case,
    passed: Passed,
    closer_id: StaffId,
    now: datetime,
    wards: WardNames,
    zone: tzinfo,
    proposed_by: StaffId | None = None,
) -> Case:
    """Close a case that passed the gate, and those that joined it. The case is held by the caller."""
    ends = _End(uow, passed, closer_id, proposed_by, now, wards, zone)
    closed = await ends.close(case)
    if case.joined_count:
        for joined in await uow.cases.joined(case.id, for_update=True):
            if joined.status is not CaseStatus.CLOSED:  # one that was opened again meanwhile has left and stays open
                await ends.close(joined, main=case)
    details = {"outcome": passed.report.outcome.value}
    if passed.missing:
        details["missing"] = ",".join(passed.missing)
    await uow.audit.record(action="case_closed", now=now, staff_id=closer_id, subject=case.code, details=details)
    return closed


@dataclass(frozen=True, slots=True)
class _End:
    """One ending, as it is said to everybody whose case it ends."""

    uow: UnitOfWork
    passed: Passed
    closer_id: StaffId
    proposed_by: StaffId | None
    now: datetime
    wards: WardNames
    zone: tzinfo

    async def close(self, case: Case, main: Case | None = None) -> Case:
        """This case, which joined `main` if there is one."""
        uow, report = self.uow, self.passed.report
        open_for = minutes_open(case, await uow.cases.timeline(case.id), self.now)
        # First the change, then the message: adding a message raises the version, and `change` compares it.
        closed = await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=report.outcome, closed_at=self.now)
        message_id = await self._tell(closed)
        kept = await uow.closings.add(self._kept(case, message_id, open_for))
        details = {"outcome": report.outcome.value, "closing": str(kept)}
        if main is not None:
            details["main"] = main.code
        elif self.passed.missing:
            details["override"] = self.passed.override_reason  # in the timeline alone: the audit holds nobody's sentences
        event = CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=self.now, staff_id=self.closer_id, details=details)
        await uow.cases.record(event)
        return closed

    async def _tell(self, case: Case) -> int:
        """Keep the words in the case's own thread, in its resident's language, and send them with the pictures."""
        report, language = self.passed.report, await residents_language(self.uow, case)
        message_id = await self.uow.cases.add_message(
            NewMessage(
                case_id=case.id,
                author=Author.STAFF,
                text=closing_body(language, report),
                at=self.now,
                staff_id=self.closer_id,
                files=report.files,
            )
        )
        reply = Reply(
            text=closing_text(language, case, report, self.wards),
            files=report.files,
            choices=closing_choices(language, case),
            language=language,
        )
        told = NewReply(address=case.address, reply=reply, message_id=message_id, case_id=case.id)
        await self.uow.outbox.add([told], self.now)
        return message_id

    def _kept(self, case: Case, message_id: int, open_for: int) -> NewClosing:
        report = self.passed.report
        return NewClosing(
            case_id=case.id,
            at=self.now,
            closer_id=self.closer_id,
            proposed_by=self.proposed_by,
            report=report,
            message_id=message_id,
            minutes_open=open_for,
            missing=self.passed.missing,
            override_reason=self.passed.override_reason,
            overridden_by=self.passed.overridden_by,
            duplicate_id=self.passed.duplicate_id,
            # Nobody is asked whether a plan is still true. One that joined another has its own day: the other may be
            # closed otherwise until then.
            returns_at=comes_back_at(report.planned_for, self.zone) if report.planned_for else None,
            ask_at=None if report.planned_for else question_at(self.now, 0, self.zone),
        )
