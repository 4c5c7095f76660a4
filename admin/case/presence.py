"""Who else has a case open, as its page's script says and asks while it stays open; the page itself: `admin.case.present`.

A page that is only left open must not keep its session alive: what the script says counts as no use.
"""

from aiohttp import web

from admin.case_page import asked_code
from admin.guard import find_visit
from bot.domain.rights import Right
from bot.web import keys
from bot.web.forms import read_form


async def post_presence(request: web.Request) -> web.StreamResponse:
    """`POST /staff/cases/{code}/presence`: says that the page is open, answers with who else has it open.

    Fields: `writing` ("1": something was typed just now), `leaving` ("1": the page is being closed).
    """
    visit = await find_visit(request, counts_as_use=False)
    if visit is None or visit.owed or not visit.viewer.may(Right.NOTE):
        return web.Response(status=204)
    code = asked_code(request)
    async with read_form(request, token=visit.session.form_token) as form:
        is_writing, is_leaving = form.text("writing") == "1", form.text("leaving") == "1"
    async with request.app[keys.STORAGE].begin() as uow:
        case = await uow.cases.visible(visit.viewer, code)
        if case is None:
            raise web.HTTPNotFound
        if is_leaving:
            await uow.presences.leave(case.id, visit.staff.id)
        else:
            await uow.presences.say(case.id, visit.staff.id, visit.now, is_writing=is_writing)
        others = await uow.presences.others(case.id, but=visit.staff.id, now=visit.now)
        await uow.commit()
    words = [visit.say("desk_case_writing" if one.is_writing else "desk_case_viewing", name=one.full_name) for one in others]
    return web.json_response({"others": words, "version": case.version})
