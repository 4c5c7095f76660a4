"""The queue's page: a GET form for what is asked, a page of rows that stays where it is while others arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from admin.guard import Visit
from admin.live.events import sealed_place
from admin.pages import NothingPage
from admin.queueing.address import Ask, Due, Status
from admin.queueing.bulk.order import RIGHTS
from admin.queueing.choices import address_of, ready_views, saved_views, selects, sorts, what_is_on
from admin.queueing.colleagues import colleagues_of
from admin.queueing.pages import QueuePage, ViewLink
from admin.queueing.rows import row_of
from bot.domain import queueing
from bot.domain.case import CaseId
from bot.domain.people import WARD_ROLES, Role, StaffMember
from bot.domain.proposal import TWO_PEOPLE_DESKS
from bot.domain.queueing import QueueCounts, QueueKey
from bot.domain.rights import DESKS, Right
from bot.domain.staffing import SavedView
from bot.domain.working_time import day_ends, with_changes
from bot.ports.closings import Waiting
from bot.web import keys, render

PAGE_SIZE = 50
DONE = frozenset({"moved", "password", "closed", "view", "unview", "unticked"})  # what a redirect may say was done


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What storage had for this page."""

    page: queueing.QueuePage
    counts: QueueCounts
    views: Sequence[SavedView]
    colleagues: Sequence[StaffMember]
    place: int
    waiting: Mapping[CaseId, Waiting]
    calendar_changes: Mapping[date, bool]


async def show_queue(visit: Visit) -> web.StreamResponse:
    if not visit.viewer.may(Right.READ_CASE):
        return render(visit.request, "staff/nothing.html", NothingPage(frame=visit.frame))
    return await render_queue(visit, Ask.read(visit.request.query))


async def render_queue(
    visit: Visit, ask: Ask, *, trouble: str = "", typed_name: str = "", status: int = 200
) -> web.Response:
    """The queue that is asked for; `trouble` is why a view could not be saved under the name that was typed."""
    query = visit.request.query
    found = await _find(visit, ask, after=query.get("after", ""), before=query.get("before", ""))
    done = query.get("done", "")
    saved = saved_views(ask, found.views)
    views = ready_views(ask, found.counts)
    here = {name: query[name] for name in ("after", "before") if QueueKey.read(query.get(name, ""))}
    shows_ward = visit.staff.role not in WARD_ROLES
    calendar = with_changes(visit.request.app[keys.CALENDAR].current(), found.calendar_changes)
    page = QueuePage(
        frame=visit.frame,
        ask=ask,
        title=_title(visit, [*saved, *views]),
        rows=[
            row_of(
                visit,
                line,
                words=ask.q,
                shows_ward=shows_ward,
                shows_desk=visit.staff.role is not Role.WARD_OFFICER,
                calendar=calendar,
                waiting=found.waiting.get(line.id),
            )
            for line in found.page.lines
        ],
        views=views,
        saved=saved,
        choices=selects(visit, ask, found.colleagues),
        sorts=sorts(visit, ask),
        chosen=what_is_on(visit, ask, found.colleagues),
        empty_key=f"desk_queue_none_{_why_empty(ask)}",
        before=address_of(ask, before=found.page.before) if found.page.before else "",
        after=address_of(ask, after=found.page.after) if found.page.after else "",
        first=address_of(ask) if here else "",
        refresh=address_of(ask),
        may_act=ask.status is Status.OPEN and any(visit.viewer.may(right) for right in RIGHTS.values()),
        are_ticked=query.get("tick") == "page",
        tick_all=address_of(ask, **here, tick="page"),
        place=sealed_place(visit.request, found.place),
        is_saved=any(view.is_here for view in saved),
        typed_name=typed_name,
        trouble=trouble,
        done_key=f"desk_done_{done}" if done in DONE else "",
    )
    return render(visit.request, "staff/queue.html", page, status=status)


async def _find(visit: Visit, ask: Ask, *, after: str, before: str) -> Found:
    wanted = ask.filter(visit.staff.id, now=visit.now, today_ends=today_ends(visit))
    async with visit.request.app[keys.STORAGE].reading() as uow:
        page = await uow.cases.queue(
            visit.viewer,
            wanted,
            sort=ask.order,
            after=QueueKey.read(after),
            before=QueueKey.read(before),
            most=PAGE_SIZE,
        )
        return Found(
            page=page,
            counts=await uow.cases.counts(visit.viewer, now=visit.now, today_ends=today_ends(visit)),
            views=await uow.views.of(visit.staff.id),
            colleagues=await colleagues_of(uow, visit.staff),
            place=await uow.news.newest(),
            waiting=await uow.proposals.waiting_of([line.id for line in page.lines]) if _may_decide(visit) else {},
            calendar_changes=await uow.calendar.changes(),
        )


def _may_decide(visit: Visit) -> bool:
    """Whether anything could wait for them; asks nothing for whoever works at general desks alone."""
    sees_closed_desks = any(desk in DESKS.get(one.role, ()) for one in visit.viewer.standings() for desk in TWO_PEOPLE_DESKS)
    return visit.viewer.may(Right.CLOSE) and (sees_closed_desks or visit.viewer.may(Right.OVERRIDE_GATE))


def today_ends(visit: Visit) -> datetime:
    """The coming midnight in the city."""
    return day_ends(visit.now, visit.request.app[keys.SETTINGS].zone)


def _title(visit: Visit, views: Sequence[ViewLink]) -> str:
    for view in views:
        if view.is_here:
            return view.name or visit.say(view.wording_key)
    return visit.say("desk_queue_found")


def _why_empty(ask: Ask) -> str:
    """Names the two sentences that fit an empty page."""
    if ask.q:
        return "search"
    if not ask.narrowing:
        return ask.status.value
    if ask == Ask(due=Due.LATE):
        return "late"
    if ask == Ask(owner="me"):
        return "mine"
    return "filtered"
