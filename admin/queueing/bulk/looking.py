"""What an order would do to each of its cases, told beforehand in a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from admin.case_page import CITY_OPTION
from admin.guard import Visit
from admin.queueing.bulk.order import RIGHTS, Act, Order
from admin.queueing.bulk.pages import Skipped
from admin.queueing.colleagues import colleagues_of
from bot.domain.case import CITY_DESKS, CaseCode, CaseStatus
from bot.domain.people import StaffMember
from bot.domain.queueing import QueueLine
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.staff_change import viewer_of
from bot.web import keys

# Where the service refuses for the same reason, it is said in the same words.
GONE, CLOSED, THERE = "case_not_found", "case_already_closed", "case_already_there"
NO_RIGHT, NOT_THEIRS, HAS_IT = "desk_bulk_no_right", "desk_case_not_assignable", "desk_bulk_has_it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The order's cases, parted."""

    lines: Sequence[QueueLine] = ()
    skipped: Sequence[Skipped] = ()
    colleagues: Sequence[StaffMember] = field(default=())
    assignee: StaffMember | None = None


async def look(visit: Visit, order: Order) -> Look:
    """Part the cases into those that it would be done to and those that stay, and why."""
    codes = list(order.versions)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        seen = {line.code: line for line in await uow.cases.several(visit.viewer, codes)}
        wanting = visit.viewer.wanting(RIGHTS[order.act])
        able = {line.code for line in await uow.cases.several(wanting, codes)}
        colleagues = await colleagues_of(uow, visit.staff) if order.act is Act.ASSIGN else []
        colleagues = [member for member in colleagues if not member.is_disabled]
        assignee = next((member for member in colleagues if member.username == order.username), None)
        theirs = await _seen_by(visit, uow, assignee, codes) if assignee else set()
    lines, skipped = [], []
    for code in [*seen, *(code for code in codes if code not in seen)]:
        line = seen.get(code)
        why = _why_not(order, line, able=able, assignee=assignee, theirs=theirs)
        if line is None or why:
            skipped.append(Skipped(code=code, wording_key=why, may_open=line is not None))
        else:
            lines.append(line)
    return Look(lines=lines, skipped=skipped, colleagues=colleagues, assignee=assignee)


async def _seen_by(visit: Visit, uow: UnitOfWork, member: StaffMember, codes: Sequence[CaseCode]) -> set[CaseCode]:
    viewer = (await viewer_of(uow, member, visit.now)).wanting(Right.ANSWER)
    return {line.code for line in await uow.cases.several(viewer, codes)}


def _why_not(
    order: Order,
    line: QueueLine | None,
    *,
    able: set[CaseCode],
    assignee: StaffMember | None,
    theirs: set[CaseCode],
) -> str:
    """The wording key of why a case stays as it is; empty when it does not."""
    if line is None:
        return GONE
    if line.code not in able:
        return NO_RIGHT
    if line.status is CaseStatus.CLOSED:
        return CLOSED
    if order.act is Act.MOVE and _is_there(order, line):
        return THERE
    if assignee is not None and line.owner_id == assignee.id:
        return HAS_IT
    return NOT_THEIRS if assignee is not None and line.code not in theirs else ""


def _is_there(order: Order, line: QueueLine) -> bool:
    if order.ward == CITY_OPTION:
        return line.desk in CITY_DESKS
    return bool(order.ward) and line.ward_code == order.ward
