"""Which page comes next: the form, the form with proposals, what is read back, the receipt.

All of it at one address, so that a page shown after a form was sent is right without one too.
"""

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from admin.counter.pages import form_page, read_back_page, receipt_page
from admin.counter.photos import carried, files_of
from admin.counter.typed import Typed, blank, read, troubles
from admin.guard import Visit, not_sent
from admin.uploads import FORM_LIMITS, NotKept
from bot.domain.rights import Right
from bot.errors import StorageBusy
from bot.services.assist import file_for_someone
from bot.web import keys, render
from bot.web.forms import Form, read_form

COUNTER = "/staff/counter"
MOST_WAITING = 20  # cases with something to tell; the longest untold first, so the others follow
SHOWN_FOR = timedelta(minutes=10)  # from filing: a second press, or a page sent again, still shows the secret; then no more


async def show_counter(visit: Visit) -> web.StreamResponse:
    """An empty form, for who may file for somebody; below it, whom they still have to tell an answer."""
    _ask_right(visit)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        waiting = await uow.cases.to_tell(visit.viewer.wanting(Right.ANSWER), most=MOST_WAITING)
    page = form_page(visit, blank(visit.staff), {}, is_heard=False, waiting=waiting)
    return render(visit.request, "staff/counter/form.html", page)


async def post_counter(visit: Visit) -> web.StreamResponse:
    """The step that the pressed button names; whatever is wrong leads to the form, with all that was typed."""
    _ask_right(visit)
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        try:
            return await _step(visit, form)
        except StorageBusy:
            return not_sent(visit.request, form, "desk_not_sent_busy", status=503)


def _ask_right(visit: Visit) -> None:
    if not visit.viewer.may(Right.FILE_FOR_SOMEONE):
        raise web.HTTPForbidden


async def _step(visit: Visit, form: Form) -> web.StreamResponse:
    wrong_file = ""
    try:
        files = await files_of(visit, form)
    except NotKept as refused:
        files = carried(visit, form)
        wrong_file = visit.say(refused.key, name=refused.name[:80], most=FORM_LIMITS.files)
    typed = read(form, files)
    found = troubles(typed, visit.request.app[keys.WARDS])
    said = {name: visit.say(key) for name, key in found.items()} | ({"files": wrong_file} if wrong_file else {})
    step = form.text("step")
    if step == "back":
        return _form(visit, typed, {})
    if said:
        return _form(visit, typed, said)
    if typed.heard != typed.mark:  # words that nothing was proposed for yet
        return _form(visit, typed, {})
    if not typed.category:
        return _form(visit, typed, {"topic": visit.say("counter_topic_missing")})
    if step == "file":
        return await _file(visit, typed)
    return render(visit.request, "staff/counter/read_back.html", read_back_page(visit, typed))


async def _file(visit: Visit, typed: Typed) -> web.StreamResponse:
    city = visit.request.app[keys.CITY]
    async with visit.request.app[keys.STORAGE].begin() as uow:
        filed = await file_for_someone(uow, staff=visit.staff, told=typed.report(), city=city, now=visit.now)
        await uow.commit()
    shows_secret = visit.now - filed.case.created_at < SHOWN_FOR
    page = receipt_page(visit, typed, filed, shows_secret=shows_secret)
    return render(visit.request, "staff/counter/receipt.html", page)


def _form(visit: Visit, typed: Typed, said: Mapping[str, str]) -> web.Response:
    page = form_page(visit, typed, said, is_heard="text" not in said)
    return render(visit.request, "staff/counter/form.html", page, status=400 if said else 200)
