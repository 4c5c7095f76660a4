"""The way through: tick and choose an act, say whom or where or what, see what would happen, do it, undo it if need be."""

from collections.abc import Sequence

from aiohttp import web

from admin.case_page import CITY_OPTION, ward_options
from admin.guard import QUEUE, Visit
from admin.queueing.bulk import ticket as tickets
from admin.queueing.bulk.doing import UNDO_WITHIN, Done, do_one, undo_one
from admin.queueing.bulk.looking import Look, look
from admin.queueing.bulk.order import RIGHTS, Act, Order
from admin.queueing.bulk.pages import BulkPage, Colleague, DonePage, Skipped
from admin.queueing.bulk.ticket import Ticket
from admin.queueing.rows import row_of, ward_label
from admin.troubles import field_of
from bot.domain.correction import MoveReason
from bot.domain.people import Role
from bot.domain.ward import WardCode
from bot.errors import BotError, UnknownWard
from bot.web import keys, render
from bot.web.forms import read_form

DONE_PATH = "/staff/bulk/done"


async def post_bulk(visit: Visit) -> web.StreamResponse:
    """Every step but the undo; which one it is, the form says."""
    async with read_form(visit.request, token=visit.session.form_token) as form:
        order, step = Order.read(form), form.text("step")
    if order is None:
        raise web.HTTPBadRequest
    if not visit.viewer.may(RIGHTS[order.act]):
        raise web.HTTPForbidden
    if not order.versions:
        raise web.HTTPSeeOther(f"{QUEUE}?done=unticked")
    found = await look(visit, order)
    if step not in ("preview", "do"):
        return _page(visit, order, found, is_preview=False)
    if trouble_key := _trouble(visit, order, found):
        return _page(visit, order, found, is_preview=False, trouble_key=trouble_key, status=400)
    if step == "preview":
        return _page(visit, order, found, is_preview=True)
    return await _do(visit, order, found)


async def show_done(visit: Visit) -> web.StreamResponse:
    ticket = tickets.read(visit, visit.request.query.get("r", ""))
    if ticket is None:
        raise web.HTTPSeeOther(QUEUE)
    left = (ticket.at + UNDO_WITHIN[ticket.act] - visit.now).total_seconds()
    can_undo = not ticket.is_undo and left > 0 and any(done.can_be_undone for done in ticket.done)
    page = DonePage(
        frame=visit.frame,
        wording_key=f"desk_bulk_done_{'undo' if ticket.is_undo else ticket.act.value}",
        done=[done.code for done in ticket.done],
        skipped=ticket.skipped,
        ticket=visit.request.query["r"] if can_undo else "",
        seconds_left=max(0, int(left)),
    )
    return render(visit.request, "staff/bulk_done.html", page)


async def post_undo(visit: Visit) -> web.StreamResponse:
    async with read_form(visit.request, token=visit.session.form_token) as form:
        ticket = tickets.read(visit, form.fields.get("r", ""))
    if ticket is None or ticket.is_undo:
        raise web.HTTPSeeOther(QUEUE)
    undone: list[Done] = []
    skipped: list[Skipped] = []
    is_too_late = visit.now - ticket.at > UNDO_WITHIN[ticket.act]
    for done in ticket.done:
        key = "desk_bulk_too_late" if is_too_late else "desk_bulk_told_already"
        if done.can_be_undone and not is_too_late:
            key = await undo_one(visit, ticket.act, ticket.reason, done)
        if key:
            skipped.append(Skipped(code=done.code, wording_key=key, may_open=True))
        else:
            undone.append(done)
    made = Ticket(act=ticket.act, at=ticket.at, done=undone, skipped=skipped, is_undo=True)
    raise web.HTTPSeeOther(f"{DONE_PATH}?r={tickets.write(visit, made)}")


async def _do(visit: Visit, order: Order, found: Look) -> web.StreamResponse:
    done: list[Done] = []
    skipped = list(found.skipped)
    for line in found.lines:
        try:
            done.append(await do_one(visit, order, line.code, order.versions[line.code]))
        except BotError as refused:
            skipped.append(Skipped(code=line.code, wording_key=refused.wording_key, may_open=True))
    made = Ticket(act=order.act, at=visit.now, done=done, skipped=skipped, reason=order.reason or MoveReason.WRONG_WARD)
    raise web.HTTPSeeOther(f"{DONE_PATH}?r={tickets.write(visit, made)}")


def _trouble(visit: Visit, order: Order, found: Look) -> str:
    """The wording key of what the act still needs; empty when nothing."""
    if order.act is Act.ASSIGN:
        return "" if found.assignee else "desk_bulk_whom_missing"
    if order.act is Act.ANSWER:
        return "desk_text_too_long" if order.is_too_long else "" if order.text else "text_is_empty"
    if order.reason is None:
        return "desk_move_why_missing"
    if order.ward == CITY_OPTION:
        return ""
    try:
        visit.request.app[keys.WARDS][order.ward]
    except UnknownWard:
        return "ward_unknown"
    return ""


def _page(
    visit: Visit, order: Order, found: Look, *, is_preview: bool, trouble_key: str = "", status: int = 200
) -> web.Response:
    shows_more = visit.staff.role is not Role.WARD_OFFICER
    calendar = visit.request.app[keys.CALENDAR].current()
    page = BulkPage(
        frame=visit.frame,
        order=order,
        is_preview=is_preview,
        rows=[
            row_of(visit, line, words="", shows_ward=shows_more, shows_desk=shows_more, calendar=calendar)
            for line in found.lines
        ],
        skipped=found.skipped,
        colleagues=_colleagues(found),
        wards=ward_options(visit.language, visit.request.app[keys.WARDS]) if order.act is Act.MOVE else [],
        reasons={reason.value: f"desk_move_why_{reason.value}" for reason in MoveReason},
        target=_target(visit, order, found),
        told_at_once=0 if order.act is Act.ASSIGN else sum(1 for line in found.lines if line.joined_count),
        trouble=visit.say(trouble_key) if trouble_key else "",
        trouble_at=field_of(trouble_key),
    )
    return render(visit.request, "staff/bulk.html", page, status=status)


def _colleagues(found: Look) -> Sequence[Colleague]:
    return [Colleague(username=member.username, full_name=member.full_name) for member in found.colleagues]


def _target(visit: Visit, order: Order, found: Look) -> str:
    if order.act is Act.ASSIGN:
        return found.assignee.full_name if found.assignee else ""
    if order.act is Act.MOVE:
        return visit.say("desk_place_city") if order.ward == CITY_OPTION else ward_label(visit, WardCode(order.ward))
    return ""
