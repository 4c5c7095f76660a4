"""Saves a queue's address under a name of one's own, and forgets it again."""

from aiohttp import web

from admin.guard import Visit
from admin.queueing.choices import address_of, read_query
from admin.queueing.queue import render_queue
from bot.domain.rights import Right
from bot.web import keys
from bot.web.forms import read_form

LONGEST_NAME = 40  # characters
MOST_VIEWS = 30  # of one member


async def post_view(visit: Visit) -> web.StreamResponse:
    """Keep what the form's queue shows; another one of that name is replaced."""
    async with read_form(visit.request, token=visit.session.form_token) as form:
        ask, name = read_query(form.fields.get("query", "")), " ".join(form.text("name").split())
    if not visit.viewer.may(Right.READ_CASE):
        raise web.HTTPForbidden
    async with visit.request.app[keys.STORAGE].begin() as uow:
        kept = await uow.views.of(visit.staff.id)
        key = _trouble(name, is_full=len(kept) >= MOST_VIEWS and name not in {view.name for view in kept})
        if not key:
            await uow.views.put(visit.staff.id, name, ask.query)
            await uow.commit()
    if key:
        trouble = visit.say(key, most=MOST_VIEWS if key.endswith("many") else LONGEST_NAME)
        return await render_queue(visit, ask, trouble=trouble, typed_name=name[:200], status=400)
    raise web.HTTPSeeOther(address_of(ask, done="view"))


async def remove_view(visit: Visit) -> web.StreamResponse:
    """Forget it. One that is gone already, or somebody else's, is as good as forgotten."""
    async with read_form(visit.request, token=visit.session.form_token) as form:
        number = form.number("view")
    async with visit.request.app[keys.STORAGE].begin() as uow:
        await uow.views.remove(visit.staff.id, number)
        await uow.commit()
    raise web.HTTPSeeOther(address_of(read_query(""), done="unview"))


def _trouble(name: str, *, is_full: bool) -> str:
    """The wording key of why it cannot be kept; empty when it can."""
    if not name:
        return "desk_view_without_name"
    if len(name) > LONGEST_NAME:
        return "desk_view_name_long"
    return "desk_view_too_many" if is_full else ""
