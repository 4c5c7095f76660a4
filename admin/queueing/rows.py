"""Cases as rows of the queue."""

from admin.guard import Visit
from admin.labels import category_name, kind_key, lateness
from admin.queueing.marks import parts_of
from admin.queueing.pages import QueueRow
from bot.domain.case import CaseStatus, Desk
from bot.domain.proposal import ProposalKind
from bot.domain.queueing import QueueLine
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.domain.working_time import WorkingCalendar, working_days_between
from bot.errors import UnknownWard
from bot.ports.closings import Waiting
from bot.services.staff_change import ward_name
from bot.web import keys


def row_of(
    visit: Visit,
    line: QueueLine,
    *,
    words: str,
    shows_ward: bool,
    shows_desk: bool,
    calendar: WorkingCalendar,
    waiting: Waiting | None = None,
) -> QueueRow:
    """One row.

    Args:
        words: What was searched for, to be marked.
        shows_ward: Rows of several wards stand on this page.
        shows_desk: Rows of several desks do.
        calendar: By which lateness is counted, as the case's page counts it.
        waiting: What somebody proposed about it.
    """
    zone = visit.request.app[keys.SETTINGS].zone
    until = line.waits_since or visit.now  # its clock stands meanwhile
    is_open = line.status is CaseStatus.OPEN
    return QueueRow(
        code=line.code,
        version=line.version,
        parts=parts_of(line.excerpt, words),
        kind_key=kind_key(line.kind),
        category=category_name(line.category, visit.language),
        place=line.place,
        ward_name=ward_label(visit, line.ward_code) if shows_ward else "",
        desk_key=f"desk_desk_{line.desk.value}" if shows_desk else "",
        channel_key=f"desk_channel_{line.channel.value}",
        created_at=line.created_at,
        due_at=line.due_at,
        closed_at=line.closed_at if line.status is CaseStatus.CLOSED else None,
        lateness=lateness(line.due_at, line.status, until, zone),
        late_days=working_days_between(line.due_at, until, calendar),
        owner=line.owner_name,
        is_mine=line.owner_id == visit.staff.id,
        has_news=line.has_more and line.status is CaseStatus.OPEN,
        is_emergency=line.is_emergency,
        is_restricted=line.desk in (Desk.RESTRICTED, Desk.LEADERS),
        joined_count=line.joined_count,
        disputes=line.disputes,
        undelivered=line.undelivered,
        is_waiting=line.waits_since is not None,
        warned_key=f"desk_queue_warned_{line.warned.value}" if line.warned and is_open else "",
        has_files=line.has_files,
        waits_for_me=waiting is not None and _is_mine_to_decide(visit, line, waiting),
    )


def _is_mine_to_decide(visit: Visit, line: QueueLine, waiting: Waiting) -> bool:
    right = Right.CLOSE if waiting.kind is ProposalKind.CLOSE else Right.OVERRIDE_GATE
    return waiting.by != visit.staff.id and waiting.version == line.version and visit.viewer.may(right)


def ward_label(visit: Visit, code: WardCode | None) -> str:
    """Its name in the page's language; empty for none. A ward that the city had once is shown by its code."""
    if not code:
        return ""
    try:
        return ward_name(visit.language, visit.request.app[keys.WARDS][code])
    except UnknownWard:
        return code
