"""The queue of one's own desk, nearest deadline first, a page at a time."""

from aiohttp import web

from admin.guard import QUEUE, Visit
from admin.labels import kind_key, lateness
from admin.pages import NothingPage, QueuePage, QueueRow
from bot.domain.case import CaseStatus
from bot.domain.people import Role
from bot.domain.queueing import QueueFilter, QueueKey, QueueLine
from bot.services.staff_change import ward_name
from bot.web import keys, render

PAGE_SIZE = 30
DONE = frozenset({"moved", "password", "closed"})  # what a redirect may say was done


async def show_queue(visit: Visit) -> web.StreamResponse:
    if visit.staff.role is Role.OPERATOR:
        return render(visit.request, "staff/nothing.html", NothingPage(frame=visit.frame))
    status = CaseStatus.CLOSED if visit.request.query.get("status") == "closed" else CaseStatus.OPEN
    after = QueueKey.read(visit.request.query.get("after", ""))
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.cases.queue(visit.viewer, QueueFilter(status=status), after=after, most=PAGE_SIZE)
        # Open cases only: closed ones are the whole history, and counting it would slow this page down year by year.
        open_count = await uow.cases.count(visit.viewer)
    done = visit.request.query.get("done", "")
    page = QueuePage(
        frame=visit.frame,
        rows=[_row(visit, line, status) for line in found.lines],
        is_closed=status is CaseStatus.CLOSED,
        open_count=open_count,
        next_page=f"{QUEUE}?status={status.value}&after={found.after}" if found.after else "",
        is_first_page=after is None,
        is_city=visit.staff.role is Role.CITY_COORDINATOR,
        done_key=f"desk_done_{done}" if done in DONE else "",
    )
    return render(visit.request, "staff/queue.html", page)


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
