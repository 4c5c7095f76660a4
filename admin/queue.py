"""The queue of one's own desk, nearest deadline first, a page at a time."""

import re
from datetime import UTC, datetime, timedelta

from aiohttp import web

from admin.guard import QUEUE, Visit
from admin.labels import kind_key, lateness
from admin.pages import NothingPage, QueuePage, QueueRow
from bot.domain.case import CaseStatus
from bot.domain.people import Role
from bot.ports import QueueKey, QueueLine
from bot.services.staff_change import ward_name
from bot.web import keys, render

PAGE_SIZE = 30
DONE = frozenset({"moved", "password", "closed"})  # what a redirect may say was done
_KEY = re.compile(r"(\d{1,17})_(\d{1,17})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def show_queue(visit: Visit) -> web.StreamResponse:
    if visit.staff.role is Role.OPERATOR:
        return render(visit.request, "staff/nothing.html", NothingPage(frame=visit.frame))
    status = CaseStatus.CLOSED if visit.request.query.get("status") == "closed" else CaseStatus.OPEN
    after = read_key(visit.request.query.get("after", ""))
    async with visit.request.app[keys.STORAGE].reading() as uow:
        lines, next_key = await uow.cases.queue(visit.viewer, status=status, after=after, most=PAGE_SIZE)
        # Open cases only: closed ones are the whole history, and counting it would slow this page down year by year.
        open_count = await uow.cases.count(visit.viewer, status=CaseStatus.OPEN)
    done = visit.request.query.get("done", "")
    page = QueuePage(
        frame=visit.frame,
        rows=[_row(visit, line, status) for line in lines],
        is_closed=status is CaseStatus.CLOSED,
        open_count=open_count,
        next_page=f"{QUEUE}?status={status.value}&after={write_key(next_key)}" if next_key else "",
        is_first_page=after is None,
        is_city=visit.staff.role is Role.CITY_COORDINATOR,
        done_key=f"desk_done_{done}" if done in DONE else "",
    )
    return render(visit.request, "staff/queue.html", page)


def write_key(key: QueueKey) -> str:
    """Where a page ends, for its "next" link: microseconds since 1970 and the case's id."""
    return f"{(key.due_at - _EPOCH) // timedelta(microseconds=1)}_{key.case_id}"


def read_key(text: str) -> QueueKey | None:
    """The reverse; None (the first page) for anything else."""
    found = _KEY.fullmatch(text)
    if not found:
        return None
    try:
        return QueueKey(due_at=_EPOCH + timedelta(microseconds=int(found[1])), case_id=int(found[2]))
    except OverflowError:
        return None


def _row(visit: Visit, line: QueueLine, status: CaseStatus) -> QueueRow:
    app = visit.request.app
    return QueueRow(
        code=line.code,
        excerpt=line.excerpt,
        kind_key=kind_key(line.kind),
        channel_key=f"desk_channel_{line.channel.value}",
        ward_name=ward_name(visit.language, app[keys.WARDS][line.ward_code]) if line.ward_code else "",
        desk_key=f"desk_desk_{line.desk.value}",
        created_at=line.created_at,
        due_at=line.due_at,
        lateness=lateness(line.due_at, status, visit.now, app[keys.SETTINGS].zone),
        has_files=line.has_files,
        undelivered=line.undelivered,
    )
