"""What the case's page tells of its second person: whether it takes two, who that could be, and what waits for them."""

from collections.abc import Sequence

from admin.case.evidence import RecordedLine, picture_line
from admin.case.parts import ProposalPart, SecondPart
from admin.guard import Visit
from admin.thread_lines import is_servable
from bot.domain.case import WARD_DESKS, Case, CaseStatus
from bot.domain.city_day import shown_day
from bot.domain.closing import ClosingReport
from bot.domain.incoming import StoredFile
from bot.domain.people import Language
from bot.domain.proposal import TWO_PEOPLE_DESKS, Proposal, ProposalKind
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.closing_words import closing_text
from bot.services.two_people import may_decide, seconds
from bot.web import keys


async def read_second(
    visit: Visit,
    uow: UnitOfWork,
    case: Case,
    timeline: Sequence[CaseEvent],
    language: Language,
    record: Sequence[RecordedLine],
) -> SecondPart:
    """No statement where one person is enough and nothing was ever proposed.

    Args:
        record: What was found about photos: it is shown beside those that are proposed.
    """
    if case.status is CaseStatus.CLOSED:
        return SecondPart()
    takes_two = case.desk in TWO_PEOPLE_DESKS
    was_proposed = any(event.kind is EventKind.PROPOSED for event in timeline)
    proposal = await uow.proposals.waiting(case.id) if was_proposed else None
    part = await _part(visit, uow, case, proposal, language, record) if proposal else None
    by = proposal.by if proposal else visit.staff.id
    kind = proposal.kind if proposal else ProposalKind.CLOSE
    names = await seconds(uow, case, by, kind) if takes_two or proposal else []
    stuck = "second_none_ward" if case.desk in WARD_DESKS else "second_none_city"
    return SecondPart(takes_two=takes_two, names=names, stuck_key="" if names else stuck, proposal=part)


async def _part(
    visit: Visit, uow: UnitOfWork, case: Case, proposal: Proposal, language: Language, record: Sequence[RecordedLine]
) -> ProposalPart:
    is_stale = proposal.version != case.version
    files = list(enumerate(proposal.report.files if proposal.report else ()))
    at = f"/staff/cases/{case.code}/proposal/files"
    return ProposalPart(
        id=proposal.id,
        kind=proposal.kind.value,
        by=proposal.by_name,
        at=proposal.at,
        text=_text(visit, case, proposal, language),
        language=language.value,
        files=[
            (file.name or "", f"{at}/{number}" if is_servable(file) else "") for number, file in files if not _is_shown(file)
        ],
        pictures=[
            picture_line(file.name or "", file.shown_key, record, small=f"{at}/{number}?small=yes", large=f"{at}/{number}")
            for number, file in files
            if _is_shown(file)
        ],
        override=proposal.override_reason,
        is_mine=proposal.by == visit.staff.id,
        is_stale=is_stale,
        may_decide=not is_stale and await may_decide(uow, visit.staff, case, proposal, visit.now),
    )


def _is_shown(file: StoredFile) -> bool:
    return bool(file.shown_key) and is_servable(file)


def _text(visit: Visit, case: Case, proposal: Proposal, language: Language) -> str:
    if proposal.due_at is not None:
        return f"{shown_day(proposal.due_at, visit.request.app[keys.SETTINGS].zone)}\n{proposal.words}"
    report: ClosingReport | None = proposal.report
    return closing_text(language, case, report, visit.request.app[keys.WARDS]) if report else ""
